// Predicted against observed, on every supported major: all measured forms, and every statement of every case, as written and as planned.
// docs/accuracy.md is written from it (`vitest -u`), and one that is stale fails.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isHeavy } from "../../src/core/effect.ts";
import type { Effect } from "../../src/core/effect.ts";
import { connect } from "../../src/dialects/postgres/connect.ts";
import type { Connection } from "../../src/dialects/postgres/connect.ts";
import { catalogOf } from "../../src/dialects/postgres/effects/catalog.ts";
import type { Catalog } from "../../src/dialects/postgres/effects/catalog.ts";
import { evolve } from "../../src/dialects/postgres/effects/evolve.ts";
import { predictEffect } from "../../src/dialects/postgres/effects/predict.ts";
import { introspect } from "../../src/dialects/postgres/introspect.ts";
import { Journal } from "../../src/engine/journal.ts";
import type { Server } from "../../src/shadow/server.ts";
import { Tracer } from "../../src/shadow/trace.ts";
import { planCase, readCases } from "../support/cases.ts";
import type { Case } from "../support/cases.ts";
import { accuracyPage } from "./accuracy-page.ts";
import type { MajorAccuracy } from "./accuracy-page.ts";
import { forms, readText, seenOn } from "./forms.ts";
import { execute, majors, startMajor, urlOf } from "./majors.ts";
import { evolved, line, predicted, statementsOf } from "./predicted.ts";
import { calledHeavy } from "./squawk.ts";

const results: MajorAccuracy[] = [];
const minutes = 60_000;

/** The catalog as introspection reads it; the servers of the tests run in UTC. */
async function introspected(connection: Connection, major: number): Promise<Catalog> {
  const { schema } = await introspect(connection, { schema: "public", currentVersion: "public" });
  return evolved(catalogOf(schema), "set timezone = 'UTC'", major);
}

for (const major of majors) {
  describe(`PostgreSQL ${major}`, () => {
    let server: Server;
    beforeAll(async () => {
      server = await startMajor(major);
    });
    afterAll(async () => await server.stop());

    test("every form is predicted as it was measured", async () => {
      await execute(server, "postgres", "create database forms");
      await execute(server, "forms", readText("ddl-fixture.sql"));
      const connection = await connect(urlOf(server, "forms"), { applicationName: "test" });
      const catalog = await introspected(connection, major);
      await connection.close();
      const squawk = calledHeavy(forms, major);
      const compared = forms.flatMap((form) => {
        const seen = seenOn(form, major);
        if (seen === null) return [];
        const effect = predicted(evolved(catalog, form.setup ?? "", major), form.sql, major);
        return [
          {
            form: form.form,
            said: line(effect),
            seen: line(seen),
            heavy: seen.heavy,
            shoofly: effect !== null && isHeavy(effect),
            squawk: squawk.has(form.form),
          },
        ];
      });
      results.push({ major, forms: compared });
      expect(compared.map(({ form, said }) => `${form}: ${said}`)).toEqual(
        compared.map(({ form, seen }) => `${form}: ${seen}`),
      );
    });

    for (const kind of ["as written", "as planned"] as const) {
      test(`every statement of every case, ${kind}`, { timeout: 10 * minutes }, async () => {
        await execute(server, "postgres", `create database ${kind.replace(" ", "_")}`);
        const url = urlOf(server, kind.replace(" ", "_"));
        const different: string[] = [];
        let count = 0;
        for (const each of readCases()) {
          const found = await compareCase(url, each, kind, major);
          count += found.count;
          different.push(...found.different);
        }
        expect(count).toBeGreaterThan(50);
        expect(different.join("\n")).toBe("");
      });
    }
  });
}

test("the page about it is up to date", async () => {
  expect(results.map((each) => each.major)).toEqual([...majors]);
  await expect(accuracyPage(results)).toMatchFileSnapshot(join(import.meta.dirname, "../../docs/accuracy.md"));
});

/** Everything a case and its plan can have left. */
const emptyAgain = `
  do $$ declare r record; begin
    for r in select nspname from pg_catalog.pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
      execute format('drop schema %I cascade', r.nspname);
    end loop;
    for r in select pubname from pg_catalog.pg_publication loop execute format('drop publication %I', r.pubname); end loop;
  end $$;
  create schema public;`;

/** Nothing has to be filled or checked row by row then: each statement of a plan can follow the one before. */
const withoutRows = `
  do $$ declare r record; begin
    for r in select oid::regclass as name from pg_catalog.pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace loop
      execute format('truncate %s cascade', r.name);
    end loop;
  end $$`;

async function compareCase(
  url: string,
  each: Case,
  kind: "as written" | "as planned",
  major: number,
): Promise<{ count: number; different: string[] }> {
  const connection = await connect(url, { applicationName: "test" });
  try {
    await connection.query(emptyAgain);
    const statements = await statementsOfCase(connection, each, kind);
    // A case that this major has no syntax for, or that is refused there, has nothing to compare.
    if (statements === null) return { count: 0, different: [] };
    return await compareStatements(url, each.name, statements, await introspected(connection, major), major);
  } finally {
    await connection.close();
  }
}

async function statementsOfCase(connection: Connection, each: Case, kind: string): Promise<string[] | null> {
  try {
    await connection.query(each.schemaSql);
    if (kind === "as written") return [each.naiveSql];
    const plan = await planCase(connection, each);
    await Journal.install(connection);
    await connection.query(withoutRows);
    return plan.steps.flatMap((step) => (step.kind === "ddl" ? step.sql : []));
  } catch {
    return null;
  }
}

async function compareStatements(
  url: string,
  name: string,
  statements: readonly string[],
  start: Catalog,
  major: number,
): Promise<{ count: number; different: string[] }> {
  const tracer = await Tracer.open(url);
  const different: string[] = [];
  let catalog = start;
  let count = 0;
  try {
    for (const { node, text } of statements.flatMap(statementsOf)) {
      const effect = predictEffect(node, catalog, { major });
      catalog = evolve(catalog, node, { major });
      const seen = await observe(tracer, text);
      if (seen === null) break;
      count += 1;
      if (line(effect) !== line(seen))
        different.push(`${name}: ${text.slice(0, 120)}\n  predicted ${line(effect)}\n  observed  ${line(seen)}`);
    }
  } finally {
    await tracer.close();
  }
  return { count, different };
}

/** Null: this server refuses the statement. */
async function observe(tracer: Tracer, text: string): Promise<Effect | null> {
  try {
    // REFRESH … CONCURRENTLY is the one that may stand in a transaction, where scans are counted.
    return /\bconcurrently\b|^vacuum/i.test(text) && !/^refresh\b/i.test(text)
      ? await tracer.alone(text)
      : await tracer.transaction([text], { keep: true });
  } catch {
    return null;
  }
}
