// A whole table that gets another name or goes out of sight: what the switch does to it, and the way back.
import type { Loss } from "../../core/step.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { archiveStatement } from "./fill.ts";
import { stateSchema } from "./names.ts";
import { orderRenames } from "./rename-order.ts";
import { ddlStep, lockOn } from "./step-parts.ts";
import type { NewStep } from "./step-parts.ts";

/** The table by the name it has from the switch on. */
export function tableAfterSwitch(draft: Draft, table: TableDraft): string {
  if (table.newName !== null) return quoteQualified(draft.schema.name, table.newName);
  return quoteQualified(draft.names.retiredSchema, table.name);
}

interface Move {
  readonly sql: readonly string[];
  readonly undo: readonly string[];
}

/**
 * The last statements of the switch: dropped tables leave the schema with all their rows, then renamed ones take their names.
 * Indexes, constraints and owned sequences move along with their table (manual, ALTER TABLE, SET SCHEMA).
 */
export function moveTables(draft: Draft): Move {
  const retired = retiredTables(draft);
  const schema = quoteIdentifier(draft.names.retiredSchema);
  const renames = tableRenames(draft).map(([from, to]) => ({
    sql: `ALTER TABLE ${quoteQualified(draft.schema.name, from)} RENAME TO ${quoteIdentifier(to)}`,
    undo: `ALTER TABLE ${quoteQualified(draft.schema.name, to)} RENAME TO ${quoteIdentifier(from)}`,
  }));
  if (retired.length === 0)
    return { sql: renames.map((each) => each.sql), undo: renames.toReversed().map((each) => each.undo) };
  return {
    sql: [
      `CREATE SCHEMA ${schema}`,
      `COMMENT ON SCHEMA ${schema} IS ${quoteLiteral(`Tables that migration ${draft.migration} dropped, kept until purge.`).trim()}`,
      ...retired.flatMap((table) => [
        ...outgoingKeys(draft, table).map((key) => key.drop),
        `ALTER TABLE ${quoteQualified(draft.schema.name, table.name)} SET SCHEMA ${schema}`,
      ]),
      ...renames.map((each) => each.sql),
    ],
    undo: [
      ...renames.toReversed().map((each) => each.undo),
      ...retired
        .toReversed()
        .map(
          (table) => `ALTER TABLE ${tableAfterSwitch(draft, table)} SET SCHEMA ${quoteIdentifier(draft.schema.name)}`,
        ),
      ...retired.flatMap((table) => outgoingKeys(draft, table).flatMap((key) => key.restore)),
      `DROP SCHEMA ${schema}`,
    ],
  };
}

/** Foreign keys that come back unproven are validated after the switch was taken back, without its strong lock. */
export function validateWayBack(draft: Draft): NewStep[] {
  return retiredTables(draft).flatMap((table) => {
    const validations = outgoingKeys(draft, table).flatMap((key) => key.validate);
    if (validations.length === 0) return [];
    return [
      ddlStep("switch", "expand", `${table.name}: keep the way back for its foreign keys`, {
        sql: [],
        undo: validations,
        undoTransaction: false,
        long: true,
      }),
    ];
  });
}

/** Rows of a dropped table whose parent the new version has removed since: their foreign key could not come back. */
export function orphanLoss(draft: Draft): Loss[] {
  return retiredTables(draft).flatMap((table) =>
    outgoingKeys(draft, table).flatMap((key): Loss[] => {
      const base = tableAfterSwitch(draft, table);
      return [
        {
          what: `rows of ${draft.schema.name}.${table.name} whose row in ${key.references} is gone`,
          countSql: `SELECT count(*) FROM ${base} AS t WHERE ${key.orphaned}`,
          archiveSql: [
            archiveStatement(
              quoteQualified(stateSchema, draft.names.archive(`${table.name}_${key.name}`)),
              `SELECT * FROM ${base} AS t WHERE ${key.orphaned}`,
            ),
            `DELETE FROM ${base} AS t WHERE ${key.orphaned}`,
          ],
        },
      ];
    }),
  );
}

/** Dropped tables go for good. */
export function purgeRetired(draft: Draft): NewStep[] {
  const retired = retiredTables(draft);
  if (retired.length === 0) return [];
  return [
    ddlStep("purge", "expand", `drop ${retired.map((table) => table.name).join(", ")} and all their rows`, {
      sql: [
        `DROP TABLE ${retired.map((table) => tableAfterSwitch(draft, table)).join(", ")}`,
        `DROP SCHEMA ${quoteIdentifier(draft.names.retiredSchema)}`,
      ],
      locks: retired.map((table) => lockOn(`${draft.names.retiredSchema}.${table.name}`, "ACCESS EXCLUSIVE")),
      reversible: false,
    }),
  ];
}

/** Tables whose foreign key triggers go and come with a dropped table's keys. */
export function relaxedParents(draft: Draft): string[] {
  return retiredTables(draft).flatMap((table) => outgoingKeys(draft, table).map((key) => key.references));
}

function retiredTables(draft: Draft): TableDraft[] {
  return Object.values(draft.tables).filter((table) => table.table !== null && table.newName === null);
}

interface OutgoingKey {
  readonly name: string;
  readonly references: string;
  readonly drop: string;
  readonly restore: readonly string[];
  readonly validate: readonly string[];
  /** Condition over `t` after the switch: the row's parent is gone. */
  readonly orphaned: string;
}

/** A retired row must not keep the new version from removing its parent: the keys go at the switch and come back with the table. */
function outgoingKeys(draft: Draft, table: TableDraft): OutgoingKey[] {
  const base = quoteQualified(draft.schema.name, table.name);
  return (table.table?.constraints ?? []).flatMap((constraint) => {
    const { foreignKey } = constraint;
    if (foreignKey === null || constraint.references === `${draft.schema.name}.${table.name}`) return [];
    const name = quoteIdentifier(constraint.name);
    const known = foreignKey.schema === draft.schema.name ? draft.tables[foreignKey.table] : undefined;
    const parent =
      known === undefined ? quoteQualified(foreignKey.schema, foreignKey.table) : tableAfterSwitch(draft, known);
    const own = constraint.columns.map((column) => `t.${quoteIdentifier(column)}`);
    const same = own.map((column, index) => `p.${quoteIdentifier(foreignKey.columns[index] ?? "")} = ${column}`);
    return [
      {
        name: constraint.name,
        references: constraint.references ?? "",
        drop: `ALTER TABLE ${base} DROP CONSTRAINT ${name}`,
        restore: [
          `ALTER TABLE ${base} ADD CONSTRAINT ${name} ${constraint.definition.replace(/ NOT VALID$/, "")} NOT VALID`,
          ...(constraint.comment === null
            ? []
            : [`COMMENT ON CONSTRAINT ${name} ON ${base} IS ${quoteLiteral(constraint.comment).trim()}`]),
        ],
        validate: constraint.validated ? [`ALTER TABLE ${base} VALIDATE CONSTRAINT ${name}`] : [],
        orphaned: `${own.map((column) => `${column} IS NOT NULL`).join(" AND ")} AND NOT EXISTS (SELECT FROM ${parent} AS p WHERE ${same.join(" AND ")})`,
      },
    ];
  });
}

function tableRenames(draft: Draft): [string, string][] {
  const open = Object.values(draft.tables).flatMap((table): [string, string][] =>
    table.table === null || table.newName === null || table.newName === table.name ? [] : [[table.name, table.newName]],
  );
  return orderRenames(open);
}
