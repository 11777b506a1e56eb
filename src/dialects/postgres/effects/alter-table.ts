// What ALTER TABLE does: its commands in the order in which the server runs them, each on the table that the ones before left.
import type { AlterTableCmd, AlterTableStmt, ColumnDef } from "libpg-query";
import { exclusiveOptions, alterCommands, passOf } from "./alter-commands.ts";
import type { CommandAt } from "./alter-commands.ts";
import { domainOf, family, ownedSequences, referencing, relationAt, relationOf, typesOf } from "./catalog-model.ts";
import type { Catalog, Relation } from "./catalog-model.ts";
import { constraintTouches } from "./add-constraint.ts";
import {
  dropConstraintTouches,
  enforcementTouches,
  otherEnds,
  referencedColumns,
  validateTouches,
} from "./alter-constraint.ts";
import { generatedKind, hasInline, inlineConstraints, inlineExpression, isSerial } from "./constraints.ts";
import { evolveCommand } from "./evolve-table.ts";
import { attachTouches, detachTouches } from "./partitions.ts";
import { isNeverNull } from "./proofs.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";
import { typeChange } from "./type-change.ts";
import { typeRef } from "./type-ref.ts";
import { volatilityOf } from "./volatility.ts";

/** The commands of an ALTER TABLE as they run. */
export function commandsOf(statement: AlterTableStmt): AlterTableCmd[] {
  return (statement.cmds ?? [])
    .flatMap((node) => ("AlterTableCmd" in node ? [node.AlterTableCmd] : []))
    .toSorted((a, b) => passOf(a.subtype) - passOf(b.subtype));
}

/** Null: a command that is not known. */
export function alterTableTouches(statement: AlterTableStmt, catalog: Catalog, major: number): Touch[] | null {
  if (statement.objtype === "OBJECT_INDEX") return alterIndexTouches(statement);
  const touches: Touch[] = [];
  let now = catalog;
  for (const command of commandsOf(statement)) {
    const relation = relationOf(now, statement.relation);
    const found = commandTouches({ command, relation, catalog: now, major, only: statement.relation?.inh !== true });
    if (found === null) return null;
    touches.push(...found);
    now = evolveCommand(now, relation, command, statement.relation?.inh !== true);
  }
  return touches;
}

/** Settings of an index leave its table alone; everything else that ALTER INDEX can do is not known. */
function alterIndexTouches(statement: AlterTableStmt): Touch[] | null {
  const settings: readonly string[] = ["AT_SetRelOptions", "AT_ResetRelOptions", "AT_SetStatistics"];
  return commandsOf(statement).every(({ subtype }) => settings.includes(subtype ?? "")) ? [] : null;
}

function commandTouches(at: CommandAt): Touch[] | null {
  const { command, relation, catalog, only } = at;
  const known = command.subtype === undefined ? undefined : alterCommands[command.subtype];
  if (known === undefined) return null;
  const all = family(catalog, relation, known.recurses && !only);
  const touches = touchAll(all, known.mode);
  const subtype: string = command.subtype ?? "";
  switch (subtype) {
    case "AT_AddColumn":
      return addColumnTouches(at, all);
    case "AT_AlterColumnType":
      return typeTouches(at, all);
    case "AT_SetNotNull":
      return all.flatMap((each) => touchAll([each], known.mode, { scan: !isNeverNull(each, command.name ?? "") }));
    case "AT_AddConstraint":
      return constraintTouches(at);
    case "AT_ValidateConstraint":
      return validateTouches(at, all);
    case "AT_AlterConstraint":
      return [...touches, ...enforcementTouches(at)];
    case "AT_DropConstraint":
      return [...touches, ...dropConstraintTouches(at, all)];
    case "AT_DropColumn":
      return [...touches, ...dropColumnTouches(at, all)];
    case "AT_SetLogged":
    case "AT_SetUnLogged":
      return persistenceTouches(at);
    case "AT_SetAccessMethod":
      return touchAll(all, known.mode, {
        rewrite: !relation.isKnown || (relation.accessMethod ?? "heap") !== (command.name ?? "heap"),
      });
    case "AT_SetTableSpace":
      return touchAll(all, known.mode, {
        rewrite: !relation.isKnown || (relation.tablespace ?? "pg_default") !== command.name,
      });
    case "AT_SetRelOptions":
    case "AT_ResetRelOptions":
      return touchAll(all, changesExclusiveOption(command) ? "ACCESS EXCLUSIVE" : known.mode);
    case "AT_SetExpression":
      return expressionTouches(at, all);
    case "AT_ChangeOwner":
      return touchAll([relation, ...ownedSequences(catalog, relation)], known.mode);
    case "AT_SetIdentity":
    case "AT_DropIdentity":
    case "AT_AddIdentity":
      return identityTouches(at);
    case "AT_AddInherit":
      return [...touches, ...parentOf(at).map((each): Touch => ({ relation: each, mode: "SHARE UPDATE EXCLUSIVE" }))];
    case "AT_DropInherit":
      return [...touches, ...parentOf(at).map((each): Touch => ({ relation: each, mode: "ACCESS SHARE" }))];
    case "AT_AttachPartition":
      return attachTouches(at);
    case "AT_DetachPartition":
      return detachTouches(at);
    case "AT_DetachPartitionFinalize":
      return [...touches, ...parentOf(at).map((each): Touch => ({ relation: each, mode: "ACCESS EXCLUSIVE" }))];
    default:
      return touches;
  }
}

