// The list of all scenarios: those of INSERT, UPDATE and other statements, and a few of each repeated in every way of naming a version
// and every protocol.
import type { Protocol, Scenario, Way } from "./scenario.ts";
import { insertScenarios } from "./semantics-insert.ts";
import { otherScenarios } from "./semantics-other.ts";
import { updateScenarios } from "./semantics-update.ts";

const ways: readonly Way[] = ["qualified", "path", "path list", "role"];
const protocols: readonly Protocol[] = ["simple", "extended", "named"];

const repeated: readonly Scenario[] = [
  {
    name: "insert",
    by: "old",
    sql: "INSERT INTO {t} (price, name) VALUES ($1, $2) RETURNING id, price",
    values: ["150", "a"],
    rows: { 1000: [150, "1.50", "a", null, "eu", 1, null] },
    returns: [["1000", "150"]],
  },
  {
    name: "insert",
    by: "new",
    sql: "INSERT INTO {t} (price, title, region) VALUES ($1, $2, $3) RETURNING id, price",
    values: ["1.5", "a", "us"],
    rows: { 1000: [150, "1.50", "a", "us", "us", 1, null] },
    returns: [["1000", "1.50"]],
  },
  {
    name: "update",
    by: "old",
    sql: "UPDATE {t} SET price = $1, region = $2 WHERE id = $3 RETURNING price",
    values: ["150", null, "1"],
    rows: { 1: [150, "1.50", "one", null, "eu", 1, 1] },
    returns: [["150"]],
  },
  {
    name: "update",
    by: "new",
    sql: "UPDATE {t} SET price = $1, region = $2 WHERE id = $3 RETURNING price",
    values: ["1.5", "apac", "1"],
    rows: { 1: [150, "1.50", "one", "apac", "apac", 1, 1] },
    returns: [["1.50"]],
  },
  {
    name: "upsert",
    by: "new",
    sql: "INSERT INTO {t} AS p (id, price, title, region) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET price = excluded.price, region = excluded.region",
    values: ["1", "1.5", "a", "apac"],
    rows: { 1: [150, "1.50", "one", "apac", "apac", 1, 1] },
  },
  { name: "delete", by: "new", sql: "DELETE FROM {t} WHERE id = $1", values: ["3"], rows: { 3: null } },
];

/** `$1` as a literal, for the simple protocol. */
function spelledOut(scenario: Scenario): Scenario {
  const values = scenario.values ?? [];
  const { values: _values, ...rest } = scenario;
  return { ...rest, sql: scenario.sql.replaceAll(/\$(\d)/g, (_, n: string) => literal(values[Number(n) - 1] ?? null)) };
}

function literal(value: string | null): string {
  return value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`;
}

export const scenarios: readonly Scenario[] = [
  ...insertScenarios,
  ...updateScenarios,
  ...otherScenarios,
  ...repeated.flatMap((scenario) =>
    ways.flatMap((way) =>
      protocols.map((protocol) => ({
        ...(protocol === "simple" ? spelledOut(scenario) : scenario),
        name: `${scenario.name}, ${way}, ${protocol}`,
        way,
        protocol,
      })),
    ),
  ),
];
