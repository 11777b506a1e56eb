// Versioned views: the schema through which one version of the application sees the tables, and its stubs once it is closed.
import type { Grant } from "../../core/schema.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { viewDefaultOf } from "./column-settings.ts";
import { holderOf, isSynced, nameAfterSwitch } from "./draft.ts";
import { stateSchema, versionSchemaComment } from "./names.ts";
import { tableAfterSwitch } from "./whole-table.ts";
import { newVersionWriter } from "./sync-triggers.ts";

/** Everything that offers the new version, for one transaction: it appears at once and last. */
export function offerVersion(draft: Draft): string[] {
  const schema = quoteIdentifier(draft.versionSchema);
  return [
    `CREATE SCHEMA ${schema}`,
    `COMMENT ON SCHEMA ${schema} IS ${quoteLiteral(versionSchemaComment + draft.schema.name).trim()}`,
    ...usageOf(draft).map(
      ({ grantee, grantable }) =>
        `GRANT USAGE ON SCHEMA ${schema} TO ${grantee}${grantable ? " WITH GRANT OPTION" : ""}`,
    ),
    ...offeredTables(draft).flatMap((table) => [
      ...(isSynced(table) ? innerView(draft, table) : []),
      ...outerView(draft, table),
      ...viewGrants(table, draft.versionSchema, table.newName),
    ]),
  ];
}

/** Takes the offer back: views first, in the order clients lock them. */
export function withdrawVersion(draft: Draft): string[] {
  return [
    ...offeredTables(draft).map((table) => `DROP VIEW ${offered(draft, table)}`),
    ...offeredTables(draft)
      .filter(isSynced)
      .map((table) => `DROP VIEW ${inner(draft, table)}`),
    `DROP SCHEMA ${quoteIdentifier(draft.versionSchema)}`,
  ];
}

/** Tables that the new version has. */
function offeredTables(draft: Draft): (TableDraft & { readonly newName: string })[] {
  return Object.values(draft.tables).flatMap((table) =>
    table.newName === null ? [] : [{ ...table, newName: table.newName }],
  );
}

/**
 * Takes ACCESS EXCLUSIVE on the view alone. LOCK TABLE would go on to its tables, and clients lock a view before its table:
 * another order than theirs would end in a deadlock (manual §13.3.4).
 */
export function lockView(schema: string, name: string): string {
  return `ALTER VIEW ${quoteQualified(schema, name)} SET (security_invoker = true)`;
}

/** The inner view carries the writer column with a default that marks rows of the new version. */
export function innerView(draft: Draft, table: TableDraft): string[] {
  const writer = quoteIdentifier(draft.names.writer);
  return [
    `CREATE VIEW ${inner(draft, table)} WITH (security_invoker = true) AS SELECT ${[...selectList(table, holderOf), writer].join(", ")} FROM ${base(draft, table)}`,
    `ALTER VIEW ${inner(draft, table)} ALTER COLUMN ${writer} SET DEFAULT ${newVersionWriter}`,
    ...viewGrants(table, stateSchema, draft.names.innerView(table.name)),
  ];
}

export function dropInnerView(draft: Draft, table: TableDraft): string[] {
  return [`DROP VIEW ${inner(draft, table)}`];
}

/** The view that clients of the new version use, until the switch. */
export function outerView(draft: Draft, table: TableDraft): string[] {
  const names = table.columns.flatMap((column) => (column.newName === null ? [] : [quoteIdentifier(column.newName)]));
  const view = isSynced(table)
    ? viewOver(draft, table, names, inner(draft, table))
    : viewOver(draft, table, selectList(table, holderOf), base(draft, table));
  return [view, ...viewDefaults(draft, table)];
}

/** `UPDATE … SET c = DEFAULT` through a view takes the view's default, and NULL when it has none (manual, ALTER VIEW). */
function viewDefaults(draft: Draft, table: TableDraft): string[] {
  return table.columns.flatMap((column) => {
    const value = viewDefaultOf(column);
    if (column.newName === null || value === null) return [];
    return [`ALTER VIEW ${offered(draft, table)} ALTER COLUMN ${quoteIdentifier(column.newName)} SET DEFAULT ${value}`];
  });
}

/** The same view straight over the table, from the switch on: only one shape is written. */
export function directView(draft: Draft, table: TableDraft): string[] {
  return [viewOver(draft, table, selectList(table, holderOf), base(draft, table))];
}