function addColumnTouches({ command, catalog, major }: CommandAt, all: readonly Relation[]): Touch[] | null {
  if (command.def === undefined || !("ColumnDef" in command.def)) return null;
  const definition = command.def.ColumnDef;
  const name = definition.colname ?? "";
  const [relation] = all;
  const isThere = relation?.columns.some((column) => column.name === name) === true;
  if (isThere && command.missing_ok === true) return touchAll(all.slice(0, 1), "ACCESS EXCLUSIVE");
  const rewrite = computesEveryRow(definition, catalog);
  const hasDefault = inlineExpression(definition, "CONSTR_DEFAULT") !== undefined || isSerial(definition);
  const scan =
    hasInline(definition, "CONSTR_UNIQUE") ||
    hasInline(definition, "CONSTR_PRIMARY") ||
    inlineConstraints(definition).some((each) => each.contype === "CONSTR_CHECK" && each.is_enforced !== false) ||
    // A column without a value would break its own NOT NULL in every row.
    (hasInline(definition, "CONSTR_NOTNULL") && !hasDefault && generatedKind(definition) !== "stored" && !rewrite);
  const parents = inlineConstraints(definition).flatMap((each): Touch[] => {
    if (each.pktable === undefined) return [];
    const parent = relationOf(catalog, each.pktable);
    // Without a default every value is NULL, which refers to nothing.
    const isChecked = (hasDefault || generatedKind(definition) === "stored") && each.is_enforced !== false;
    return touchAll(family(catalog, parent, parent.isPartitioned), "SHARE ROW EXCLUSIVE", { scan: isChecked });
  });
  return major < 18 && generatedKind(definition) === "virtual"
    ? null
    : [...touchAll(all, "ACCESS EXCLUSIVE", { rewrite, scan }), ...parents];
}

/** Values that are not one constant in the catalog, or that a domain has to check (manual, ALTER TABLE, Notes). */
function computesEveryRow(definition: ColumnDef, catalog: Catalog): boolean {
  const value = inlineExpression(definition, "CONSTR_DEFAULT");
  const type = typeRef(definition.typeName, typesOf(catalog));
  return (
    isSerial(definition) ||
    hasInline(definition, "CONSTR_IDENTITY") ||
    generatedKind(definition) === "stored" ||
    (generatedKind(definition) === null && domainOf(catalog, type).isConstrained) ||
    (value !== undefined && volatilityOf(value, catalog) === "volatile")
  );
}

