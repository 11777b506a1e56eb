// Brings the statements that make a schema into an order in which each finds what it needs. Views that need each other first
// appear as empty shells with the right columns.

/** One statement that makes or completes an object. */
export interface SchemaStatement {
  /** The object, as `class/oid` of the catalog. */
  readonly key: string;
  readonly kind: string;
  /** 0 makes the object; more adds to it once everything is there. */
  readonly part: number;
  /** Where it is, for people: `public.orders.total`. */
  readonly place: string;
  readonly sql: string;
  /** Keys of the objects that must be there before. */
  readonly needs: readonly string[];
}

const priorities = [
  "schema",
  "extension",
  "collation",
  "type",
  "domain",
  "composite",
  "function",
  "sequence",
  "table",
  "aggregate",
  "default",
  "domain check",
  "check",
  "attach",
  "key",
  "index",
  "index attach",
  "view",
  "materialized view",
  "statistics",
  "rule",
  "foreign key",
  "trigger",
  "policy",
  "publication",
];

/** `shells`: per key of a view the statement that makes it with its columns but without its tables. */
export function orderStatements(
  statements: readonly SchemaStatement[],
  shells: ReadonlyMap<string, string>,
): SchemaStatement[] {
  const makers = statements.filter(({ part }) => part === 0);
  const additions = statements.filter(({ part }) => part > 0).toSorted((a, b) => a.part - b.part);
  return [...orderMakers(makers, shells), ...additions];
}

function orderMakers(makers: readonly SchemaStatement[], shells: ReadonlyMap<string, string>): SchemaStatement[] {
  const byKey = new Map(makers.map((maker) => [maker.key, maker]));
  const waiting = new Map<string, Set<string>>();
  const neededBy = new Map<string, string[]>();
  const ready: SchemaStatement[][] = priorities.map(() => []);
  const place = ({ kind }: SchemaStatement): SchemaStatement[] => ready[priorities.indexOf(kind)] ?? [];
  for (const maker of [...byKey.values()].toSorted((a, b) => (a.place < b.place ? -1 : 1))) {
    const needs = new Set(maker.needs.filter((need) => need !== maker.key && byKey.has(need)));
    if (needs.size === 0) place(maker).push(maker);
    else waiting.set(maker.key, needs);
    for (const need of needs) neededBy.set(need, [...(neededBy.get(need) ?? []), maker.key]);
  }
  const ordered: SchemaStatement[] = [];
  const isMade = (key: string): void => {
    for (const dependent of neededBy.get(key) ?? []) {
      const needs = waiting.get(dependent);
      if (needs === undefined || !needs.delete(key) || needs.size > 0) continue;
      waiting.delete(dependent);
      const maker = byKey.get(dependent);
      if (maker !== undefined) place(maker).push(maker);
    }
  };
  for (;;) {
    const next = ready.find((queue) => queue.length > 0)?.shift();
    if (next !== undefined) {
      ordered.push(next);
      isMade(next.key);
      continue;
    }
    const stuck = breakCircle(waiting, shells);
    if (stuck === null) return ordered;
    const maker = byKey.get(stuck);
    if (maker === undefined) return ordered;
    const shell = shells.get(stuck);
    if (shell === undefined) {
      // Nothing can be done but to try: the server says what is missing.
      waiting.delete(stuck);
      place(maker).push(maker);
      continue;
    }
    ordered.push({ ...maker, sql: shell });
    isMade(stuck);
  }
}

/** A view of a circle, else any object that waits; null when nothing waits. */
function breakCircle(
  waiting: ReadonlyMap<string, ReadonlySet<string>>,
  shells: ReadonlyMap<string, string>,
): string | null {
  for (const key of waiting.keys()) if (shells.has(key) && needsItself(key, waiting)) return key;
  return waiting.keys().next().value ?? null;
}

function needsItself(start: string, waiting: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const queue = [...(waiting.get(start) ?? [])];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    if (key === start) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    queue.push(...(waiting.get(key) ?? []));
  }
  return false;
}
