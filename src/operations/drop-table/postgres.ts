// DROP TABLE: the new version stops seeing the table; the switch takes it out of sight with all its rows; purge drops it.
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { hasChangedColumns, tableNamed, withTable } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { baseName, literal, preflightAt, refuse, refuseUnpurged } from "../../dialects/postgres/statement.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly names: readonly string[];
  readonly isOptional: boolean;
  readonly isCascade: boolean;
}

export const dropTable: Operation<Change> = {
  name: "drop-table",
  match: (statement, draft) => {
    if (!("DropStmt" in statement.node) || statement.node.DropStmt.removeType !== "OBJECT_TABLE") return null;
    const drop = statement.node.DropStmt;
    const objects = (drop.objects ?? []).map((node) => ("List" in node ? fieldNames(node.List.items) : []));
    if (objects.some((parts) => parts.length > 1 && parts.at(-2) !== draft.schema.name)) return null;
    return {
      names: objects.map((parts) => parts.at(-1) ?? ""),
      isOptional: drop.missing_ok === true,
      isCascade: drop.behavior === "DROP_CASCADE",
    };
  },
  message: (change) =>
    `Dropping ${change.names.join(", ")} breaks every client that still uses it, and its rows are gone at once.`,
  apply: (change, statement, draft) => {
    if (change.isCascade)
      refuse(
        statement,
        "CASCADE would drop objects that nobody listed.",
        "Drop what depends on the table by statements of its own, then the table without CASCADE.",
      );
    const tables = change.names.flatMap((name) => {
      const table = tableNamed(draft, name);
      if (table !== undefined) return [table];
      if (change.isOptional) return [];
      return refuse(statement, `There is no table ${name} in schema ${draft.schema.name}.`, "Mend the name.");
    });
    const after = tables.reduce((before, table) => withTable(before, { ...table, newName: null }), draft);
    for (const table of tables) check(statement, draft, after, table);
    const preflight = tables.map((table) => dependencyCheck(statement, after, table));
    return { ...after, preflight: [...after.preflight, ...preflight] };
  },
};

function check(statement: Statement, before: Draft, after: Draft, table: TableDraft): void {
  if (table.table === null)
    refuse(statement, `${table.name} is created by the same migration.`, "Leave both statements out.");
  refuseUnpurged(statement, table);
  if (hasChangedColumns(table) || before.changes.some((each) => each.tables.includes(table.name)))
    refuse(
      statement,
      `An earlier statement of this migration changes ${table.name}.`,
      "Leave the earlier statement out: the table is dropped.",
    );
  if (table.table.kind === "partition")
    refuse(
      statement,
      `${table.name} is a partition.`,
      `Detach it first, in a migration of its own: ALTER TABLE … DETACH PARTITION ${table.name}`,
    );
  if (table.table.kind === "partitioned" || table.table.kind === "inheritance")
    refuse(
      statement,
      `${table.name} has children, which would not come along when it goes out of sight.`,
      "Detach the children first, in a migration of their own.",
    );
  const child = table.table.referencedBy.find(
    (each) => !(each.table in after.tables) || after.tables[each.table]?.newName !== null,
  );
  if (child !== undefined && child.table !== table.name)
    refuse(
      statement,
      `The foreign key ${child.constraint} of ${child.table} points to ${table.name}.`,
      `Drop it first, in a migration of its own: ALTER TABLE ${child.table} DROP CONSTRAINT ${child.constraint}`,
    );
}

/** What else depends on the table or its row type would make the drop fail as late as purge. */
function dependencyCheck(statement: Statement, draft: Draft, table: TableDraft): Draft["preflight"][number] {
  const dropped = Object.values(draft.tables).filter((each) => each.table !== null && each.newName === null);
  const names = dropped.map((each) => literal(baseName(draft, each)));
  const oid = `${literal(baseName(draft, table))}::regclass`;
  return preflightAt(statement, statement.start, {
    title: `nothing else depends on ${table.name}`,
    expects: "empty",
    sql: `SELECT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) AS dependent
FROM pg_catalog.pg_depend d
WHERE d.deptype = 'n'
  AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = ${oid}
    OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN (SELECT y.oid FROM pg_catalog.pg_type y WHERE y.typrelid = ${oid}
      UNION ALL SELECT y.typarray FROM pg_catalog.pg_type y WHERE y.typrelid = ${oid}))
  AND NOT (d.classid = 'pg_constraint'::regclass AND EXISTS (SELECT FROM pg_catalog.pg_constraint k
    WHERE k.oid = d.objid AND k.conrelid IN (SELECT x::regclass FROM unnest(ARRAY[${names.join(", ")}]) AS x)))
  AND NOT (d.classid = 'pg_rewrite'::regclass AND EXISTS (SELECT FROM pg_catalog.pg_rewrite w
    JOIN pg_catalog.pg_class v ON v.oid = w.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
    WHERE w.oid = d.objid AND (n.nspname = 'shoofly' OR pg_catalog.obj_description(n.oid, 'pg_namespace') LIKE 'shoofly version of %')))
LIMIT 10`,
    code: "change-refused",
    hint: "Drop what depends on the table first.",
  });
}