function typeTouches({ command, relation, catalog }: CommandAt, all: readonly Relation[]): Touch[] | null {
  if (command.def === undefined || !("ColumnDef" in command.def)) return null;
  const definition = command.def.ColumnDef;
  const name = command.name ?? "";
  const own = all.flatMap((each): Touch[] => {
    const change = typeChange(
      each.columns.find((column) => column.name === name),
      definition,
      catalog,
    );
    const checks = each.constraints.some(
      (constraint) =>
        constraint.kind === "check" && constraint.isValid && constraint.isEnforced && constraint.columns.includes(name),
    );
    const rebuilds = each.indexes.some(
      (index) => index.dependsOn.includes(name) && (index.isComputed || change.rebuildsIndexes || !index.isValid),
    );
    const touch: Touch = {
      relation: each,
      mode: "ACCESS EXCLUSIVE",
      rewrite: change.rewrites && each.kind !== "foreign-table",
      scan: change.rewrites || checks || rebuilds,
    };
    // Foreign keys are made anew, and checked again when their values or their equality changed.
    const others = [
      ...each.constraints
        .filter((constraint) => constraint.kind === "foreign-key" && constraint.columns.includes(name))
        .map((constraint) => relationAt(catalog, (constraint.references ?? "").split("."))),
      ...referencing(catalog, each)
        .filter(({ constraint }) => referencedColumns(each, constraint).includes(name))
        .map((found) => found.relation),
    ].filter((other) => other !== each);
    return [touch, ...touchAll(others, "ACCESS EXCLUSIVE", { scan: change.rewrites || change.rebuildsIndexes })];
  });
  const sequences = ownedSequences(catalog, relation, name).filter((each) => each.ownedBy?.isIdentity === true);
  return [...own, ...touchAll(sequences, "SHARE ROW EXCLUSIVE")];
}

function dropColumnTouches({ command, catalog }: CommandAt, all: readonly Relation[]): Touch[] {
  const name = command.name ?? "";
  const cascade = command.behavior === "DROP_CASCADE";
  return all.flatMap((each) => {
    const ends = each.constraints
      .filter((constraint) => constraint.columns.includes(name))
      .flatMap((constraint) => otherEnds(catalog, each, constraint, cascade));
    return touchAll([...ends, ...ownedSequences(catalog, each, name)], "ACCESS EXCLUSIVE");
  });
}

function persistenceTouches({ command, relation, catalog, major }: CommandAt): Touch[] {
  const unlogged = command.subtype === "AT_SetUnLogged";
  if (relation.isKnown && relation.isUnlogged === unlogged) return touchAll([relation], "ACCESS EXCLUSIVE");
  const sequences = major >= 15 ? ownedSequences(catalog, relation) : [];
  return touchAll([relation, ...sequences], "ACCESS EXCLUSIVE", { rewrite: true });
}

function changesExclusiveOption(command: AlterTableCmd): boolean {
  const items = command.def !== undefined && "List" in command.def ? (command.def.List.items ?? []) : [];
  return items.some((item) => "DefElem" in item && exclusiveOptions.includes(item.DefElem.defname ?? ""));
}

function expressionTouches({ command }: CommandAt, all: readonly Relation[]): Touch[] {
  const name = command.name ?? "";
  return all.flatMap((each) => {
    const column = each.columns.find((found) => found.name === name);
    const isVirtual = column?.generated === "virtual";
    const checks = each.constraints.some(
      (constraint) => constraint.kind === "check" && constraint.columns.includes(name),
    );
    return touchAll([each], "ACCESS EXCLUSIVE", { rewrite: !isVirtual, scan: !isVirtual || checks });
  });
}

function identityTouches({ command, relation, catalog, major, only }: CommandAt): Touch[] {
  // From 17 on the partitions share the identity of their table.
  const all = family(catalog, relation, relation.isPartitioned && major >= 17 && !only);
  const sequences = ownedSequences(catalog, relation, command.name ?? "");
  const options = command.def !== undefined && "List" in command.def ? (command.def.List.items ?? []) : [];
  const changesSequence = options.some((item) => "DefElem" in item && item.DefElem.defname !== "generated");
  if (command.subtype === "AT_DropIdentity") return touchAll([...all, ...sequences], "ACCESS EXCLUSIVE");
  return [
    ...touchAll(all, "ACCESS EXCLUSIVE"),
    ...(command.subtype === "AT_SetIdentity" && changesSequence ? touchAll(sequences, "SHARE ROW EXCLUSIVE") : []),
  ];
}

function parentOf({ command, catalog }: CommandAt): Relation[] {
  if (command.def === undefined) return [];
  if ("RangeVar" in command.def) return [relationOf(catalog, command.def.RangeVar)];
  return "PartitionCmd" in command.def ? [relationOf(catalog, command.def.PartitionCmd.name)] : [];
}
