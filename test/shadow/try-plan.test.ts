// Plans tried in a shadow: every case runs step by step with observed locks, ends where the written SQL ends, and blocks nobody
// while it scans; plans that do not are refused.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../src/core/plan.ts";
import { readCatalog, type Catalog } from "../../src/dialects/postgres/catalog/read.ts";
import { loadParser, parseFile } from "../../src/dialects/postgres/parse.ts";
import { Shadow } from "../../src/shadow/shadow.ts";
import { tryPlan } from "../../src/shadow/try-plan.ts";
import { casesOn, planCase, withConnection, type Case } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";
import { packagesDirectory } from "./majors.ts";

const changed = "alter table products alter column price type numeric(10, 2)";
const simple: Case = {
  name: "simple",
  directory: "",
  schemaSql: "create table products (id int primary key, price int not null)",
  changeSql: changed,
  naiveSql: changed,
};

function written(each: Case): string[] {
  return parseFile("naive.sql", each.naiveSql).map(({ text }) => text);
}

async function openShadow(major: number): Promise<Shadow> {
  const { shadow, reason } = await Shadow.open({ major, directories: [packagesDirectory] });
  if (shadow === null) throw new Error(reason);
  return shadow;
}

for (const server of servers) {
  describe(`on ${server.name}`, () => {
    let shadow: Shadow;
    beforeAll(async () => {
      await loadParser();
      shadow = await openShadow(server.version);
    });
    afterAll(async () => await shadow.close());

    async function planOf(each: Case): Promise<{ plan: Plan; catalog: Catalog }> {
      await using database = await createDatabase(server);
      const client = await database.connect();
      await client.query(each.schemaSql);
      await client.end();
      return await withConnection(database.url, async (connection) => ({
        plan: await planCase(connection, each),
        catalog: await readCatalog(connection),
      }));
    }

    test.each(casesOn(server))("the plan of $name is proven", async (each) => {
      const { plan, catalog } = await planOf(each);
      const trial = await tryPlan(shadow, catalog, plan, written(each));
      expect(trial.unproven).toEqual([]);
      expect(trial.uncompared).toBeNull();
      for (const step of trial.plan.steps) {
        const isObserved = (step.kind === "ddl" || step.kind === "backfill") && step.sql.length > 0;
        expect(step.source, step.id).toBe(isObserved ? "traced" : "table");
        if (step.strategy !== "raw" && step.kind === "ddl") expect(step.rewrite, `${step.id} rewrites`).toBe(false);
      }
    });

    test("a step that blocks while it scans is refused", async () => {
      const { plan, catalog } = await planOf(simple);
      const steps = plan.steps.map((step, index) => (index === 0 ? { ...step, sql: [changed] } : step));
      await expect(tryPlan(shadow, catalog, { ...plan, steps }, written(simple))).rejects.toMatchObject({
        code: "plan-unproven",
        happened: expect.stringContaining("would hold ACCESS EXCLUSIVE on public.products while") as string,
      });
    });

    test("a plan that ends elsewhere than the written SQL is refused with the difference", async () => {
      const { plan, catalog } = await planOf(simple);
      const other = [
        "alter table products alter column price type numeric(10, 2)",
        "comment on table products is 'sold'",
      ];
      await expect(tryPlan(shadow, catalog, plan, other)).rejects.toMatchObject({
        code: "plan-unproven",
        details: { missing: ["comment on table public.products is 'sold'"], extra: [] },
      });
    });

    test("a step that does not run is refused; with gaps in the shadow it is only unproven", async () => {
      const { plan, catalog } = await planOf(simple);
      const steps = plan.steps.map((step, index) =>
        index === 0 ? { ...step, sql: ["alter table nowhere add a int"] } : step,
      );
      await expect(tryPlan(shadow, catalog, { ...plan, steps }, [])).rejects.toMatchObject({ code: "plan-unproven" });
      const gap = await tryPlan(shadow, { ...catalog, unknown: ["cast from a to b"] }, { ...plan, steps }, []);
      expect(gap.uncompared).toContain("needs what is not in the shadow");
      expect(gap.plan).toEqual({ ...plan, steps });
    });

    test("SQL that does not run without rows is said to be uncompared", async () => {
      const { plan, catalog } = await planOf(simple);
      const trial = await tryPlan(shadow, catalog, plan, ["select 1 / count(*) from products"]);
      expect(trial.uncompared).toContain("division by zero");
      expect(trial.plan.steps[0]?.source).toBe("traced");
    });
  });
}

test("no shadow: the reason is given in words", async () => {
  const newer = await Shadow.open({ major: 19, directories: [] });
  expect(newer).toMatchObject({
    shadow: null,
    reason: "PostgreSQL 19 is newer than any that this shoofly knows (13 to 18)",
  });
  const older = await Shadow.open({ major: 9, directories: [packagesDirectory] });
  expect(older.reason).toContain("no binaries of PostgreSQL 9");
});

test("a lent server is left as it was", async () => {
  const [server] = servers;
  if (server === undefined) throw new Error("no server");
  const { shadow } = await Shadow.open({ major: server.version, directories: [], url: server.url });
  if (shadow === null) throw new Error("no shadow");
  await shadow.load({ roles: [], statements: [], unknown: [], comparable: [] });
  await shadow.close();
  const other = await Shadow.open({ major: 13, directories: [], url: server.url });
  expect(other.reason).toContain("the database PostgreSQL 13");
});
