// What DDL does on every supported major: ddl-truth.json says which locks, rewrites and scans, and the trace has to see the same.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Server } from "../../src/shadow/server.ts";
import type { Observation } from "../../src/shadow/observe.ts";
import { Tracer, traceStatement } from "../../src/shadow/trace.ts";
import { execute, majors, startMajor, urlOf } from "./majors.ts";

interface Form {
  readonly form: string;
  /** Statements that were committed before. */
  readonly setup?: string;
  readonly sql: string;
  /** The statement refuses to run in a transaction. */
  readonly alone?: boolean;
  /** A major that is not listed does not have the form. */
  readonly results: readonly Result[];
}

interface Seen {
  readonly locks: Readonly<Record<string, string>>;
  readonly rewrite: readonly string[];
  readonly scan: readonly string[];
}

type Result = { readonly majors: readonly number[] } & (Seen | { readonly error: string });

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, name), "utf8");
}

const forms = JSON.parse(read("ddl-truth.json")) as Form[];

function plain(name: string): string {
  return name.replace(/^public\./, "");
}

function seenOf({ locks, rewritten, scanned }: Observation): Seen {
  return {
    locks: Object.fromEntries(locks.map(({ relation, mode }) => [plain(relation), mode])),
    rewrite: rewritten.map(plain),
    scan: scanned.map(plain),
  };
}

for (const major of majors) {
  describe(`PostgreSQL ${major}`, () => {
    let server: Server;
    beforeAll(async () => {
      server = await startMajor(major);
      await execute(server, "postgres", "create database without_rows");
      await execute(server, "without_rows", read("ddl-fixture.sql"));
      await execute(server, "postgres", "create database with_rows template without_rows");
      await execute(server, "with_rows", read("ddl-rows.sql"));
    });
    afterAll(async () => await server.stop());

    /** Every form in a database that is as the fixture made it: in the same one as long as everything is rolled back. */
    async function traceAll(template: string): Promise<Map<string, Seen | { error: string }>> {
      const traced = new Map<string, Seen | { error: string }>();
      const copy = async (name: string): Promise<void> =>
        await execute(
          server,
          "postgres",
          `create database ${name} template ${template} ${major < 15 ? "" : "strategy file_copy"}`,
        );
      await copy("shared");
      const shared = await Tracer.open(urlOf(server, "shared"));
      for (const { form, setup, sql, alone = false, results } of forms) {
        if (!results.some((result) => result.majors.includes(major))) continue;
        const isApart = setup !== undefined || alone;
        if (isApart) await copy("apart");
        if (setup !== undefined) await execute(server, "apart", setup);
        const tracer = isApart ? await Tracer.open(urlOf(server, "apart")) : shared;
        try {
          traced.set(form, seenOf(alone ? await tracer.alone(sql) : await traceStatement(tracer, sql)));
        } catch (error) {
          traced.set(form, { error: (error as Error).message });
        }
        if (!isApart) continue;
        await tracer.close();
        await execute(server, "postgres", "drop database apart with (force)");
      }
      await shared.close();
      await execute(server, "postgres", "drop database shared with (force)");
      return traced;
    }

    function expected(): Map<string, Seen | { error: string }> {
      const all = forms.flatMap(({ form, results }) =>
        results
          .filter((result) => result.majors.includes(major))
          .map(({ majors: _majors, ...rest }) => [form, rest] as const),
      );
      return new Map(all);
    }

    test("every form is seen as it was measured", { timeout: 300_000 }, async () => {
      expect(Object.fromEntries(await traceAll("with_rows"))).toEqual(Object.fromEntries(expected()));
    });

    test("without rows locks, rewrite and whether anything is scanned are the same", { timeout: 300_000 }, async () => {
      const verdict = (seen: Seen | { error: string }): unknown =>
        "error" in seen ? seen : { locks: seen.locks, rewrite: seen.rewrite, scan: seen.scan.length > 0 };
      const verdicts = (all: Map<string, Seen | { error: string }>): unknown =>
        Object.fromEntries([...all].map(([form, seen]) => [form, verdict(seen)]));
      expect(verdicts(await traceAll("without_rows"))).toEqual(verdicts(expected()));
    });

    test("a statement that fails leaves nothing behind, and the next one is traced", async () => {
      await execute(server, "postgres", "create database failing template without_rows");
      const tracer = await Tracer.open(urlOf(server, "failing"));
      try {
        await expect(
          tracer.transaction(["create table half (id int)", "alter table nowhere add a int"]),
        ).rejects.toThrow('relation "nowhere" does not exist');
        await expect(tracer.alone("create index concurrently on item (nothing)")).rejects.toThrow("does not exist");
        const next = await tracer.transaction(["create table half (id int)", "alter table half add b int"]);
        expect(seenOf(next)).toEqual({ locks: {}, rewrite: [], scan: [] });
      } finally {
        await tracer.close();
      }
    });

    test("kept statements are what the next ones start from", async () => {
      await execute(server, "postgres", "create database kept template without_rows");
      const tracer = await Tracer.open(urlOf(server, "kept"));
      try {
        await tracer.transaction(["create table fresh (id int)", "alter table item rename to thing"], { keep: true });
        const check = await tracer.transaction(["alter table fresh add check (id > 0)"]);
        expect(check).toMatchObject({ scanned: ["public.fresh"], heavy: [], scan: true, rewrite: false });
        // Nobody can be using a table that the statements before have made.
        expect(check.messages).toEqual(['verifying table "fresh"']);
        await tracer.transaction(["alter schema public rename to open"], { keep: true });
        const rename = await tracer.transaction(['alter table "open".thing alter amount type bigint']);
        expect(rename.rewritten).toEqual(["open.thing"]);
      } finally {
        await tracer.close();
      }
    });
  });
}
