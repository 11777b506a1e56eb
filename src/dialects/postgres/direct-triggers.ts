// Both shapes in one table: the triggers' bodies where clients of either side write the same rows and no view tells them apart.
//
// On INSERT the side that is given wins, that is: not NULL and not the default. On UPDATE the side that changed wins. A statement
// that gives or changes both is right when they agree; otherwise the new side stands and the row goes to the conflict ledger,
// which keeps the gate of `complete` shut until somebody has looked.
import { quoteIdentifier, quoteLiteral } from "../../sql/identifier.ts";
import type { Draft, TableDraft } from "./draft.ts";
import { columnsOf, render } from "./expression.ts";
import { stateSchema } from "./names.ts";
import { changed, downward, indent, upward } from "./sync-pairs.ts";
import type { Pair } from "./sync-pairs.ts";

/** Columns that are derived from each other, directly or through others. */
interface Group {
  readonly pairs: readonly Pair[];
  readonly olds: readonly string[];
  readonly nexts: readonly string[];
  /** Columns of neither side that `up` reads. */
  readonly upSources: readonly string[];
  readonly downSources: readonly string[];
}

export function directInsertBody(draft: Draft, table: TableDraft, pairs: readonly Pair[]): string {
  const lines = groupsOf(pairs).flatMap((group) => {
    const isNew = anyOf(group.nexts.map((name) => `NEW.${quoteIdentifier(name)} IS NOT NULL`));
    const isOld = anyOf(group.olds.map((name) => isGiven(table, name)));
    return decide(draft, table, group, { isNew, isOld, isUpDue: "true", isDownDue: "true" });
  });
  return `BEGIN\n${indent(lines, 2)}\n  RETURN NEW;\nEND`;
}

export function directUpdateBody(draft: Draft, table: TableDraft, pairs: readonly Pair[]): string {
  const any = (names: readonly string[]): string => anyOf(names.map((name) => changed(table, name)));
  const lines = groupsOf(pairs).flatMap((group) =>
    decide(draft, table, group, {
      isNew: any(group.nexts),
      isOld: any(group.olds),
      isUpDue: any([...group.olds, ...group.upSources]),
      isDownDue: any([...group.nexts, ...group.downSources]),
    }),
  );
  return `BEGIN\n${indent(lines, 2)}\n  RETURN NEW;\nEND`;
}

interface Signs {
  readonly isNew: string;
  readonly isOld: string;
  readonly isUpDue: string;
  readonly isDownDue: string;
}

function decide(draft: Draft, table: TableDraft, group: Group, signs: Signs): string[] {
  const ups = group.pairs.flatMap(upward);
  const downs = [...group.pairs].reverse().flatMap((pair) => downward(draft, table, pair));
  const inside = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
  if (ups.length === 0) return [`IF (${signs.isDownDue}) AND NOT (${signs.isOld}) THEN`, ...inside(downs), "END IF;"];
  if (downs.length === 0) return [`IF (${signs.isUpDue}) AND NOT (${signs.isNew}) THEN`, ...inside(ups), "END IF;"];
  return [
    `IF (${signs.isNew}) AND (${signs.isOld}) THEN`,
    ...inside(settleBoth(draft, table, group, downs)),
    `ELSIF (${signs.isNew}) THEN`,
    ...inside(downs),
    `ELSIF (${signs.isUpDue}) THEN`,
    ...inside(ups),
    "END IF;",
  ];
}

/** Both sides were written: right when one follows from the other. An expression that fails proves nothing, so it counts as a difference. */
function settleBoth(draft: Draft, table: TableDraft, group: Group, downs: readonly string[]): string[] {
  const upWrong = group.pairs.flatMap(({ up, next }) =>
    up === null || next === null ? [] : [differs(table, next.physical, render(up, "NEW"))],
  );
  const downWrong = group.pairs.flatMap(({ down, old }) =>
    down === null || old === null ? [] : [differs(table, old.physical, render(down, "NEW"))],
  );
  const message = `${group.olds.join(", ")} and ${group.nexts.join(", ")} were both written and do not agree: the new side stands`;
  const record = [draft.migration, `${draft.schema.name}.${table.name}`].map((text) => quoteLiteral(text).trim());
  return [
    "DECLARE",
    "  differ boolean;",
    "BEGIN",
    `  BEGIN differ := ${anyOf(upWrong)}; EXCEPTION WHEN OTHERS THEN differ := true; END;`,
    "  IF differ THEN",
    `    BEGIN differ := ${anyOf(downWrong)}; EXCEPTION WHEN OTHERS THEN differ := true; END;`,
    "  END IF;",
    "  IF differ THEN",
    `    PERFORM ${stateSchema}.record_conflict(${record.join(", ")}, pg_catalog.to_jsonb(NEW), ${quoteLiteral(message).trim()});`,
    ...downs.map((line) => `    ${line}`),
    "  END IF;",
    "END;",
  ];
}

function groupsOf(pairs: readonly Pair[]): Group[] {
  const own = new Set(pairs.flatMap(({ old, next }) => [old, next].flatMap((side) => side?.physical ?? [])));
  const touched = (pair: Pair): string[] =>
    [pair.old?.physical, pair.next?.physical, ...columnsOf(pair.up ?? []), ...columnsOf(pair.down ?? [])].flatMap(
      (name) => (name !== undefined && own.has(name) ? [name] : []),
    );
  const groups = pairs.reduce<(readonly Pair[])[]>((found, pair) => {
    const names = new Set(touched(pair));
    const joined = found.filter((group) => group.some((each) => touched(each).some((name) => names.has(name))));
    return [...found.filter((group) => !joined.includes(group)), [...joined.flat(), pair]];
  }, []);
  const foreign = (templates: readonly Pair["up"][]): string[] =>
    unique(templates.flatMap((template) => columnsOf(template ?? [])).filter((name) => !own.has(name)));
  return groups.map((members) => ({
    pairs: pairs.filter((pair) => members.includes(pair)),
    olds: unique(members.flatMap(({ old }) => old?.physical ?? [])),
    nexts: unique(members.flatMap(({ next }) => next?.physical ?? [])),
    upSources: foreign(members.map(({ up }) => up)),
    downSources: foreign(members.map(({ down }) => down)),
  }));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? "false" : conditions.join(" OR ");
}

/** The new columns have no default before the switch, so that only a client can have given a value there. */
function isGiven(table: TableDraft, physical: string): string {
  const value = table.columns.find((column) => column.physical === physical)?.column?.default ?? null;
  return value === null ? `NEW.${quoteIdentifier(physical)} IS NOT NULL` : differs(table, physical, `(${value})`);
}

function differs(table: TableDraft, physical: string, value: string): string {
  return `ROW(NEW.${quoteIdentifier(physical)})::record OPERATOR(pg_catalog.*<>) ROW((${value})::${typeOf(table, physical)})::record`;
}

function typeOf(table: TableDraft, physical: string): string {
  const replaced = table.columns.find((column) => column.replacement?.physical === physical)?.replacement?.type;
  return replaced ?? table.columns.find((column) => column.physical === physical)?.type ?? "text";
}
