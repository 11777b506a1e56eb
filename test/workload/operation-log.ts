// A seeded log of random operations. Each can be said in the words of the old version, of the new one, and of a plain twin
// table that keeps the old shape and is migrated offline at the end: the model that the migrated table must equal.
import type { Random } from "../../src/demo/random.ts";
import { decimalOfCents } from "../../src/demo/load-shape.ts";
import { quoteLiteral } from "../../src/sql/identifier.ts";

/** Absent: the column is left out of the statement; "default": the keyword. */
interface Values {
  readonly cents?: number | "default";
  readonly centsDelta?: number;
  readonly label?: string | null;
  readonly region?: string | null;
  readonly quantity?: number | "default";
}

export type Operation =
  | { readonly kind: "insert"; readonly rows: readonly (Values & { readonly id: number })[] }
  | { readonly kind: "copy row"; readonly from: number; readonly to: number }
  | { readonly kind: "update"; readonly ids: readonly number[]; readonly set: Values }
  | { readonly kind: "upsert"; readonly id: number; readonly values: Values }
  | { readonly kind: "delete"; readonly ids: readonly number[] }
  | { readonly kind: "supplier"; readonly id: number; readonly action: "renumber" | "delete" | "insert" }
  | {
      readonly kind: "transaction";
      readonly parts: readonly Write[];
      readonly end: "COMMIT" | "ROLLBACK" | "savepoint";
    };

export type Writer = "old" | "new";

/** An operation and the version whose client does it. */
export interface Write {
  readonly writer: Writer;
  readonly operation: Operation;
}

/** Whose words, and which tables. */
export interface Dialect {
  readonly words: Writer;
  readonly table: string;
  readonly suppliers: string;
}

const idMax = 60;
const regions = ["eu", "us", "apac", "mars"] as const;

/** @param offered the versions that can be written to now; a transaction may write through both */
export function randomWrite(random: Random, offered: readonly Writer[]): Write {
  const writer = random.pick(offered);
  if (!random.chance(0.12)) return { writer, operation: randomOperation(random, writer) };
  const parts = Array.from({ length: random.integer(2, 4) }, (): Write => {
    const partWriter = random.pick(offered);
    return { writer: partWriter, operation: randomOperation(random, partWriter) };
  });
  return {
    writer,
    operation: { kind: "transaction", parts, end: random.pick(["COMMIT", "COMMIT", "ROLLBACK", "savepoint"]) },
  };
}

function randomOperation(random: Random, writer: Writer): Operation {
  const dice = random.integer(1, 100);
  if (dice <= 28) {
    const first = insertValues(random, writer);
    return {
      kind: "insert",
      rows: freshIds(random, random.integer(1, 3)).map((id) => ({ id, ...alike(random, writer, first) })),
    };
  }
  if (dice <= 66) return { kind: "update", ids: someIds(random), set: updateValues(random, writer) };
  if (dice <= 77)
    return {
      kind: "upsert",
      id: random.integer(1, idMax),
      values: { cents: cents(random), ...insertValues(random, writer) },
    };
  if (dice <= 86) return { kind: "delete", ids: someIds(random) };
  if (dice <= 92) return { kind: "copy row", from: random.integer(1, idMax), to: freshIds(random, 1)[0] ?? 1 };
  return { kind: "supplier", id: random.integer(1, 9), action: random.pick(["renumber", "delete", "insert"]) };
}

/** Other values for the same columns: the rows of one VALUES list. */
function alike(random: Random, writer: Writer, values: Values): Values {
  return {
    ...(values.cents === undefined ? {} : { cents: random.chance(0.15) ? ("default" as const) : cents(random) }),
    ...(values.label === undefined ? {} : { label: label(random) }),
    ...(values.region === undefined ? {} : { region: region(random, writer) }),
    ...(values.quantity === undefined
      ? {}
      : { quantity: random.chance(0.2) ? ("default" as const) : random.integer(1, 99) }),
  };
}

function cents(random: Random): number {
  return random.integer(0, 1_000_000);
}

function someIds(random: Random): number[] {
  return Array.from({ length: random.integer(1, 4) }, () => random.integer(1, idMax));
}

function freshIds(random: Random, count: number): number[] {
  const first = random.integer(1, idMax - count);
  return Array.from({ length: count }, (_, index) => first + index);
}

function region(random: Random, writer: Writer): string | null {
  return writer === "old" && random.chance(0.3) ? null : random.pick(regions);
}

function label(random: Random): string | null {
  return random.chance(0.1) ? null : `item ${random.integer(1, 99)}'s \\ "quoted"`;
}

function insertValues(random: Random, writer: Writer): Values {
  return {
    ...(random.chance(0.8) ? { cents: random.chance(0.15) ? ("default" as const) : cents(random) } : {}),
    ...(random.chance(0.8) ? { label: label(random) } : {}),
    ...(writer === "new" || random.chance(0.7) ? { region: region(random, writer) } : {}),
    ...(random.chance(0.5) ? { quantity: random.chance(0.2) ? ("default" as const) : random.integer(1, 99) } : {}),
  };
}

