// A small plan as table, script and report: what a person reads before a run.
import { describe, expect, test } from "vitest";
import type { Plan } from "../core/plan.ts";
import type { Step } from "../core/step.ts";
import { planReport } from "./plan-report.ts";
import { planSql } from "./plan-sql.ts";
import { planText } from "./plan-text.ts";
import { makeStyle } from "./style.ts";

const style = makeStyle({ isTty: false, color: false, env: { LANG: "C.UTF-8" } });

const base = {
  strategy: "expand",
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
} as const;

const steps: readonly Step[] = [
  {
    ...base,
    id: "expand.1",
    phase: "expand",
    kind: "ddl",
    title: "users: add full_name and two-way sync",
    sql: [
      'ALTER TABLE "public"."users" ADD COLUMN "full_name" text',
      "CREATE TRIGGER t BEFORE INSERT ON users EXECUTE FUNCTION f()",
    ],
    locks: [{ relation: "public.users", mode: "ACCESS EXCLUSIVE", blocks: "reads+writes" }],
    undo: ["DROP TRIGGER t ON users;", 'ALTER TABLE "public"."users" DROP COLUMN "full_name"'],
    loss: [{ what: "values of public.users.full_name", countSql: "select 1", archiveSql: [] }],
    index: null,
    long: false,
  },
  {
    ...base,
    id: "backfill.1",
    phase: "backfill",
    kind: "backfill",
    title: "users: fill full_name",
    sql: ["UPDATE users SET full_name = name WHERE id BETWEEN $1 AND $2"],
    transaction: false,
    locks: [{ relation: "public.users", mode: "ROW EXCLUSIVE", blocks: "none" }],
    estimateMs: [4_800_000, 9_000_000],
    table: { schema: "public", name: "users" },
    key: null,
    mode: "fill",
    undoTable: null,
    rowsEstimate: 41_200_000,
  },
  {
    ...base,
    id: "switch.1",
    phase: "switch",
    kind: "gate",
    title: "no session is declared as version public",
    sql: [],
    gate: "sessions",
  },
  {
    ...base,
    id: "purge.1",
    phase: "purge",
    kind: "ddl",
    title: "users: drop the retired name",
    sql: ["ALTER TABLE users DROP COLUMN old"],
    locks: [{ relation: "public.users", mode: "ACCESS EXCLUSIVE", blocks: "reads+writes" }],
    reversible: false,
    index: null,
    long: false,
  },
];

const plan: Plan = {
  schema: "shoofly.plan/1",
  migration: "20260101000000_full_name",
  members: [
    { name: "20260101000000_full_name", file: "migrations/20260101000000_full_name.sql", checksum: "sha256:ab" },
  ],
  targetSchema: "public",
  versions: { old: "public", new: "public_20260101000000_full_name" },
  searchPath: ["public"],
  tables: ["public.users"],
  fingerprint: `sha256:${"9f2c41ab33d0".repeat(5)}abcd`,
  preflight: [],
  hazards: [
    {
      rule: "base-table-prepared",
      severity: "warning",
      file: "migrations/20260101000000_full_name.sql",
      line: 3,
      column: 1,
      endLine: 3,
      endColumn: 20,
      message: "Clients that use users directly may meet a changed result type.",
      lock: null,
      blocks: "none",
      rewrite: false,
      scan: false,
      heavy: false,
      plan: [],
      suppressed: null,
    },
  ],
  steps,
};

const context = {
  target: "app@db1:5432",
  serverVersion: "15.18",
  saved: ".shoofly/plans/20260101000000_full_name.json",
};

