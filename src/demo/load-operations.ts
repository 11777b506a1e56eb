// What the load does: a table of operations that both versions run over the same rows, each in its own names and units.
import type { Random } from "./random.ts";
import type { Session } from "./load-session.ts";

/** A row that one connection owns: only it writes there, so it must read back what it wrote. */
export interface OwnRow {
  readonly cents: number;
  readonly label: string;
  readonly region: string | null;
  readonly quantity: number;
}

/** What committed statements added to the table as a whole; known exactly, since every change of a shared amount is relative. */
export interface Ledger {
  rows: number;
  cents: number;
  quantity: number;
  /** Commits whose answer never arrived: the sums may be off by their content. */
  uncertain: number;
}

export interface OperationContext {
  readonly session: Session;
  readonly random: Random;
  readonly own: Map<string, OwnRow>;
  /** Identities that this connection owned and deleted: free to be inserted again. */
  readonly freed: string[];
  readonly ledger: Ledger;
  /** Rows 1 … n are shared by everybody. */
  readonly sharedRows: number;
  /** Counted as a failure: a value came back other than it was written. */
  mismatch(message: string): void;
}

export interface Operation {
  readonly name: string;
  readonly weight: number;
  run(context: OperationContext): Promise<void>;
}

const ownRowsMax = 200;
const hotRows = 20;
const regions = ["eu", "us", "apac"] as const;
// The naive change keeps a default as it is written, so only zero means the same in cents and in the new unit.
const defaultCents = 0;
const defaultQuantity = 1;

export const readOperations: readonly Operation[] = [
  { name: "select by key", weight: 6, run: selectByKey },
  { name: "select range", weight: 2, run: selectRange },
  { name: "read own row", weight: 4, run: readOwn },
  { name: "repeatable read pair", weight: 1, run: readPair },
];

export const writeOperations: readonly Operation[] = [
  { name: "update amount", weight: 5, run: updateAmount },
  { name: "update label", weight: 2, run: updateLabel },
  { name: "update region", weight: 1, run: updateRegion },
  { name: "update quantity", weight: 2, run: updateQuantity },
  { name: "insert returning", weight: 3, run: insertOwn },
  { name: "insert with defaults", weight: 1, run: insertWithDefaults },
  { name: "update own row", weight: 3, run: updateOwn },
  { name: "insert on conflict update", weight: 2, run: upsertOwn },
  { name: "insert on conflict nothing", weight: 1, run: insertOrIgnore },
  { name: "delete own row", weight: 3, run: deleteOwn },
  { name: "transfer in a transaction", weight: 2, run: transfer },
];

function columnsOf({ session }: OperationContext): string {
  return `id, price, ${session.shape.label}, region, qty`;
}

function sharedId({ random, sharedRows }: OperationContext): string {
  return String(random.chance(0.2) ? random.integer(1, Math.min(hotRows, sharedRows)) : random.integer(1, sharedRows));
}

function regionFor({ random, session }: OperationContext): string | null {
  return session.shape.hasNullRegions && random.chance(0.3) ? null : random.pick(regions);
}

function newRow(context: OperationContext): OwnRow {
  const { random } = context;
  return {
    cents: random.integer(1, 5_000_000),
    label: `item ${random.integer(1, 1_000_000)}`,
    region: regionFor(context),
    quantity: random.integer(1, 50),
  };
}

function pickOwn({ own, random }: OperationContext): [string, OwnRow] | null {
  const entries = [...own];
  return entries.length === 0 ? null : random.pick(entries);
}

async function selectByKey(context: OperationContext): Promise<void> {
  const { session } = context;
  const id = sharedId(context);
  const rows = await session.read(`SELECT ${columnsOf(context)} FROM ${session.table} WHERE id = $1::bigint`, [id]);
  if (rows.length !== 1) context.mismatch(`row ${id} was read ${rows.length} times`);
}