/** Views of older versions over a table, which the switch closes. */
export function closeOldVersions(draft: Draft, table: TableDraft): string[] {
  return oldViews(draft, table).flatMap((view) => {
    const columns = view.columns.map((column) => `NULL::${column.type} AS ${quoteIdentifier(column.name)}`);
    const name = quoteQualified(view.schema, view.name);
    const message = quoteLiteral(
      `version ${view.schema} is closed: migration ${draft.migration} was completed; use version ${draft.versionSchema}`,
    ).trim();
    return [
      `CREATE OR REPLACE VIEW ${name} AS SELECT ${columns.join(", ")} FROM ${stateSchema}.refuse_closed_version(${message}) AS refused`,
      `CREATE TRIGGER ${quoteIdentifier("~shoofly_closed")} INSTEAD OF INSERT OR UPDATE OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION ${stateSchema}.refuse_closed_write(${message})`,
    ];
  });
}

/** Opens the version before this one again; runs while the table has its names of after the switch. */
export function reopenOldVersions(draft: Draft, table: TableDraft): string[] {
  const after = nameAfterSwitch(table, draft.names);
  return oldViews(draft, table).flatMap((view) => {
    const columns = view.columns.map((column) => {
      const physical = table.columns.find((each) => each.oldName === column.name)?.physical ?? column.name;
      return `${quoteIdentifier(after(physical))} AS ${quoteIdentifier(column.name)}`;
    });
    const name = quoteQualified(view.schema, view.name);
    return [
      `DROP TRIGGER ${quoteIdentifier("~shoofly_closed")} ON ${name}`,
      `CREATE OR REPLACE VIEW ${name} WITH (security_invoker = true) AS SELECT ${columns.join(", ")} FROM ${tableAfterSwitch(draft, table)}`,
    ];
  });
}

/** The open version before this one, when clients use one. */
function oldViews(draft: Draft, table: TableDraft): Draft["schema"]["versionViews"] {
  if (draft.schema.currentVersion === draft.schema.name) return [];
  return draft.schema.versionViews.filter(
    (view) => view.name === table.oldName && view.schema === draft.schema.currentVersion,
  );
}

function viewOver(draft: Draft, table: TableDraft, columns: readonly string[], source: string): string {
  return `CREATE OR REPLACE VIEW ${offered(draft, table)} WITH (security_invoker = true) AS SELECT ${columns.length === 0 ? "*" : columns.join(", ")} FROM ${source}`;
}

function selectList(table: TableDraft, physicalOf: (column: TableDraft["columns"][number]) => string): string[] {
  return table.columns.flatMap((column) => {
    if (column.newName === null) return [];
    const physical = physicalOf(column);
    return [
      physical === column.newName
        ? quoteIdentifier(physical)
        : `${quoteIdentifier(physical)} AS ${quoteIdentifier(column.newName)}`,
    ];
  });
}

function viewGrants(table: TableDraft, schema: string, name: string): string[] {
  if (table.table === null) return [];
  const view = quoteQualified(schema, name);
  const kept = table.table.grants.filter((grant) => ["SELECT", "INSERT", "UPDATE", "DELETE"].includes(grant.privilege));
  return [
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${view} TO ${quoteIdentifier(table.table.owner)}`,
    ...kept.map(
      (grant) =>
        `GRANT ${grant.privilege} ON ${view} TO ${granteeOf(grant)}${grant.grantable ? " WITH GRANT OPTION" : ""}`,
    ),
    ...table.columns.flatMap((column) =>
      (column.newName === null ? [] : (column.column?.grants ?? []))
        .filter((grant) => grant.privilege !== "REFERENCES")
        .map(
          (grant) =>
            `GRANT ${grant.privilege} (${quoteIdentifier(column.newName ?? "")}) ON ${view} TO ${granteeOf(grant)}${grant.grantable ? " WITH GRANT OPTION" : ""}`,
        ),
    ),
  ];
}

function usageOf(draft: Draft): { grantee: string; grantable: boolean }[] {
  const owners = [draft.schema.owner, ...draft.schema.tables.map((table) => table.owner)].map(quoteIdentifier);
  return [
    ...[...new Set(owners)].map((grantee) => ({ grantee, grantable: false })),
    ...draft.schema.usage.map((grant) => ({ grantee: granteeOf(grant), grantable: grant.grantable })),
  ];
}

function granteeOf(grant: Grant): string {
  return grant.grantee === "" ? "PUBLIC" : quoteIdentifier(grant.grantee);
}

/** The view of the new version. */
function offered(draft: Draft, table: TableDraft): string {
  return quoteQualified(draft.versionSchema, table.newName ?? table.name);
}

function base(draft: Draft, table: TableDraft): string {
  return quoteQualified(draft.schema.name, table.name);
}

function inner(draft: Draft, table: TableDraft): string {
  return quoteQualified(stateSchema, draft.names.innerView(table.name));
}
