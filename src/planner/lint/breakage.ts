// What running clients lose when a statement takes a name away: no lock is heavy, but every query that uses the name fails.
import type { Node, RangeVar } from "libpg-query";
import { commandsOf, relationText } from "../../dialects/postgres/column-definitions.ts";
import { fieldNames, isRecord } from "../../dialects/postgres/expression.ts";

export interface Breakage {
  /** The finding's rule where no operation knows the statement. */
  readonly rule: string;
  readonly message: string;
  /** The names that go away, in lower case words of the object: `view public.v`. */
  readonly objects: readonly string[];
}

/** Words for the objects whose names clients use; indexes, constraints, triggers and the like are no client's business. */
const objects: Readonly<Record<string, string>> = {
  OBJECT_TABLE: "table",
  OBJECT_FOREIGN_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_COLUMN: "column",
  OBJECT_ATTRIBUTE: "attribute",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_ROUTINE: "routine",
  OBJECT_AGGREGATE: "aggregate",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "domain",
  OBJECT_SCHEMA: "schema",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_EXTENSION: "extension",
};

const relationKinds = new Set(["table", "view", "materialized view", "sequence"]);

/** @param isNew the relation was made by an earlier statement: nobody uses it yet */
export function breakageOf(node: Node, isNew: (relation: RangeVar | undefined) => boolean): Breakage | null {
  if ("RenameStmt" in node) return renamed(node.RenameStmt, isNew);
  if ("DropStmt" in node) return dropped(node.DropStmt, isNew);
  if ("DropdbStmt" in node)
    return { rule: "drop-database", message: "The whole database is gone at once.", objects: [] };
  if ("AlterObjectSchemaStmt" in node) {
    const { objectType, relation, newschema = "", object } = node.AlterObjectSchemaStmt;
    const word = objects[objectType ?? ""];
    if (word === undefined || (relation !== undefined && isNew(relation))) return null;
    const name = relation === undefined ? nameOf(object) : relationText(relation);
    return broken("set-schema", `${word} ${name}`, `is found under ${newschema} only`);
  }
  if ("AlterEnumStmt" in node && node.AlterEnumStmt.oldVal !== undefined) {
    const { typeName, oldVal = "" } = node.AlterEnumStmt;
    return broken(
      "rename-enum-value",
      `value ${oldVal} of ${nameOf(typeName)}`,
      "does not exist under the old name any more",
    );
  }
  if (!("AlterTableStmt" in node) || isNew(node.AlterTableStmt.relation)) return null;
  const columns = commandsOf(node)
    .filter(({ subtype }) => subtype === "AT_DropColumn")
    .map(({ name }) => `${relationText(node.AlterTableStmt.relation)}.${name ?? ""}`);
  return columns.length === 0
    ? null
    : broken("drop-column", `column ${columns.join(", ")}`, "and its data are gone at once");
}

function renamed(
  {
    renameType,
    relationType,
    relation,
    subname = "",
    newname = "",
    object,
  }: Extract<Node, { RenameStmt: object }>["RenameStmt"],
  isNew: (relation: RangeVar | undefined) => boolean,
): Breakage | null {
  const word = objects[renameType ?? ""];
  if (word === undefined || (relation !== undefined && isNew(relation))) return null;
  if (renameType === "OBJECT_COLUMN" && relationType !== undefined && objects[relationType] === undefined) return null;
  const table = relation === undefined ? (subname === "" ? nameOf(object) : subname) : relationText(relation);
  const name = word === "column" || word === "attribute" ? `${table}.${subname}` : table;
  return broken(`rename-${word.replaceAll(" ", "-")}`, `${word} ${name}`, `is called ${newname} from then on`);
}

function dropped(
  { removeType, objects: targets = [] }: Extract<Node, { DropStmt: object }>["DropStmt"],
  isNew: (relation: RangeVar | undefined) => boolean,
): Breakage | null {
  const word = objects[removeType ?? ""];
  if (word === undefined) return null;
  const names = targets
    .map(namePartsOf)
    .filter((parts) => parts.length > 0 && !(relationKinds.has(word) && isNew(rangeOf(parts))))
    .map((parts) => parts.join("."));
  if (names.length === 0) return null;
  const loss = word === "table" || word === "schema" ? "with all its rows is gone at once" : "is gone at once";
  return broken(
    `drop-${word.replaceAll(" ", "-")}`,
    `${word} ${names.join(", ")}`,
    loss,
    names.map((name) => `${word} ${name}`),
  );
}

function broken(rule: string, what: string, after: string, names: readonly string[] = [what]): Breakage {
  return {
    rule,
    message: `${what.charAt(0).toUpperCase()}${what.slice(1)} ${after}: every query of a running client that uses it fails.`,
    objects: names,
  };
}

function rangeOf(parts: readonly string[]): RangeVar {
  const [name, schema] = parts.toReversed();
  return { relname: name ?? "", ...(schema === undefined ? {} : { schemaname: schema }) };
}

/** `["schema", "name"]` of an object in whatever node it stands. */
function namePartsOf(node: unknown): string[] {
  if (Array.isArray(node)) return fieldNames(node);
  if (!isRecord(node)) return [];
  if (isRecord(node["List"])) return fieldNames(node["List"]["items"]);
  if (isRecord(node["TypeName"])) return fieldNames(node["TypeName"]["names"]);
  if (isRecord(node["ObjectWithArgs"])) return fieldNames(node["ObjectWithArgs"]["objname"]);
  return isRecord(node["String"]) ? [String(node["String"]["sval"])] : [];
}

function nameOf(node: unknown): string {
  return namePartsOf(node).join(".");
}

/** The names that a statement makes, in the words of `Breakage.objects`: a view that is dropped and made again is not gone. */
export function madeBy(node: Node): string[] {
  if ("ViewStmt" in node) return [`view ${relationText(node.ViewStmt.view)}`];
  if ("CreateTableAsStmt" in node) {
    const word = node.CreateTableAsStmt.objtype === "OBJECT_MATVIEW" ? "materialized view" : "table";
    return [`${word} ${relationText(node.CreateTableAsStmt.into?.rel)}`];
  }
  if ("CreateStmt" in node) return [`table ${relationText(node.CreateStmt.relation)}`];
  if ("CreateFunctionStmt" in node) {
    const name = nameOf(node.CreateFunctionStmt.funcname);
    return [`function ${name}`, `procedure ${name}`, `routine ${name}`];
  }
  if ("CreateEnumStmt" in node) return [`type ${nameOf(node.CreateEnumStmt.typeName)}`];
  if ("CompositeTypeStmt" in node) return [`type ${relationText(node.CompositeTypeStmt.typevar)}`];
  if ("CreateDomainStmt" in node) return [`domain ${nameOf(node.CreateDomainStmt.domainname)}`];
  if ("CreateSeqStmt" in node) return [`sequence ${relationText(node.CreateSeqStmt.sequence)}`];
  if ("CreateSchemaStmt" in node) return [`schema ${node.CreateSchemaStmt.schemaname ?? ""}`];
  return [];
}