async function selectRange(context: OperationContext): Promise<void> {
  const { session, random, sharedRows } = context;
  const low = random.integer(1, Math.max(1, sharedRows - 20));
  const rows = await session.read(
    `SELECT ${columnsOf(context)} FROM ${session.table} WHERE id >= $1::bigint AND id < $2::bigint ORDER BY id`,
    [String(low), String(low + 20)],
  );
  const expected = Math.min(20, sharedRows - low + 1);
  if (rows.length !== expected) context.mismatch(`${rows.length} of ${expected} rows from ${low} were read`);
}

/** Two reads in one snapshot must be equal, whatever others or the migration do in between. */
async function readPair(context: OperationContext): Promise<void> {
  const { session } = context;
  const id = sharedId(context);
  const sql = `SELECT ${columnsOf(context)} FROM ${session.table} WHERE id = $1::bigint`;
  await session.control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const first = await session.read(sql, [id]);
  const second = await session.read(sql, [id]);
  await session.control("COMMIT");
  if (first.length !== 1 || String(first) !== String(second)) context.mismatch(`row ${id} changed within one snapshot`);
}

async function readOwn(context: OperationContext): Promise<void> {
  const { session } = context;
  const picked = pickOwn(context);
  if (picked === null) return await selectByKey(context);
  const [id, row] = picked;
  compare(
    context,
    id,
    row,
    await session.read(`SELECT ${columnsOf(context)} FROM ${session.table} WHERE id = $1::bigint`, [id]),
  );
}

/** What was written must come back in this version's own unit. */
function compare(context: OperationContext, id: string, row: OwnRow, found: readonly string[][]): void {
  const { shape } = context.session;
  const expected = [id, shape.amount(row.cents), row.label, row.region, String(row.quantity)];
  const actual = found[0];
  if (found.length !== 1 || actual === undefined || JSON.stringify(actual) !== JSON.stringify(expected)) {
    context.mismatch(`wrote ${JSON.stringify(expected)}, read ${JSON.stringify(found)}`);
  }
}

async function updateAmount(context: OperationContext): Promise<void> {
  const { session, random, ledger } = context;
  const delta = random.integer(-500, 500);
  await session.write(
    `UPDATE ${session.table} SET price = price + $1::${session.shape.amountType} WHERE id = $2::bigint`,
    [session.shape.amount(delta), sharedId(context)],
  );
  ledger.cents += delta;
}

async function updateLabel(context: OperationContext): Promise<void> {
  const { session, random } = context;
  await session.write(`UPDATE ${session.table} SET ${session.shape.label} = $1::text WHERE id = $2::bigint`, [
    `renamed ${random.integer(1, 1_000_000)}`,
    sharedId(context),
  ]);
}

async function updateRegion(context: OperationContext): Promise<void> {
  const { session } = context;
  await session.write(`UPDATE ${session.table} SET region = $1::text WHERE id = $2::bigint`, [
    regionFor(context),
    sharedId(context),
  ]);
}

async function updateQuantity(context: OperationContext): Promise<void> {
  const { session, random, ledger } = context;
  const delta = random.integer(-5, 5);
  await session.write(`UPDATE ${session.table} SET qty = qty + $1::integer WHERE id = $2::bigint`, [
    String(delta),
    sharedId(context),
  ]);
  ledger.quantity += delta;
}

function valuesOf(context: OperationContext, row: OwnRow): (string | null)[] {
  return [context.session.shape.amount(row.cents), row.label, row.region, String(row.quantity)];
}

function owned(context: OperationContext, id: string, row: OwnRow, before: OwnRow | null): void {
  context.own.set(id, row);
  context.ledger.rows += before === null ? 1 : 0;
  context.ledger.cents += row.cents - (before?.cents ?? 0);
  context.ledger.quantity += row.quantity - (before?.quantity ?? 0);
}

async function insertOwn(context: OperationContext): Promise<void> {
  const { session, own } = context;
  if (own.size >= ownRowsMax) return await updateOwn(context);
  const { label, amountType } = session.shape;
  const row = newRow(context);
  const found = await session.write(
    `INSERT INTO ${session.table} (price, ${label}, region, qty) VALUES ($1::${amountType}, $2::text, $3::text, $4::integer) RETURNING ${columnsOf(context)}`,
    valuesOf(context, row),
  );
  const id = found[0]?.[0] ?? "?";
  owned(context, id, row, null);
  compare(context, id, row, found);
}