function updateValues(random: Random, writer: Writer): Values {
  const all: readonly Values[] = [
    { cents: cents(random) },
    { centsDelta: random.integer(-100, 100) },
    { label: label(random) },
    { region: region(random, writer) },
    { quantity: random.integer(1, 99) },
  ];
  const first = random.pick(all);
  return random.chance(0.4) ? { ...random.pick(all), ...first } : first;
}

/** The write as SQL. The twin repeats a new client's write in words of the old shape, so `say` is asked for each writer. */
export function sqlOf({ writer: meant, operation }: Write, say: (writer: Writer) => Dialect): string[] {
  const dialect = say(meant);
  const { table, suppliers } = dialect;
  const label = dialect.words === "old" ? "name" : "title";
  switch (operation.kind) {
    case "insert": {
      const rows = operation.rows.map((row) => ({ id: row.id, columns: columnsOf(row, dialect, meant) }));
      const names = (rows[0]?.columns ?? []).map(([name]) => `, ${name}`);
      const lists = rows.map(({ id, columns }) => `(${[id, ...columns.map(([, value]) => value)].join(", ")})`);
      return [`INSERT INTO ${table} (id${names.join("")}) VALUES ${lists.join(", ")} ON CONFLICT DO NOTHING`];
    }
    case "copy row":
      return [
        `INSERT INTO ${table} (id, price, ${label}, region, qty) SELECT ${operation.to}, price, ${label}, ${meant === "new" && dialect.words === "old" ? "coalesce(region, 'eu')" : "region"}, qty FROM ${table} WHERE id = ${operation.from} ORDER BY id DESC ON CONFLICT DO NOTHING`,
      ];
    case "update": {
      const columns = columnsOf(operation.set, dialect, meant);
      return [
        `UPDATE ${table} SET ${columns.map(([name, value]) => `${name} = ${value}`).join(", ")} WHERE id IN (${operation.ids.join(", ")})`,
      ];
    }
    case "upsert": {
      const columns = columnsOf(operation.values, dialect, meant);
      return [
        `INSERT INTO ${table} AS t (id${columns.map(([name]) => `, ${name}`).join("")}) VALUES (${[operation.id, ...columns.map(([, value]) => value)].join(", ")}) ON CONFLICT (id) DO UPDATE SET ${columns.map(([name]) => `${name} = excluded.${name}`).join(", ")}`,
      ];
    }
    case "delete":
      return [`DELETE FROM ${table} WHERE id IN (${operation.ids.join(", ")})`];
    case "supplier":
      return [supplierSql(operation, suppliers, table)];
    case "transaction":
      return transactionSql(operation, say);
  }
}

/** Changes that reach the table only through its foreign key. */
function supplierSql({ id, action }: Operation & { kind: "supplier" }, suppliers: string, table: string): string {
  if (action === "insert")
    return `WITH s AS (INSERT INTO ${suppliers} VALUES (${id}, 's') ON CONFLICT DO NOTHING RETURNING id) UPDATE ${table} SET qty = qty + 1 FROM s WHERE ${table}.id = ${id}`;
  if (action === "delete") return `DELETE FROM ${suppliers} WHERE id = ${id}`;
  return `UPDATE ${suppliers} SET id = id + 1000 WHERE id = ${id} AND NOT EXISTS (SELECT FROM ${suppliers} AS s WHERE s.id = ${id} + 1000)`;
}

function transactionSql(
  { parts, end }: Operation & { kind: "transaction" },
  say: (writer: Writer) => Dialect,
): string[] {
  const [first, ...rest] = parts.map((part) => sqlOf(part, say));
  if (end !== "savepoint") return ["BEGIN", ...(first ?? []), ...rest.flat(), end];
  return [
    "BEGIN",
    ...(first ?? []),
    "SAVEPOINT here",
    ...rest.flat(),
    "ROLLBACK TO SAVEPOINT here",
    ...(first ?? []),
    "COMMIT",
  ];
}

function columnsOf(values: Values, { words }: Dialect, meant: Writer): [name: string, sql: string][] {
  const amount = (cents: number): string => (words === "old" ? String(cents) : decimalOfCents(cents));
  const inNewWordsOnTwin = words === "old" && meant === "new";
  const columns: [string, string][] = [];
  if (values.cents === "default") columns.push(["price", inNewWordsOnTwin ? newDefaultCents : "DEFAULT"]);
  else if (values.cents !== undefined) columns.push(["price", amount(values.cents)]);
  else if (values.centsDelta !== undefined) columns.push(["price", `price + ${amount(values.centsDelta)}`]);
  else if (inNewWordsOnTwin && isInsert(values)) columns.push(["price", newDefaultCents]);
  if (values.label !== undefined) columns.push([words === "old" ? "name" : "title", textOf(values.label)]);
  if (values.region !== undefined) columns.push(["region", textOf(values.region)]);
  if (values.quantity !== undefined)
    columns.push(["qty", values.quantity === "default" ? "DEFAULT" : String(values.quantity)]);
  return columns;
}

/** The default is 700 in both shapes, as the naive ALTER TYPE leaves it: 700.00 of the new unit are 70000 of the old. */
const newDefaultCents = "70000";

/** Rows of an INSERT carry their identity. */
function isInsert(values: Values): boolean {
  return "id" in values;
}

function textOf(text: string | null): string {
  return text === null ? "NULL" : quoteLiteral(text).trim();
}
