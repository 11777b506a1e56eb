// Statements beyond the ordinary ones: COPY, several statements or versions at once, transactions, MERGE, cascades.
import { quoteIdentifier } from "../../src/sql/identifier.ts";
import {
  allValues,
  check,
  checkByReading,
  deleteOne,
  insertOne,
  keep,
  listOf,
  placeholders,
  someOwn,
} from "./own-rows.ts";
import { inserted, otherThan, qualifiedName, type Row, shapeOf, updated, type Value } from "./shapes.ts";
import { literal, type WorkloadClient } from "./workload-client.ts";

const ownRowsMax = 40;

function ownNames(client: WorkloadClient): string[] {
  return client.shape.columns.map(({ name }) => name);
}

function keyName(client: WorkloadClient): string {
  return quoteIdentifier(client.pair.key);
}

function literals(client: WorkloadClient, given: Row): string {
  return client.shape.columns.map(({ name, type }) => `${literal(given[name] ?? null)}::${type}`).join(", ");
}

/** Columns that nothing but this table knows: a parent's key is not among them. */
function plainColumn(client: WorkloadClient): { name: string; type: string; value: Value } {
  const column = client.random.pick(client.shape.columns.filter(({ name }) => name !== client.pair.parent?.column));
  return { name: column.name, type: column.type, value: column.generate(client.random) };
}

async function removeOne(client: WorkloadClient): Promise<void> {
  if (client.own.size >= ownRowsMax) await deleteOne(client);
}

export async function multiRowInsert(client: WorkloadClient): Promise<void> {
  await removeOne(client);
  const rows = [allValues(client), allValues(client), allValues(client)];
  const lists = rows.map(
    (_, index) => `(${placeholders(client.shape.columns, 1 + index * client.shape.columns.length)})`,
  );
  const returned = await client.run(
    `INSERT INTO ${client.table} (${listOf(ownNames(client))}) VALUES ${lists.join(", ")} RETURNING ${listOf(client.columnNames)}`,
    rows.flatMap((row) => ownNames(client).map((name) => row[name] ?? null)),
  );
  for (const [index, row] of rows.entries()) {
    const one = returned.slice(index, index + 1);
    await check(client, keep(client, one, inserted(client.pair, client.version, row)), one);
  }
  for (let count = 0; count < 2; count += 1) await deleteOne(client);
}

export async function insertSelectOrdered(client: WorkloadClient): Promise<void> {
  await removeOne(client);
  const [key, row] = await someOwn(client);
  const returned = await client.run(
    `INSERT INTO ${client.table} (${listOf(ownNames(client))}) SELECT ${listOf(ownNames(client))} FROM ${client.table} WHERE ${keyName(client)} = $1::bigint ORDER BY ${keyName(client)} DESC RETURNING ${listOf(client.columnNames)}`,
    [key],
  );
  // A copy carries values of this version only; the other shape is derived from them anew.
  const copy = keep(client, returned, inserted(client.pair, client.version, row[client.version]));
  await check(client, copy, returned);
}

export async function multiStatement(client: WorkloadClient): Promise<void> {
  const [key, before] = await someOwn(client);
  const one = plainColumn(client);
  const two = plainColumn(client);
  const set = ({ name, type, value }: typeof one): string =>
    `UPDATE ${client.table} SET ${quoteIdentifier(name)} = ${literal(value)}::${type} WHERE ${keyName(client)} = ${key}`;
  await client.run(`${set(one)}; ${set(two)}; SELECT 1`, [], "simple");
  const after = updated(client.pair, client.version, before, { [one.name]: one.value });
  client.own.set(key, updated(client.pair, client.version, after, { [two.name]: two.value }));
  await checkByReading(client, key);
}

export async function copyFrom(client: WorkloadClient): Promise<void> {
  if (client.freed.length === 0) {
    await insertOne(client);
    await deleteOne(client);
  }
  const key = client.freed.pop() ?? "";
  const row = allValues(client);
  const fields = [key, ...ownNames(client).map((name) => row[name] ?? null)].map(copyText);
  await client.copyIn(`COPY ${client.table} (${listOf(client.columnNames)}) FROM STDIN`, `${fields.join("\t")}\n`);
  client.own.set(key, inserted(client.pair, client.version, row));
  await checkByReading(client, key);
  await removeOne(client);
}

