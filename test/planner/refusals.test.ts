// What cannot be done safely is refused before anything runs, with the reason and the place in the file.
import { afterAll, beforeAll, expect, test } from "vitest";
import { MigrationError } from "../../src/core/error.ts";
import { migrationName, planCase, withConnection, type Case } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { dumpSchema } from "../support/dump.ts";

const schemaSql = `
  CREATE TABLE customers (id int PRIMARY KEY, mail text UNIQUE, region text);
  CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    customer int NOT NULL REFERENCES customers (id),
    price int NOT NULL,
    note text,
    kept text NOT NULL,
    doubled int GENERATED ALWAYS AS (price * 2) STORED
  );
  INSERT INTO customers VALUES (1, 'a', 'eu');
  INSERT INTO orders (customer, price, kept) SELECT 1, i, 'x' FROM generate_series(1, 100) AS i;
  CREATE VIEW notes AS SELECT note FROM orders;
  CREATE TABLE keyless (a int);
  CREATE TABLE stamps (id int PRIMARY KEY, token uuid DEFAULT gen_random_uuid());
  CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
`;

interface Refusal {
  readonly mode?: "direct";
  readonly sql: string;
  readonly code: string;
  readonly says: RegExp;
  readonly at?: { readonly line: number; readonly column: number };
}

