// The statements that every client does over its own rows, whatever its mode: write, read back, and read through the other version.
import { quoteIdentifier } from "../../src/sql/identifier.ts";
import type { BothShapes, Row, ShapeColumn, Value } from "./shapes.ts";
import { inserted, otherThan, shapeOf, updated } from "./shapes.ts";
import { StatementFailed, type WorkloadClient } from "./workload-client.ts";

const ownRowsMax = 40;

type Operation = (client: WorkloadClient) => Promise<void>;

const operations: readonly (readonly [weight: number, operation: Operation])[] = [
  [4, insertOne],
  [4, updateSome],
  [2, upsert],
  [1, insertOrNothing],
  [2, selectStar],
  [2, touchShared],
  [2, selectShared],
  [2, deleteOne],
];

/** One random operation of the kinds above. */
export async function ownRowOperation(client: WorkloadClient): Promise<void> {
  let left = client.random.next() * operations.reduce((sum, [weight]) => sum + weight, 0);
  const [, operation] = operations.find(([weight]) => (left -= weight) < 0) ?? client.random.pick(operations);
  await operation(client);
}

export function listOf(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(", ");
}

export function placeholders(columns: readonly ShapeColumn[], first = 1): string {
  return columns.map(({ type }, index) => `$${first + index}::${type}`).join(", ");
}

/** Values for some columns: those without a default always, the others by chance. */
function someValues(client: WorkloadClient): { columns: ShapeColumn[]; given: Row } {
  const columns = client.shape.columns.filter((column) => column.default === undefined || client.random.chance(0.7));
  return { columns, given: Object.fromEntries(columns.map((column) => [column.name, column.generate(client.random)])) };
}

export function allValues(client: WorkloadClient): Row {
  return Object.fromEntries(client.shape.columns.map((column) => [column.name, column.generate(client.random)]));
}

/** A row of this client; inserts one first when there is none. */
export async function someOwn(client: WorkloadClient): Promise<[string, BothShapes]> {
  if (client.own.size === 0) await insertOne(client);
  const entries = [...client.own];
  if (entries.length === 0) throw new StatementFailed("no row was inserted");
  return client.random.pick(entries);
}

export async function insertOne(client: WorkloadClient): Promise<void> {
  if (client.own.size >= ownRowsMax) return await deleteOne(client);
  const { columns, given } = someValues(client);
  const values =
    columns.length === 0
      ? "DEFAULT VALUES"
      : `(${listOf(columns.map(({ name }) => name))}) VALUES (${placeholders(columns)})`;
  const rows = await client.run(
    `INSERT INTO ${client.table} ${values} RETURNING ${listOf(client.columnNames)}`,
    columns.map(({ name }) => given[name] ?? null),
  );
  const key = keep(client, rows, inserted(client.pair, client.version, given));
  await check(client, key, rows);
}

async function updateSome(client: WorkloadClient): Promise<void> {
  const [key, before] = await someOwn(client);
  const columns = client.shape.columns.filter(() => client.random.chance(0.5));
  const [first] = client.shape.columns;
  if (columns.length === 0 && first !== undefined) columns.push(first);
  const given = Object.fromEntries(columns.map((column) => [column.name, column.generate(client.random)]));
  const sets = columns.map(({ name, type }, index) => `${quoteIdentifier(name)} = $${index + 2}::${type}`);
  await client.run(
    `UPDATE ${client.table} SET ${sets.join(", ")} WHERE ${quoteIdentifier(client.pair.key)} = $1::bigint`,
    [key, ...columns.map(({ name }) => given[name] ?? null)],
  );
  client.own.set(key, updated(client.pair, client.version, before, given));
  await checkByReading(client, key);
}

/** Columns with a default, by the DEFAULT keyword. */
export async function updateToDefault(client: WorkloadClient): Promise<void> {
  const columns = client.shape.columns.filter((column) => column.default !== undefined);
  if (columns.length === 0) return await updateSome(client);
  const [key, before] = await someOwn(client);
  const column = client.random.pick(columns);
  await client.run(
    `UPDATE ${client.table} SET ${quoteIdentifier(column.name)} = DEFAULT WHERE ${quoteIdentifier(client.pair.key)} = $1::bigint`,
    [key],
  );
  client.own.set(key, updated(client.pair, client.version, before, { [column.name]: column.default ?? null }));
  await checkByReading(client, key);
}