/** From a table by its column list, from a view through a query: COPY view TO is not possible. */
export async function copyTo(client: WorkloadClient): Promise<void> {
  const [key, row] = await someOwn(client);
  const query = `SELECT ${listOf(client.columnNames)} FROM ${client.table} WHERE ${keyName(client)} = ${key}`;
  const text = await client.copyOut(`COPY (${query}) TO STDOUT`);
  const expected = `${[key, ...ownNames(client).map((name) => row[client.version][name] ?? null)].map(copyText).join("\t")}\n`;
  if (text !== expected) client.mismatch(`COPY TO sent ${JSON.stringify(text)} for ${JSON.stringify(expected)}`);
}

/** The whole table by its column list: a reader that holds its lock for long. */
export async function copyTableTo(client: WorkloadClient): Promise<void> {
  await client.copyOut(`COPY ${client.table} (${listOf(client.columnNames)}) TO STDOUT`);
}

function copyText(value: Value): string {
  if (value === null) return "\\N";
  return value.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n");
}

/** Two reads in one snapshot must be equal, whatever the migration does in between. */
export async function repeatableRead(client: WorkloadClient): Promise<void> {
  const key = client.random.pick(client.options.sharedKeys);
  const sql = `SELECT ${listOf(client.columnNames)} FROM ${client.table} WHERE ${keyName(client)} = $1::bigint`;
  await client.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  const first = await client.run(sql, [key]);
  const second = await client.run(sql, [key]);
  await client.run("COMMIT");
  if (first.length !== 1 || JSON.stringify(first) !== JSON.stringify(second))
    client.mismatch(`row ${key} changed within one snapshot`);
}

/** Work up to a savepoint stays, work after it goes. */
export async function savepoint(client: WorkloadClient): Promise<void> {
  const [key, before] = await someOwn(client);
  const kept = plainColumn(client);
  const undone = plainColumn(client);
  const update = async ({ name, type, value }: typeof kept): Promise<void> =>
    void (await client.run(
      `UPDATE ${client.table} SET ${quoteIdentifier(name)} = $2::${type} WHERE ${keyName(client)} = $1::bigint`,
      [key, value],
    ));
  await client.run("BEGIN");
  await update(kept);
  await client.run("SAVEPOINT here");
  await update(undone);
  await client.run("ROLLBACK TO SAVEPOINT here");
  await client.run("COMMIT");
  client.own.set(key, updated(client.pair, client.version, before, { [kept.name]: kept.value }));
  await checkByReading(client, key);
}

export async function rolledBack(client: WorkloadClient): Promise<void> {
  const [key] = await someOwn(client);
  const change = plainColumn(client);
  await client.run("BEGIN");
  await client.run(
    `UPDATE ${client.table} SET ${quoteIdentifier(change.name)} = $2::${change.type} WHERE ${keyName(client)} = $1::bigint`,
    [key, change.value],
  );
  await client.run(`DELETE FROM ${client.table} WHERE ${keyName(client)} = $1::bigint`, [key]);
  await client.run("ROLLBACK");
  await checkByReading(client, key);
}

/** One statement that inserts through one version and changes another row through the other. */
export async function bothVersionsInOneStatement(client: WorkloadClient): Promise<void> {
  if (!client.options.canCross()) return await insertOne(client);
  await removeOne(client);
  const [key, before] = await someOwn(client);
  const row = allValues(client);
  const theirs = shapeOf(client.pair, otherThan(client.version)).columns.filter(
    ({ name }) => name !== client.pair.parent?.column,
  );
  const column = client.random.pick(theirs);
  const value = column.generate(client.random);
  const returned = await client.run(
    `WITH changed AS (UPDATE ${client.otherTable} SET ${quoteIdentifier(column.name)} = ${literal(value)}::${column.type} WHERE ${keyName(client)} = ${key})
      INSERT INTO ${client.table} (${listOf(ownNames(client))}) VALUES (${literals(client, row)}) RETURNING ${listOf(client.columnNames)}`,
  );
  client.own.set(key, updated(client.pair, otherThan(client.version), before, { [column.name]: value }));
  await check(client, keep(client, returned, inserted(client.pair, client.version, row)), returned);
  await checkByReading(client, key);
}

