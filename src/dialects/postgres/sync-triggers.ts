// The triggers that keep both shapes of a table equal: two ways until the switch, backwards after it.
//
// Who wrote an inserted row is decided by the row itself: the new version's inner view gives the writer column a default
// that no other way of writing gives. On UPDATE the side that changed wins. No session state is involved, so qualified
// names, roles, poolers, CTEs over both versions and COPY cannot be mistaken.
import { directInsertBody, directUpdateBody } from "./direct-triggers.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifier.ts";
import { columnsOf, render } from "./expression.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { nameAfterSwitch } from "./draft.ts";
import { changed, downward, indent, pairsOf, upward, watched } from "./sync-pairs.ts";
import type { Pair } from "./sync-pairs.ts";
import { stateSchema } from "./names.ts";

/** Value of the writer column for rows that come through the new version. */
export const newVersionWriter = 2;

/** Statements that create both functions and triggers of the expand step. */
export function createSyncTriggers(draft: Draft, table: TableDraft): string[] {
  const pairs = pairsOf(table);
  const base = quoteQualified(draft.schema.name, table.name);
  const isDirect = draft.mode === "direct";
  const insert = functionName(draft, table, "insert");
  const update = functionName(draft, table, "update");
  return [
    makeFunction(draft, insert, (isDirect ? directInsertBody : insertBody)(draft, table, pairs)),
    makeFunction(draft, update, (isDirect ? directUpdateBody : updateBody)(draft, table, pairs)),
    `CREATE TRIGGER ${quoteIdentifier(draft.names.trigger("insert"))} BEFORE INSERT ON ${base} FOR EACH ROW EXECUTE FUNCTION ${insert}()`,
    `CREATE TRIGGER ${quoteIdentifier(draft.names.trigger("update"))} BEFORE UPDATE ON ${base} FOR EACH ROW WHEN (${notFilling} AND (${watched(
      pairs,
    )
      .map((column) => changed(table, column))
      .join(" OR ")})) EXECUTE FUNCTION ${update}()`,
    ...["insert", "update"].map(
      (role) => `ALTER TABLE ${base} ENABLE ALWAYS TRIGGER ${quoteIdentifier(draft.names.trigger(role))}`,
    ),
  ];
}

export function dropSyncTriggers(draft: Draft, table: TableDraft): string[] {
  return ["insert", "update"].flatMap((role) => [
    `DROP TRIGGER ${quoteIdentifier(draft.names.trigger(role))} ON ${quoteQualified(draft.schema.name, table.name)}`,
    `DROP FUNCTION ${functionName(draft, table, role)}()`,
  ]);
}