async function upsert(client: WorkloadClient): Promise<void> {
  const again = client.own.size < ownRowsMax ? client.freed.pop() : undefined;
  const [key, before] = again === undefined ? await someOwn(client) : [again, null];
  const given = allValues(client);
  const names = client.shape.columns.map(({ name }) => name);
  const sets = names.map((name) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`);
  const rows = await client.run(
    `INSERT INTO ${client.table} (${listOf(client.columnNames)}) VALUES ($1::bigint, ${placeholders(client.shape.columns, 2)}) ON CONFLICT (${quoteIdentifier(client.pair.key)}) DO UPDATE SET ${sets.join(", ")} RETURNING ${listOf(client.columnNames)}`,
    [key, ...names.map((name) => given[name] ?? null)],
  );
  client.own.set(
    key,
    before === null
      ? inserted(client.pair, client.version, given)
      : updated(client.pair, client.version, before, given),
  );
  await check(client, key, rows);
}

async function insertOrNothing(client: WorkloadClient): Promise<void> {
  const [key] = await someOwn(client);
  const given = allValues(client);
  await client.run(
    `INSERT INTO ${client.table} (${listOf(client.columnNames)}) VALUES ($1::bigint, ${placeholders(client.shape.columns, 2)}) ON CONFLICT DO NOTHING`,
    [key, ...client.shape.columns.map(({ name }) => given[name] ?? null)],
  );
  await checkByReading(client, key);
}

/** `SELECT *` is only fixed through a view; on a table it meets added columns, so the old version reads them by name. */
async function selectStar(client: WorkloadClient): Promise<void> {
  const [key, expected] = await someOwn(client);
  const isView = client.shape.schema !== client.pair.old.schema;
  const star = client.version === "new" && isView ? "*" : listOf(client.columnNames);
  const rows = await client.run(
    `SELECT ${star} FROM ${client.table} WHERE ${quoteIdentifier(client.pair.key)} = $1::bigint`,
    [key],
  );
  compare(
    client,
    key,
    rows,
    client.columnNames.map((name) => (name === client.pair.key ? key : (expected[client.version][name] ?? null))),
  );
}

async function touchShared(client: WorkloadClient): Promise<void> {
  const column = client.random.pick(client.shape.columns.filter(({ name }) => name !== client.pair.parent?.column));
  await client.run(
    `UPDATE ${client.table} SET ${quoteIdentifier(column.name)} = $2::${column.type} WHERE ${quoteIdentifier(client.pair.key)} = $1::bigint`,
    [client.random.pick(client.options.sharedKeys), column.generate(client.random)],
  );
}

async function selectShared(client: WorkloadClient): Promise<void> {
  const key = client.random.pick(client.options.sharedKeys);
  const rows = await client.run(
    `SELECT ${listOf(client.columnNames)} FROM ${client.table} WHERE ${quoteIdentifier(client.pair.key)} = $1::bigint`,
    [key],
  );
  if (rows.length !== 1) client.mismatch(`shared row ${key} was read ${rows.length} times`);
}

export async function deleteOne(client: WorkloadClient): Promise<void> {
  const [key] = await someOwn(client);
  const rows = await client.run(
    `DELETE FROM ${client.table} WHERE ${quoteIdentifier(client.pair.key)} = $1::bigint RETURNING ${quoteIdentifier(client.pair.key)}`,
    [key],
  );
  client.own.delete(key);
  client.freed.push(key);
  if (rows.length !== 1) client.mismatch(`deleting row ${key} found ${rows.length}`);
}

/** Takes a row that RETURNING showed into the client's own; its key is the first column. */
export function keep(client: WorkloadClient, rows: readonly (readonly Value[])[], row: BothShapes): string {
  const key = rows[0]?.[0] ?? null;
  if (key === null) throw new StatementFailed("an INSERT returned no row");
  client.own.set(key, row);
  return key;
}

/** Compares what a statement returned (key first) and what the other version shows with what must be there. */
export async function check(client: WorkloadClient, key: string, rows: readonly (readonly Value[])[]): Promise<void> {
  const expected = client.own.get(key);
  if (expected === undefined) return;
  compare(
    client,
    key,
    rows,
    client.columnNames.map((name) => (name === client.pair.key ? key : (expected[client.version][name] ?? null))),
  );
  await checkAcross(client, key);
}

export async function checkByReading(client: WorkloadClient, key: string): Promise<void> {
  const rows = await client.run(
    `SELECT ${listOf(client.columnNames)} FROM ${client.table} WHERE ${quoteIdentifier(client.pair.key)} = $1::bigint`,
    [key],
  );
  await check(client, key, rows);
}

/** The same row through the other version, where that is offered. */
async function checkAcross(client: WorkloadClient, key: string): Promise<void> {
  if (!client.options.canCross() || !client.random.chance(0.5)) return;
  const other = otherThan(client.version);
  const expected = client.own.get(key)?.[other];
  const names = shapeOf(client.pair, other).columns.map(({ name }) => name);
  const rows = await client.run(
    `SELECT ${listOf(names)} FROM ${client.otherTable} WHERE ${quoteIdentifier(client.pair.key)} = $1::bigint`,
    [key],
  );
  compare(
    client,
    `${key} through the ${other} version`,
    rows,
    names.map((name) => expected?.[name] ?? null),
  );
}

function compare(
  client: WorkloadClient,
  what: string,
  rows: readonly (readonly Value[])[],
  expected: readonly Value[],
): void {
  if (rows.length === 1 && JSON.stringify(rows[0]) === JSON.stringify(expected)) return;
  client.mismatch(`row ${what}: expected ${JSON.stringify(expected)}, read ${JSON.stringify(rows)}`);
}