export async function merge(client: WorkloadClient): Promise<void> {
  const [key, before] = await someOwn(client);
  const row = allValues(client);
  const names = ownNames(client);
  const sets = names.map((name) => `${quoteIdentifier(name)} = s.${quoteIdentifier(name)}`);
  await client.run(
    `MERGE INTO ${client.table} AS t USING (SELECT ${key}::bigint AS ${keyName(client)}, ${client.shape.columns.map(({ name, type }) => `${literal(row[name] ?? null)}::${type} AS ${quoteIdentifier(name)}`).join(", ")}) AS s ON t.${keyName(client)} = s.${keyName(client)}
      WHEN MATCHED THEN UPDATE SET ${sets.join(", ")} WHEN NOT MATCHED THEN INSERT (${listOf(client.columnNames)}) VALUES (${client.columnNames.map((name) => `s.${quoteIdentifier(name)}`).join(", ")})`,
  );
  client.own.set(key, updated(client.pair, client.version, before, row));
  await checkByReading(client, key);
}

/** A row that a user trigger cancels, and one right after it that goes through. */
export async function canceledRow(client: WorkloadClient): Promise<void> {
  const cancel = client.pair.canceling;
  if (cancel === undefined) return await insertOne(client);
  const row: Row = { ...allValues(client), [cancel.column]: cancel.value };
  const returned = await client.run(
    `INSERT INTO ${client.table} (${listOf(ownNames(client))}) VALUES (${placeholders(client.shape.columns)}) RETURNING ${keyName(client)}`,
    ownNames(client).map((name) => row[name] ?? null),
  );
  if (returned.length !== 0) client.mismatch("a canceled row was returned");
  await insertOne(client);
}

/** The parent's key changes, then the parent goes: both reach the table as the table owner's own UPDATE. */
export async function parentCascade(client: WorkloadClient): Promise<void> {
  const { parent } = client.pair;
  if (parent === undefined) return await insertOne(client);
  const table = qualifiedName({ ...client.shape, table: parent.table });
  const first = String(1_000_000 * (client.options.serial + 1) + client.random.integer(1, 400_000));
  const second = String(Number(first) + 500_000);
  await client.run(`INSERT INTO ${table} (${quoteIdentifier(parent.key)}) VALUES ($1::bigint) ON CONFLICT DO NOTHING`, [
    first,
  ]);
  const [key, before] = await someOwn(client);
  await client.run(
    `UPDATE ${client.table} SET ${quoteIdentifier(parent.column)} = $2::bigint WHERE ${keyName(client)} = $1::bigint`,
    [key, first],
  );
  const expect = async (value: Value): Promise<void> => {
    client.own.set(key, updated(client.pair, client.version, before, { [parent.column]: value }));
    await checkByReading(client, key);
  };
  await expect(first);
  await client.run(
    `UPDATE ${table} SET ${quoteIdentifier(parent.key)} = $2::bigint WHERE ${quoteIdentifier(parent.key)} = $1::bigint`,
    [first, second],
  );
  await expect(second);
  await client.run(`DELETE FROM ${table} WHERE ${quoteIdentifier(parent.key)} = $1::bigint`, [second]);
  await expect(null);
}

export async function childCascade(client: WorkloadClient): Promise<void> {
  const { child } = client.pair;
  if (child === undefined) return await deleteOne(client);
  const table = qualifiedName({ ...client.shape, table: child.table });
  const [key] = await someOwn(client);
  await client.run(`INSERT INTO ${table} (${quoteIdentifier(child.column)}, stars) VALUES ($1::bigint, 5)`, [key]);
  await client.run(`DELETE FROM ${client.table} WHERE ${keyName(client)} = $1::bigint`, [key]);
  client.own.delete(key);
  client.freed.push(key);
  const left = await client.run(`SELECT 1 FROM ${table} WHERE ${quoteIdentifier(child.column)} = $1::bigint`, [key]);
  if (left.length !== 0) client.mismatch(`a child of the deleted row ${key} is still there`);
}

/** Prepared `SELECT *` on a table: the server refuses it once when columns change (hazard `base-table-prepared`). */
export async function preparedStar(client: WorkloadClient): Promise<void> {
  await client.run(
    `SELECT * FROM ${client.table} WHERE ${keyName(client)} = $1::bigint`,
    [client.random.pick(client.options.sharedKeys)],
    "named",
  );
}