async function insertWithDefaults(context: OperationContext): Promise<void> {
  const { session, own } = context;
  if (own.size >= ownRowsMax) return await deleteOwn(context);
  const row: OwnRow = { ...newRow(context), cents: defaultCents, quantity: defaultQuantity };
  const found = await session.write(
    `INSERT INTO ${session.table} (${session.shape.label}, region) VALUES ($1::text, $2::text) RETURNING ${columnsOf(context)}`,
    [row.label, row.region],
  );
  const id = found[0]?.[0] ?? "?";
  owned(context, id, row, null);
  compare(context, id, row, found);
}

async function updateOwn(context: OperationContext): Promise<void> {
  const { session } = context;
  const picked = pickOwn(context);
  if (picked === null) return await insertOwn(context);
  const [id, before] = picked;
  const row = newRow(context);
  const { label, amountType } = session.shape;
  await session.write(
    `UPDATE ${session.table} SET price = $1::${amountType}, ${label} = $2::text, region = $3::text, qty = $4::integer WHERE id = $5::bigint`,
    [...valuesOf(context, row), id],
  );
  owned(context, id, row, before);
}

async function upsertOwn(context: OperationContext): Promise<void> {
  const { session, own, freed } = context;
  const again = freed.length > 0 && own.size < ownRowsMax ? freed.pop() : undefined;
  const picked: [string, OwnRow | null] | null = again === undefined ? pickOwn(context) : [again, null];
  if (picked === null) return await insertOwn(context);
  const [id, before] = picked;
  const row = newRow(context);
  const { label, amountType } = session.shape;
  const found = await session.write(
    `INSERT INTO ${session.table} (id, price, ${label}, region, qty) VALUES ($1::bigint, $2::${amountType}, $3::text, $4::text, $5::integer) ON CONFLICT (id) DO UPDATE SET price = excluded.price, ${label} = excluded.${label}, region = excluded.region, qty = excluded.qty RETURNING ${columnsOf(context)}`,
    [id, ...valuesOf(context, row)],
  );
  owned(context, id, row, before);
  compare(context, id, row, found);
}

async function insertOrIgnore(context: OperationContext): Promise<void> {
  const { session } = context;
  const { label, amountType } = session.shape;
  const row = newRow(context);
  await session.write(
    `INSERT INTO ${session.table} (id, price, ${label}, region, qty) VALUES ($1::bigint, $2::${amountType}, $3::text, $4::text, $5::integer) ON CONFLICT DO NOTHING`,
    [sharedId(context), ...valuesOf(context, row)],
  );
}

async function deleteOwn(context: OperationContext): Promise<void> {
  const { session, own, ledger, freed } = context;
  const picked = pickOwn(context);
  if (picked === null) return await insertOwn(context);
  const [id, row] = picked;
  await session.write(`DELETE FROM ${session.table} WHERE id = $1::bigint`, [id]);
  own.delete(id);
  freed.push(id);
  ledger.rows -= 1;
  ledger.cents -= row.cents;
  ledger.quantity -= row.quantity;
}

/** Three writes in the order of their keys, so that two clients never wait for each other in a circle. */
async function transfer(context: OperationContext): Promise<void> {
  const { session, random, ledger } = context;
  const ids = [...new Set([sharedId(context), sharedId(context), sharedId(context)])].sort(
    (a, b) => Number(a) - Number(b),
  );
  const amount = random.integer(1, 300);
  const sql = `UPDATE ${session.table} SET price = price + $1::${session.shape.amountType} WHERE id = $2::bigint`;
  const parts = ids.length === 3 ? [amount, -2 * amount, amount] : ids.map(() => amount);
  await session.control("BEGIN");
  for (const [index, id] of ids.entries()) await session.write(sql, [session.shape.amount(parts[index] ?? 0), id]);
  if (random.chance(0.25)) return await session.control("ROLLBACK");
  ledger.uncertain += 1;
  await session.control("COMMIT");
  ledger.uncertain -= 1;
  ledger.cents += parts.reduce((sum, part) => sum + part, 0);
}
