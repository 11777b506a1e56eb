// Plans made by hand: every step kind, without an operation, a parser or a planner behind them.
import type { Plan } from "../../src/core/plan.ts";
import type {
  BackfillStep,
  Check,
  ChunkKey,
  DdlStep,
  GateName,
  GateStep,
  Lock,
  VerifyStep,
} from "../../src/core/step.ts";
import type { Phase } from "../../src/core/phase.ts";

type Parts<S> = Partial<Omit<S, "id" | "kind">>;

function base(id: string, title: string): Omit<DdlStep, "kind" | "index" | "long"> {
  return {
    id,
    phase: id.slice(0, id.indexOf(".")) as Phase,
    strategy: "expand",
    title,
    sql: [],
    transaction: true,
    locks: [],
    rewrite: false,
    scan: false,
    source: "table",
    estimateMs: [1, 50],
    undo: [],
    undoTransaction: true,
    reversible: true,
    loss: [],
  };
}

export function exclusive(relation: string): Lock {
  return { relation, mode: "ACCESS EXCLUSIVE", blocks: "reads+writes" };
}

/** Statements in one transaction, under ACCESS EXCLUSIVE on `public.items`. */
export function ddl(id: string, sql: readonly string[], undo: readonly string[], parts: Parts<DdlStep> = {}): DdlStep {
  const common = { ...base(id, sql[0] ?? id), kind: "ddl" as const, index: null, long: false };
  return { ...common, sql, undo, locks: [exclusive("public.items")], ...parts };
}

export function indexStep(id: string, name: string, definition: string, present = true): DdlStep {
  const create = `create ${definition.startsWith("unique") ? "unique " : ""}index concurrently ${name} on public.items ${definition.replace("unique", "")}`;
  const drop = `drop index concurrently if exists public.${name}`;
  const [sql, undo] = present ? [create, drop] : [drop, create];
  return {
    ...ddl(id, [sql], [undo]),
    transaction: false,
    undoTransaction: false,
    index: { schema: "public", name, present },
    locks: [{ relation: "public.items", mode: "SHARE UPDATE EXCLUSIVE", blocks: "none" }],
  };
}

export interface FillParts {
  readonly key: ChunkKey | null;
  readonly set: string;
  /** Further condition of the statement. */
  readonly where?: string;
  readonly undoSet?: string;
  readonly mode?: "fill" | "change";
  readonly rowsEstimate?: number;
}

export function fill(id: string, { key, set, where, undoSet, mode, rowsEstimate }: FillParts): BackfillStep {
  const range = rangeOf(key);
  const statement = (assignment: string): string =>
    `update public.items as t set ${assignment} where ${range}${where === undefined ? "" : ` and (${where})`}`;
  return {
    ...base(id, `fill: ${set}`),
    kind: "backfill",
    sql: [statement(set)],
    undo: undoSet === undefined ? [] : [statement(undoSet)],
    table: { schema: "public", name: "items" },
    key,
    mode: mode ?? "fill",
    undoTable: undoSet === undefined ? null : { schema: "public", name: "items" },
    rowsEstimate: rowsEstimate ?? 50_000,
  };
}

function rangeOf(key: ChunkKey | null): string {
  if (key === null) return "t.ctid >= $1::tid and t.ctid <= $2::tid";
  const names = key.columns.map(({ name }) => `t."${name}"`).join(", ");
  const bound = (first: number): string =>
    key.columns.map(({ type }, index) => `$${first + index}::${type}`).join(", ");
  return `(${names}) >= (${bound(1)}) and (${names}) <= (${bound(1 + key.columns.length)})`;
}

export function check(title: string, wrong: string, repairSql: string | null = null): Check {
  const counts = `count(*) as rows, count(*) filter (where ${wrong}) as mismatched`;
  return {
    title,
    sql: `select ${counts} from public.items t`,
    sampleSql: `select * from public.items t where ${wrong} limit 3`,
    repairSql,
  };
}

export function verify(id: string, checks: readonly Check[]): VerifyStep {
  return { ...base(id, checks[0]?.title ?? id), kind: "verify", checks };
}

export function gate(id: string, name: GateName): GateStep {
  return { ...base(id, `gate ${name}`), kind: "gate", gate: name };
}

export function planOf(migration: string, steps: Plan["steps"], parts: Partial<Plan> = {}): Plan {
  return {
    schema: "shoofly.plan/1",
    migration,
    members: [{ name: migration, file: `${migration}.sql`, checksum: "sha256:0" }],
    targetSchema: "public",
    versions: { old: "public", new: `public_${migration}` },
    searchPath: ["public"],
    tables: ["public.items"],
    fingerprint: "sha256:0",
    preflight: [],
    hazards: [],
    steps,
    ...parts,
  };
}

export const idKey: ChunkKey = { columns: [{ name: "id", type: "integer" }] };

/** `items` with a key of every kind that a backfill walks along. */
export function itemsSql(rows: number): string {
  return `
    create table public.items (
      id int primary key, code uuid not null unique default gen_random_uuid(),
      area text not null, at timestamptz not null, v text not null, n int not null default 0, unique (area, at)
    );
    insert into public.items (id, area, at, v)
      select i * 3, 'Z' || (i % 7) || ' "x"', timestamptz '2026-01-01' + i * interval '1.000001 s', 'v' || i
      from generate_series(1, ${rows}) i;
    analyze public.items;`;
}

/** Every step kind, both ways of a fill, and a point of no return. */
export function fullPlan(migration = "m1", key: ChunkKey | null = idKey): Plan {
  const shift = { set: "n = n + 1", undoSet: "n = n - 1", mode: "change" } as const;
  return planOf(migration, [
    ddl("expand.1", ["alter table items add column w text"], ["alter table items drop column w"]),
    indexStep("expand.2", "items_w", "(w)"),
    fill("backfill.1", { key, set: "w = upper(t.v)", where: "t.w is null" }),
    fill("backfill.2", { key: key ?? idKey, ...shift }),
    ddl(
      "verify.1",
      ["alter table items add constraint w_there check (w is not null) not valid"],
      ["alter table items drop constraint w_there"],
    ),
    verify("verify.2", [check("w is the capital of v", "t.w is distinct from upper(t.v)")]),
    gate("switch.1", "ledger"),
    gate("switch.2", "sessions"),
    gate("switch.3", "old-snapshots"),
    ddl(
      "switch.4",
      ["alter table items rename column v to v_old", "alter table items rename column w to v"],
      ["alter table items rename column v to w", "alter table items rename column v_old to v"],
    ),
    indexStep("contract.1", "items_area_at_more", "(area, at, id)", false),
    ddl("purge.1", ["alter table items drop column v_old"], []),
  ]);
}

/** What `fullPlan` needs on top of `itemsSql`. */
export const fullPlanSql = "create index items_area_at_more on public.items (area, at, id);";
