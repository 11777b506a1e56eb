// The part of a large catalog that one statement can reach. Predictions copy and search the catalog they are given, so each
// statement gets a small one: linting thousands of files then takes time in proportion to their number.
import type { Node } from "libpg-query";
import { keyOf } from "../../dialects/postgres/effects/catalog-model.ts";
import type { Catalog, Relation } from "../../dialects/postgres/effects/catalog-model.ts";
import { isRecord } from "../../dialects/postgres/expression.ts";

/** Statements that name every relation they work on; any other one gets the whole catalog. */
const namingKinds: ReadonlySet<string> = new Set([
  "AlterTableStmt",
  "CommentStmt",
  "CreateSeqStmt",
  "CreateStmt",
  "CreateTrigStmt",
  "DeleteStmt",
  "IndexStmt",
  "InsertStmt",
  "TransactionStmt",
  "TruncateStmt",
  "UpdateStmt",
  "VariableSetStmt",
]);

/** Foreign keys are followed this far; inheritance, views and owned sequences to their end. */
const foreignKeySteps = 2;

/** A catalog that is changed in place. */
export class Neighbourhood {
  #rest: Omit<Catalog, "relations">;
  readonly #relations = new Map<string, Relation>();
  /** Keys of relations by every name under which a statement may find them. */
  readonly #named = new Map<string, Set<string>>();
  /** Who points at a relation. */
  readonly #pointers = new Map<string, Set<string>>();

  constructor({ relations, ...rest }: Catalog) {
    this.#rest = rest;
    for (const relation of Object.values(relations)) this.#put(relation);
  }

  /** All of it. */
  whole(): Catalog {
    return { ...this.#rest, relations: Object.fromEntries(this.#relations) };
  }

  /** What the statement can reach. */
  around(node: Node): Catalog {
    const isNaming = Object.keys(node).every((kind) => namingKinds.has(kind));
    // Functions that a query calls may work on anything.
    if (!isNaming || Object.keys(this.#rest.functions).length > 0) return this.whole();
    const relations: Record<string, Relation> = {};
    const visit = (key: string, steps: number): void => {
      const relation = this.#relations.get(key);
      if (relation === undefined || key in relations) return;
      relations[key] = relation;
      for (const near of strongNeighbours(relation)) visit(near, steps);
      for (const near of this.#pointers.get(key) ?? []) {
        const isByKey = !strongNeighbours(this.#relations.get(near)).includes(key);
        if (!isByKey || steps > 0) visit(near, isByKey ? steps - 1 : steps);
      }
      if (steps > 0) for (const near of references(relation)) visit(near, steps - 1);
    };
    for (const name of namesIn(node)) {
      for (const key of this.#named.get(name) ?? []) visit(key, foreignKeySteps);
    }
    return { ...this.#rest, relations };
  }

  /** Takes over what a statement made of the part that it was given. */
  advance(before: Catalog, after: Catalog): void {
    const { relations, ...rest } = after;
    this.#rest = rest;
    if (relations === before.relations) return;
    for (const key of Object.keys(before.relations)) if (!(key in relations)) this.#take(key);
    for (const [key, relation] of Object.entries(relations))
      if (before.relations[key] !== relation) this.#put(relation);
  }

  /** How many statements it has seen. */
  get statements(): number {
    return this.#rest.statements;
  }

  /** What was made from a statement number on counts as being there before. */
  settleFrom(statement: number): void {
    for (const relation of this.#relations.values()) {
      if (relation.createdBy !== null && relation.createdBy >= statement && !relation.isTemporary)
        this.#put({ ...relation, createdBy: null });
    }
  }

  #put(relation: Relation): void {
    const key = keyOf(relation);
    this.#take(key);
    this.#relations.set(key, relation);
    for (const name of namesOf(relation)) add(this.#named, name, key);
    for (const near of [...strongNeighbours(relation), ...references(relation)]) add(this.#pointers, near, key);
  }

  #take(key: string): void {
    const relation = this.#relations.get(key);
    if (relation === undefined) return;
    this.#relations.delete(key);
    for (const name of namesOf(relation)) this.#named.get(name)?.delete(key);
    for (const near of [...strongNeighbours(relation), ...references(relation)]) this.#pointers.get(near)?.delete(key);
  }
}

function namesOf(relation: Relation): string[] {
  return [relation.name, ...relation.indexes.map((index) => index.name), ...relation.statistics];
}

function strongNeighbours(relation: Relation | undefined): string[] {
  if (relation === undefined) return [];
  return [...relation.parents, ...relation.uses, ...(relation.ownedBy === null ? [] : [relation.ownedBy.table])];
}

function references(relation: Relation): string[] {
  return relation.constraints.flatMap(({ references: to }) => (to === null ? [] : [to]));
}

function add(map: Map<string, Set<string>>, name: string, key: string): void {
  const keys = map.get(name);
  if (keys === undefined) map.set(name, new Set([key]));
  else keys.add(key);
}

/** Every text in a parse tree that may be a name. Values of an INSERT are none, and there may be very many. */
function namesIn(node: unknown, into: Set<string> = new Set()): Set<string> {
  if (typeof node === "string") into.add(node);
  else if (Array.isArray(node)) for (const each of node) namesIn(each, into);
  else if (isRecord(node)) {
    for (const [key, value] of Object.entries(node)) if (key !== "valuesLists") namesIn(value, into);
  }
  return into;
}