/** After the switch: the retired columns follow the table's own. */
export function createRetireTrigger(draft: Draft, table: TableDraft): string[] {
  const pairs = retiredPairs(table);
  if (pairs.length === 0) return [];
  const base = quoteQualified(draft.schema.name, table.name);
  const name = functionName(draft, table, "retire");
  const columns = physicalColumns(table);
  const after = nameAfterSwitch(table, draft.names);
  const header = `${functionHeader(draft, name).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")} AS `;
  const body = retireBody(draft, table, pairs, (physical) => `{{shoofly:${columns.indexOf(physical) + 1}}}`);
  const own = draft.names.syncFunction(table.name, "retire");
  const values = [own, header, body].map((value) => quoteLiteral(value).trim());
  return [
    makeFunction(draft, name, retireBody(draft, table, pairs, after)),
    `INSERT INTO ${stateSchema}.retire_functions (function, header, body, columns) VALUES (${values.join(", ")}, ${textArray(columns.map(after))})`,
    `CREATE TRIGGER ${quoteIdentifier(draft.names.trigger("retire"))} BEFORE INSERT OR UPDATE ON ${base} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    `ALTER TABLE ${base} ENABLE ALWAYS TRIGGER ${quoteIdentifier(draft.names.trigger("retire"))}`,
  ];
}

/** @param base the table's quoted name at that moment; a rename at the switch changes it */
export function dropRetireTrigger(draft: Draft, table: TableDraft, base: string): string[] {
  if (retiredPairs(table).length === 0) return [];
  const own = draft.names.syncFunction(table.name, "retire");
  return [
    `DROP TRIGGER ${quoteIdentifier(draft.names.trigger("retire"))} ON ${base}`,
    `DROP FUNCTION ${functionName(draft, table, "retire")}()`,
    `DELETE FROM ${stateSchema}.retire_functions WHERE function = ${quoteLiteral(own).trim()}`,
  ];
}

/**
 * The renames of a switch, told to the retire triggers of earlier migrations on the same table: they derive their columns from
 * those that are renamed now.
 * @param direction forward at the switch, back at its undo
 */
export function renameInRetireTriggers(draft: Draft, table: TableDraft, direction: "forward" | "back"): string[] {
  const isFed = table.table?.triggers.some((trigger) => isOwnTrigger(trigger.name)) ?? false;
  const after = nameAfterSwitch(table, draft.names);
  const renames = physicalColumns(table)
    .map((before) => [before, after(before)] as const)
    .filter(([before, behind]) => before !== behind);
  if (!isFed || renames.length === 0) return [];
  const relation = `${quoteLiteral(quoteQualified(draft.schema.name, table.name)).trim()}::regclass`;
  const names = [renames.map(([before]) => before), renames.map(([, behind]) => behind)].map(textArray);
  const [from, to] = direction === "forward" ? names : names.toReversed();
  return [`SELECT ${stateSchema}.rename_retired(${relation}, ${from}, ${to})`];
}

/** Every column of the table before the switch, second columns included. */
function physicalColumns(table: TableDraft): string[] {
  return table.columns.flatMap((column) => [
    column.physical,
    ...(column.replacement === null ? [] : [column.replacement.physical]),
  ]);
}

/** Triggers of ours on a table that a migration finds: those that feed columns that earlier ones retired. */
export function isOwnTrigger(name: string): boolean {
  return name.startsWith("~shoofly_");
}

function retiredPairs(table: TableDraft): Pair[] {
  return pairsOf(table).filter((pair) => pair.old !== null && pair.down !== null);
}

function textArray(values: readonly string[]): string {
  return `ARRAY[${values.map((value) => quoteLiteral(value).trim()).join(", ")}]::text[]`;
}

/** Our own fill is no write of either version: seen as "the new side changed" it would write the old column back. */
const notFilling = "pg_catalog.current_setting('shoofly.fill', true) IS DISTINCT FROM 'on'";

function functionName(draft: Draft, table: TableDraft, role: string): string {
  return quoteQualified(stateSchema, draft.names.syncFunction(table.name, role));
}

/**
 * SECURITY DEFINER so that an expression which reads another table works for every application role; the path is pinned so
 * that no caller's schema can put itself in between (manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely").
 */
function makeFunction(draft: Draft, name: string, body: string): string {
  return `${functionHeader(draft, name)} AS ${quoteLiteral(body).trim()}`;
}

function functionHeader(draft: Draft, name: string): string {
  const path = ["pg_catalog", ...draft.schema.searchPath, "pg_temp"].map(quoteIdentifier).join(", ");
  return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${path}`;
}

function insertBody(draft: Draft, table: TableDraft, pairs: readonly Pair[]): string {
  const writer = `NEW.${quoteIdentifier(draft.names.writer)}`;
  return `BEGIN
  IF ${writer} = ${newVersionWriter} THEN
    ${writer} := NULL;
${indent(
  [...pairs].reverse().flatMap((pair) => downward(draft, table, pair)),
  4,
)}
  ELSE
    ${writer} := NULL;
${indent(pairs.flatMap(upward), 4)}
  END IF;
  RETURN NEW;
END`;
}

function updateBody(draft: Draft, table: TableDraft, pairs: readonly Pair[]): string {
  const oldOnly = new Set(pairs.flatMap((pair) => (pair.old === null ? [] : [pair.old.physical])));
  const nextOnly = new Set(pairs.flatMap((pair) => (pair.next === null ? [] : [pair.next.physical])));
  const any = (columns: readonly string[]): string =>
    columns.length === 0 ? "false" : columns.map((column) => changed(table, column)).join(" OR ");
  const flags = pairs.map((pair, index) => {
    const upSources = columnsOf(pair.up ?? []);
    const next = [
      ...new Set([
        ...(pair.next === null ? [] : [pair.next.physical]),
        ...columnsOf(pair.down ?? []).filter((column) => nextOnly.has(column)),
      ]),
    ];
    const old = [
      ...new Set([
        ...(pair.old === null ? [] : [pair.old.physical]),
        ...upSources.filter((column) => oldOnly.has(column)),
      ]),
    ];
    const shared = upSources.filter((column) => !oldOnly.has(column) && !nextOnly.has(column));
    const sharedDown = pair.next === null ? columnsOf(pair.down ?? []).filter((column) => !oldOnly.has(column)) : [];
    return {
      pair,
      next: `next_${index}`,
      old: `old_${index}`,
      nextTest: any([...new Set([...next, ...sharedDown])]),
      oldTest: any([...old, ...shared]),
    };
  });
  const branches = flags.flatMap(({ pair, next, old }) => {
    const down = downward(draft, table, pair);
    const up = upward(pair);
    // A dropped column that its own side changed stays as written; only the new side's changes are derived.
    if (pair.next === null) return [`IF ${next} AND NOT ${old} THEN`, ...down.map((line) => `  ${line}`), "END IF;"];
    if (down.length === 0) return [`IF NOT ${next} AND ${old} THEN`, ...up.map((line) => `  ${line}`), "END IF;"];
    return [
      `IF ${next} THEN`,
      ...down.map((line) => `  ${line}`),
      `ELSIF ${old} THEN`,
      ...up.map((line) => `  ${line}`),
      "END IF;",
    ];
  });
  return `DECLARE
${indent(
  flags.flatMap((flag) => [`${flag.next} boolean := ${flag.nextTest};`, `${flag.old} boolean := ${flag.oldTest};`]),
  2,
)}
BEGIN
${indent(branches, 2)}
  RETURN NEW;
END`;
}

/** @param after what a physical column is called once the function runs */
function retireBody(
  draft: Draft,
  table: TableDraft,
  pairs: readonly Pair[],
  after: (physical: string) => string,
): string {
  const oldNames = new Set(pairs.flatMap((pair) => (pair.old === null ? [] : [pair.old.physical])));
  const lines = pairs.flatMap((pair) => {
    if (pair.old === null || pair.down === null) return [];
    const target = `NEW.${quoteIdentifier(after(pair.old.physical))}`;
    const sources = [...new Set([...(pair.next === null ? [] : [pair.next.physical]), ...columnsOf(pair.down)])].filter(
      (column) => !oldNames.has(column),
    );
    const test = sources.map((column) => changed(table, column, after(column))).join(" OR ");
    const isDue = test === "" ? "TG_OP = 'INSERT'" : `TG_OP = 'INSERT' OR ${test}`;
    const next = pair.next === null ? "true" : `NEW.${quoteIdentifier(after(pair.next.physical))} IS NOT NULL`;
    return [
      // OLD is NULL on INSERT, and every comparison with it is computed only on UPDATE.
      ...(test === ""
        ? [`due := ${isDue};`]
        : ["IF TG_OP = 'INSERT' THEN due := true;", `ELSE due := ${test}; END IF;`]),
      "IF due THEN",
      "  BEGIN",
      `    ${target} := ${render(pair.down, "NEW", after)};`,
      ...(pair.old.notNull ? [`    IF ${target} IS NULL AND ${next} THEN RAISE data_exception; END IF;`] : []),
      "  EXCEPTION WHEN OTHERS THEN",
      `    ${target} := NULL;`,
      `    PERFORM ${stateSchema}.record_conflict(${quoteLiteral(draft.migration).trim()}, ${quoteLiteral(`${draft.schema.name}.${table.name}`).trim()}, pg_catalog.to_jsonb(NEW), SQLERRM);`,
      "  END;",
      "END IF;",
    ];
  });
  return `DECLARE\n  due boolean;\nBEGIN\n${indent(lines, 2)}\n  RETURN NEW;\nEND`;
}
