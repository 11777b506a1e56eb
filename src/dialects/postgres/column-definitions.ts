// The columns and table constraints that a statement defines, wherever they stand in CREATE TABLE or ALTER TABLE.
import type { AlterTableCmd, ColumnDef, Constraint, Node, RangeVar, TypeName } from "libpg-query";

export interface Definition {
  readonly relation: RangeVar | undefined;
  /** CREATE TABLE, not ALTER TABLE. */
  readonly createsTable: boolean;
}

export interface ColumnDefinition extends Definition {
  readonly column: ColumnDef;
  readonly constraints: readonly Constraint[];
}

export interface ConstraintDefinition extends Definition {
  readonly constraint: Constraint;
  /** The constraint's own columns: those it lists, or the one column it stands at. */
  readonly columns: readonly string[];
}

/** The commands of an ALTER TABLE; none for other statements. */
export function commandsOf(node: Node): readonly AlterTableCmd[] {
  if (!("AlterTableStmt" in node)) return [];
  return (node.AlterTableStmt.cmds ?? []).flatMap((each) => ("AlterTableCmd" in each ? [each.AlterTableCmd] : []));
}

/** Every column that CREATE TABLE, ADD COLUMN or ALTER COLUMN … TYPE gives a type. */
export function columnDefinitionsOf(node: Node): readonly ColumnDefinition[] {
  if ("CreateStmt" in node) {
    const { relation, tableElts = [] } = node.CreateStmt;
    return tableElts.flatMap((each) =>
      "ColumnDef" in each ? [columnOf({ relation, createsTable: true }, each.ColumnDef, each.ColumnDef.colname)] : [],
    );
  }
  if (!("AlterTableStmt" in node)) return [];
  const { relation } = node.AlterTableStmt;
  return commandsOf(node).flatMap((command) =>
    (command.subtype === "AT_AddColumn" || command.subtype === "AT_AlterColumnType") &&
    command.def !== undefined &&
    "ColumnDef" in command.def
      ? [columnOf({ relation, createsTable: false }, command.def.ColumnDef, command.name)]
      : [],
  );
}

function columnOf(definition: Definition, column: ColumnDef, name: string | undefined): ColumnDefinition {
  const constraints = (column.constraints ?? []).flatMap((each) => ("Constraint" in each ? [each.Constraint] : []));
  const named = column.colname ?? name;
  return { ...definition, column: named === undefined ? column : { ...column, colname: named }, constraints };
}

/** Every constraint that the statement adds, at a column or by itself. */
export function constraintDefinitionsOf(node: Node): readonly ConstraintDefinition[] {
  const inline = columnDefinitionsOf(node).flatMap(({ relation, createsTable, column, constraints }) =>
    constraints.map((constraint) => ({ relation, createsTable, constraint, columns: [column.colname ?? ""] })),
  );
  return [...inline, ...tableConstraintsOf(node)];
}

function tableConstraintsOf(node: Node): ConstraintDefinition[] {
  const listed = (constraint: Constraint): string[] =>
    namesIn(constraint.contype === "CONSTR_FOREIGN" ? constraint.fk_attrs : constraint.keys);
  if ("CreateStmt" in node) {
    const { relation, tableElts = [] } = node.CreateStmt;
    return tableElts.flatMap((each) =>
      "Constraint" in each
        ? [{ relation, createsTable: true, constraint: each.Constraint, columns: listed(each.Constraint) }]
        : [],
    );
  }
  if (!("AlterTableStmt" in node)) return [];
  const { relation } = node.AlterTableStmt;
  return commandsOf(node).flatMap((command) =>
    command.subtype === "AT_AddConstraint" && command.def !== undefined && "Constraint" in command.def
      ? [
          {
            relation,
            createsTable: false,
            constraint: command.def.Constraint,
            columns: listed(command.def.Constraint),
          },
        ]
      : [],
  );
}

/** The texts of a list of string nodes. */
function namesIn(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((each) => ("String" in each ? [each.String.sval ?? ""] : []));
}

/** The last part of a type's name in the parser's words: `int4`, `bpchar`, `timestamp`; a column without a type has none. */
export function typeNameOf(type: TypeName | undefined): string {
  return namesIn(type?.names).at(-1) ?? "";
}

/** `table` or `schema.table`, as the author wrote it. */
export function relationText(relation: RangeVar | undefined): string {
  const name = relation?.relname ?? "";
  return relation?.schemaname === undefined ? name : `${relation.schemaname}.${name}`;
}
