// A schema read from the catalogs and loaded elsewhere is the same schema: by the test's own dump, which knows nothing of the copy.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../src/dialects/postgres/connect.ts";
import { readCatalog, type Catalog } from "../../src/dialects/postgres/catalog/read.ts";
import { loadCatalog, type Unproven } from "../../src/shadow/load.ts";
import { startServer, type Server } from "../../src/shadow/server.ts";
import { createDatabase, servers, type TestDatabase } from "../support/database.ts";
import { casesOn } from "../support/cases.ts";
import { dumpSchema } from "../support/dump.ts";

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, name), "utf8");
}

async function catalogOf(url: string): Promise<Catalog> {
  const connection = await connect(url, { applicationName: "test" });
  try {
    return await readCatalog(connection);
  } finally {
    await connection.close();
  }
}

async function load(url: string, catalog: Catalog): Promise<Unproven[]> {
  const connection = await connect(url, { applicationName: "test" });
  try {
    return await loadCatalog(connection, catalog);
  } finally {
    await connection.close();
  }
}

const schemas = ["public", "Odd schema"];

async function dump(database: TestDatabase): Promise<string[]> {
  const client = await database.connect();
  const text = await dumpSchema(client, schemas, { columnOrder: true, notNullNames: true });
  await client.end();
  return text.split("\n");
}

async function execute(database: TestDatabase, sql: string): Promise<void> {
  const client = await database.connect();
  await client.query(sql);
  await client.end();
}

async function copyOf(database: TestDatabase, copy: TestDatabase): Promise<void> {
  const catalog = await catalogOf(database.url);
  expect(await load(copy.url, catalog)).toEqual([]);
  expect(await dump(copy)).toEqual(await dump(database));
  expect((await catalogOf(copy.url)).comparable).toEqual(catalog.comparable);
}

describe.each(servers)("on $name", (server) => {
  test("a schema with everything in it", async () => {
    await using database = await createDatabase(server);
    await using copy = await createDatabase(server);
    await execute(database, read("round-trip.sql"));
    if (server.version >= 18) {
      await execute(
        database,
        `create table newer (a int, b int generated always as (a + 1) virtual, constraint late not null a not valid,
           constraint loose check (a > 0) not enforced)`,
      );
    }
    await copyOf(database, copy);
  });

  test("the database of the traced forms", async () => {
    await using database = await createDatabase(server);
    await using copy = await createDatabase(server);
    await execute(database, read("ddl-fixture.sql"));
    await copyOf(database, copy);
  });

  test.each(casesOn(server))("the schema of case $name", async ({ schemaSql }) => {
    await using database = await createDatabase(server);
    await using copy = await createDatabase(server);
    await execute(database, schemaSql);
    await copyOf(database, copy);
  });

  test("owners and privileges of other roles", async () => {
    await using database = await createDatabase(server);
    await using copy = await createDatabase(server);
    const role = await database.createRole();
    await execute(
      database,
      `create table t (a int, b int); create view v as select a from t; create function f() returns int language sql as 'select 1';
       alter table t owner to ${role}; alter view v owner to ${role}; alter function f() owner to ${role};
       grant select (a) on t to ${role}; grant insert on v to ${role} with grant option; revoke all on function f() from public;
       create policy p on t to ${role} using (a > 0); revoke create on schema public from public`,
    );
    await copyOf(database, copy);
    // The copy's objects belong to the role as well.
    await execute(copy, `drop owned by ${role} cascade`);
  });
});

describe("what is not there", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => await server.stop());

  test("what needs a missing extension is named, the rest is loaded", async () => {
    const [source] = servers;
    if (source === undefined) throw new Error("no server");
    await using database = await createDatabase(source);
    await execute(
      database,
      `create extension citext; create table plain (id int primary key); create table text_of (id int primary key, c citext);
       create index on text_of (c); create view seen as select c from text_of; create table child (id int references text_of)`,
    );
    const catalog = await catalogOf(database.url);
    const broken = {
      ...catalog,
      statements: catalog.statements.map((statement) => ({
        ...statement,
        sql: statement.sql.replace("extension if not exists citext", "extension if not exists not_there"),
      })),
    };
    const unproven = await load(server.url, broken);
    expect(unproven.map(({ place }) => place)).toEqual([
      "extension citext",
      "table public.text_of",
      "key public.text_of.text_of_pkey",
      "index public.text_of.text_of_c_idx",
      "view public.seen",
      "foreign key public.child.child_id_fkey",
    ]);
    expect(unproven[0]?.reason).toContain("not_there");
    expect(unproven[1]?.reason).toBe("needs extension citext");
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query("select relname from pg_class where relkind = 'r' and oid >= 16384 order by 1");
    await client.end();
    expect(rows.map((row: { relname: string }) => row.relname)).toEqual(["child", "plain"]);
  });
});

test("2,000 tables are read and loaded", { timeout: 300_000 }, async () => {
  const [source] = servers;
  if (source === undefined) throw new Error("no server");
  await using database = await createDatabase(source);
  await using server = await startServer({ settings: { max_locks_per_transaction: "256" } });
  const client = await database.connect();
  for (let start = 1; start <= 2000; start += 200) {
    await client.query(
      `do $$begin for i in ${start} .. ${start + 199} loop
         execute format('create table t%s (id bigint primary key, a int, b text not null default ''x'', c numeric(10, 2), d timestamptz default now(),
           e int, f jsonb, g boolean, h uuid, up bigint references t%s)', i, greatest(i - 1, 1));
         execute format('create index on t%s (a)', i); execute format('create index on t%s (b, c)', i);
       end loop; end$$`,
    );
  }
  await client.end();
  const catalog = await catalogOf(database.url);
  expect(await load(server.url, catalog)).toEqual([]);
  expect((await catalogOf(server.url)).comparable).toEqual(catalog.comparable);
});