describe("the table", () => {
  test("at 120 columns", () => {
    expect(planText(plan, context, style, 120)).toMatchInlineSnapshot(`
      "Plan 20260101000000_full_name  app@db1:5432 (PostgreSQL 15.18)
        4 steps · longest blocking lock <50 ms · ~1 h 20 m - 2 h 30 m · reversible until step 4
        fingerprint 9f2c41ab33d0 · saved .shoofly/plans/20260101000000_full_name.json
        versions: public → public_20260101000000_full_name

       #  phase     what                         lock                         est.                  undo
       1  expand    users: add full_name and     ACCESS EXCLUSIVE on          <50 ms                DROP TRIGGER, ALTER TABLE
                    two-way sync                 public.users (blocks all)
       2  backfill  users: fill full_name        ROW EXCLUSIVE on             ~1 h 20 m - 2 h 30 m  none needed
                                                 public.users (blocks
                                                 nobody)
       3  switch    no session is declared as    none                         -                     none needed
                    version public
       4  purge     users: drop the retired      ACCESS EXCLUSIVE on          <50 ms                NONE
                    name                         public.users (blocks all)

      Hazards
        warning base-table-prepared  migrations/20260101000000_full_name.sql:3:1
                Clients that use users directly may meet a changed result type.

      Point of no return: step 4, purge.1 (users: drop the retired name). Until then: shoofly rollback
        20260101000000_full_name
      Locks: first try 50 ms, at most 200 ms, again with jitter until the budget ends. No session of yours is ever ended.
      SQL: shoofly plan 20260101000000_full_name --sql   Review: --report plan.md
      Next  shoofly start 20260101000000_full_name --plan .shoofly/plans/20260101000000_full_name.json   (runs exactly this)
      "
    `);
  });

  test.each([60, 80, 120])("holds every word at %i columns", (width) => {
    const text = planText(plan, context, style, width).replaceAll(/\s+/g, "");
    for (const step of steps) expect(text).toContain(step.id === "switch.1" ? "-" : step.phase);
    expect(text).toContain("reversibleuntilstep4");
    expect(text).toContain("Pointofnoreturn:step4,purge.1");
  });
});

test("the script", () => {
  expect(planSql(plan)).toMatchInlineSnapshot(`
    "-- 20260101000000_full_name: public → public_20260101000000_full_name
    -- fingerprint sha256:9f2c41ab33d09f2c41ab33d09f2c41ab33d09f2c41ab33d09f2c41ab33d0abcd
    -- For reading. \`shoofly start\` adds what makes it safe: lock timeouts, retries, the journal, verification.

    -- 1. expand.1: users: add full_name and two-way sync
    --   ACCESS EXCLUSIVE on public.users (blocks all)
    BEGIN;
    ALTER TABLE "public"."users" ADD COLUMN "full_name" text;
    CREATE TRIGGER t BEFORE INSERT ON users EXECUTE FUNCTION f();
    COMMIT;
    -- undo:
    --   DROP TRIGGER t ON users;
    --   ALTER TABLE "public"."users" DROP COLUMN "full_name";

    -- 2. backfill.1: users: fill full_name
    --   ROW EXCLUSIVE on public.users (blocks nobody)
    -- once per chunk, with the chunk's bounds as $1, $2 …
    UPDATE users SET full_name = name WHERE id BETWEEN $1 AND $2;

    -- 3. switch.1: no session is declared as version public
    -- waits: no session is declared as version public

    -- 4. purge.1: users: drop the retired name
    --   ACCESS EXCLUSIVE on public.users (blocks all)
    BEGIN;
    ALTER TABLE users DROP COLUMN old;
    COMMIT;
    -- undo: NONE
    "
  `);
});

test("the report names the point of no return and what a rollback would lose", () => {
  const report = planReport(plan, context);
  expect(report).toContain("**users: drop the retired name** (point of no return)");
  expect(report).toContain("Step 4, users: drop the retired name, is the point of no return.");
  expect(report).toContain("- values of public.users.full_name (step expand.1)");
  expect(report).toContain("| warning | base-table-prepared | migrations/20260101000000_full_name.sql:3 |");
});

test("a plan without steps says so", () => {
  expect(planText({ ...plan, steps: [] }, context, style, 100)).toContain("Nothing to do");
});