const refusals: readonly Refusal[] = [
  {
    mode: "direct",
    sql: "ALTER TABLE customers ALTER COLUMN region TYPE varchar(9)",
    code: "change-refused",
    says: /nothing says what the new column is called[\s\S]*shoofly:as NAME/,
  },
  {
    mode: "direct",
    sql: "-- shoofly:as two words\nALTER TABLE customers ALTER COLUMN region TYPE varchar(9)",
    code: "change-refused",
    says: /two words is no name/,
  },
  {
    mode: "direct",
    sql: "-- shoofly:as MAIL\nALTER TABLE customers ALTER COLUMN region TYPE varchar(9)",
    code: "change-refused",
    says: /has a column mail until purge/,
  },
  {
    mode: "direct",
    sql: "ALTER TABLE customers RENAME COLUMN mail TO email",
    code: "change-refused",
    says: /unique customers_mail_key/,
  },
  {
    mode: "direct",
    sql: "ALTER TABLE stamps RENAME COLUMN token TO secret",
    code: "change-refused",
    says: /default of token is computed anew for every row/,
  },
  {
    mode: "direct",
    sql: "ALTER TABLE keyless RENAME TO other",
    code: "change-refused",
    says: /rename-table has no way/,
  },
  {
    mode: "direct",
    sql: "-- shoofly:up 'eu'\nALTER TABLE customers ALTER COLUMN region SET NOT NULL",
    code: "change-refused",
    says: /Old clients may write NULL into region until complete/,
  },
  {
    sql: "ALTER TABLE customers ADD COLUMN a text, ADD COLUMN b text;\nUPDATE customers SET a = region, b = region;\nALTER TABLE customers DROP COLUMN region",
    code: "change-refused",
    says: /split into a, b, and nothing says how it is put together/,
    at: { line: 3, column: 1 },
  },
  {
    sql: "ALTER TABLE orders ADD COLUMN a text;\nUPDATE orders SET a = kept || price;\nALTER TABLE orders DROP COLUMN kept",
    code: "change-refused",
    says: /kept goes into a, and nothing says/,
  },
  {
    sql: "ALTER TABLE customers ADD COLUMN a text;\nUPDATE customers AS c SET a = c.region;\nALTER TABLE customers DROP COLUMN region",
    code: "change-refused",
    says: /not by plain expressions over its own table/,
  },
  {
    sql: "ALTER TABLE customers ADD COLUMN a text, ADD COLUMN b text;\nUPDATE customers SET a = left(region, 1), b = left(region, 1);\n-- shoofly:down a || b\nALTER TABLE customers DROP COLUMN region",
    code: "lossy-down",
    says: /down\(up\(x\)\) gives x back/,
    at: { line: 3, column: 17 },
  },
  {
    sql: "ALTER TABLE customers ADD COLUMN a text, ADD COLUMN b text;\nUPDATE customers SET a = region, b = region;\n-- shoofly:down a || nowhere(b)\nALTER TABLE customers DROP COLUMN region",
    code: "expression-invalid",
    says: /function nowhere/,
  },
  {
    sql: "ALTER TABLE orders ADD COLUMN region text;\nUPDATE orders SET region = c.region FROM customers c WHERE c.id = orders.customer;\nALTER TABLE customers DROP COLUMN region",
    code: "change-refused",
    says: /region moves to table orders/,
  },
  { sql: "ALTER TABLE nowhere ADD COLUMN a int", code: "change-refused", says: /no table nowhere/ },
  { sql: "ALTER TABLE orders ALTER COLUMN nothing TYPE text", code: "change-refused", says: /no column nothing/ },
  { sql: "ALTER TABLE orders ALTER COLUMN id TYPE numeric", code: "change-refused", says: /primary key orders_pkey/ },
  {
    sql: "ALTER TABLE orders ALTER COLUMN customer TYPE bigint",
    code: "change-refused",
    says: /foreign key orders_customer_fkey/,
  },
  {
    sql: "ALTER TABLE customers ALTER COLUMN mail TYPE varchar(9)",
    code: "change-refused",
    says: /unique customers_mail_key/,
  },
  { sql: "ALTER TABLE orders ALTER COLUMN note TYPE varchar(9)", code: "change-refused", says: /view notes/ },
  {
    sql: "ALTER TABLE orders ALTER COLUMN price TYPE bigint",
    code: "change-refused",
    says: /generated column doubled/,
  },
  {
    sql: "ALTER TABLE customers ALTER COLUMN region TYPE int USING length(region)",
    code: "change-refused",
    says: /shoofly:down/,
  },
  {
    sql: "\n-- shoofly:down repeat('x', missing)\nALTER TABLE customers ALTER COLUMN region TYPE int USING length(region)",
    code: "expression-invalid",
    says: /no column missing/,
    at: { line: 2, column: 29 },
  },
  {
    sql: "-- shoofly:down no_such_function(region)\nALTER TABLE customers ALTER COLUMN region TYPE int USING length(region)",
    code: "expression-invalid",
    says: /no_such_function/,
  },
  {
    sql: "-- shoofly:down repeat('x', region)\nALTER TABLE customers ALTER COLUMN region TYPE int USING length(region)",
    code: "lossy-down",
    says: /down\(up\(x\)\)/,
    at: { line: 1, column: 17 },
  },
  {
    sql: "ALTER TABLE customers RENAME COLUMN region TO mail",
    code: "change-refused",
    says: /already has a column mail/,
  },
  {
    sql: `ALTER TABLE customers RENAME COLUMN region TO "${"x".repeat(64)}"`,
    code: "change-refused",
    says: /longer than 63 bytes|already has/,
  },
  { sql: "ALTER TABLE orders DROP COLUMN kept", code: "change-refused", says: /shoofly:down/ },
  { sql: "ALTER TABLE customers DROP COLUMN region CASCADE", code: "change-refused", says: /CASCADE/ },
  { sql: "ALTER TABLE customers ADD COLUMN a int NOT NULL", code: "change-refused", says: /without a default/ },
  { sql: "ALTER TABLE customers ADD COLUMN a serial", code: "change-refused", says: /numbers every row/ },
  { sql: "ALTER TABLE customers ADD COLUMN a int CHECK (a > 0)", code: "change-refused", says: /inline CHECK/ },
  { sql: "ALTER TABLE customers ADD COLUMN region text", code: "change-refused", says: /already has/ },
  { sql: "ALTER TABLE parts ALTER COLUMN id TYPE bigint", code: "change-refused", says: /partitioned/ },
  { sql: "UPDATE keyless SET a = 1", code: "change-refused", says: /unique key/ },
  { sql: "UPDATE orders SET id = id + 1", code: "change-refused", says: /key/ },
  { sql: "UPDATE orders SET price = nothing", code: "expression-invalid", says: /nothing/ },
  {
    sql: "ALTER TABLE customers RENAME region TO area;\nUPDATE customers SET area = 'x'",
    code: "change-refused",
    says: /earlier statement/,
    at: { line: 2, column: 1 },
  },
  { sql: "CREATE ROLE nobody_at_all", code: "change-refused", says: /take this statement back/ },
  { sql: "TRUNCATE orders", code: "change-refused", says: /TRUNCATE/ },
  { sql: "ALTER TABLE orders ADD CHECK (price > 0)", code: "change-refused", says: /no safe plan/ },
  { sql: "DROP TABLE orders", code: "change-refused", says: /drop/i },
  { sql: "DROP TABLE customers", code: "change-refused", says: /foreign key orders_customer_fkey/ },
  { sql: "DROP TABLE parts", code: "change-refused", says: /children/ },
  { sql: "DELETE FROM keyless", code: "change-refused", says: /unique key/ },
  {
    sql: "DELETE FROM orders WHERE price < (SELECT avg(price) FROM orders)",
    code: "change-refused",
    says: /reads orders itself/,
  },
  { sql: "INSERT INTO customers SELECT max(id) + 1, 'x', 'y' FROM orders", code: "change-refused", says: /aggregate/ },
  { sql: "INSERT INTO customers SELECT DISTINCT customer FROM orders", code: "change-refused", says: /DISTINCT/ },
  { sql: "INSERT INTO keyless VALUES (1)", code: "change-refused", says: /unique key/ },
  {
    sql: "CREATE OR REPLACE VIEW notes AS SELECT id FROM orders;\nDROP VIEW nothing",
    code: "change-refused",
    says: /no view nothing/,
  },
  { sql: "ALTER TABLE orders SET UNLOGGED", code: "change-refused", says: /rebuild/ },
  { sql: "ALTER TABLE orders SET TABLESPACE pg_default", code: "change-refused", says: /rebuild/ },
  { sql: "CLUSTER orders USING orders_pkey", code: "change-refused", says: /rebuild/ },
  { sql: "VACUUM FULL orders", code: "change-refused", says: /rebuild/ },
  { sql: "LOCK TABLE orders", code: "change-refused", says: /gone before the next/ },
  { sql: "ALTER TABLE orders SET SCHEMA pg_temp", code: "change-refused", says: /old place/ },
  { sql: "CREATE RULE r AS ON INSERT TO orders DO NOTHING", code: "change-refused", says: /rule/ },
  { sql: "BEGIN", code: "change-refused", says: /Transactions/ },
  { sql: "CREATE TABLE orders (id int)", code: "change-refused", says: /already a relation/ },
  {
    sql: "-- shoofly:frobnicate\nSELECT 1",
    code: "unknown-directive",
    says: /frobnicate/,
    at: { line: 1, column: 12 },
  },
  { sql: "SELEC 1", code: "syntax-error", says: /SELEC/, at: { line: 1, column: 1 } },
];

for (const server of servers) {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(server);
    const client = await database.connect();
    await client.query(schemaSql);
    await client.end();
  });
  afterAll(async () => await database.drop());

  test.each(refusals)(`${server.name} $sql`, async ({ sql, code, says, at, mode }) => {
    const client = await database.connect();
    const before = await dumpSchema(client, ["public"]);
    const each: Case = {
      name: migrationName,
      directory: "",
      schemaSql,
      changeSql: sql,
      naiveSql: sql,
      ...(mode === undefined ? {} : { mode }),
    };
    const error = await withConnection(database.url, async (connection) => await planCase(connection, each)).then(
      () => null,
      (failure: unknown) => failure,
    );
    expect(error).toBeInstanceOf(MigrationError);
    expect(error).toMatchObject({ code, outcome: "unchanged", ...(at === undefined ? {} : { details: at }) });
    expect((error as MigrationError).happened).toMatch(/^change\.sql:\d+:\d+: /);
    expect(`${(error as MigrationError).happened} ${(error as MigrationError).safeNext.join(" ")}`).toMatch(says);
    expect(await dumpSchema(client, ["public"])).toBe(before);
    await client.end();
  });
}
