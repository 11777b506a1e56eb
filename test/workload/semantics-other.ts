// Scenarios of DELETE, cascades, ON CONFLICT and MERGE: statements that write in more than one way.
import type { Scenario } from "./scenario.ts";

export const otherScenarios: readonly Scenario[] = [
  {
    name: "DELETE … RETURNING",
    by: "old",
    sql: "DELETE FROM {t} WHERE id = 3 RETURNING price",
    rows: { 3: null },
    returns: [["999"]],
  },
  {
    name: "DELETE … RETURNING",
    by: "new",
    sql: "DELETE FROM {t} WHERE id = 3 RETURNING price",
    rows: { 3: null },
    returns: [["9.99"]],
  },
  {
    name: "DELETE … USING, with children that follow",
    by: "new",
    sql: "DELETE FROM {t} AS p USING public.suppliers AS s WHERE s.id = p.supplier_id AND s.name = 'south'",
    rows: { 2: null },
  },
  {
    name: "a row moved by DELETE and INSERT in one statement",
    by: "new",
    sql: "WITH gone AS (DELETE FROM {t} WHERE id = 3 RETURNING *) INSERT INTO {t} (id, price, title, region, qty) SELECT 300, price + 1, title, region, qty FROM gone",
    rows: { 3: null, 300: [1099, "10.99", "three", "apac", "apac", 3, null] },
  },

  {
    name: "a parent's key changes (ON UPDATE CASCADE)",
    by: "old",
    sql: "UPDATE public.suppliers SET id = 11 WHERE id = 1",
    rows: { 1: [100, "1.00", "one", "us", "us", 1, 11], 4: [400, "4.00", "four", null, "eu", 4, 11] },
  },
  {
    name: "a parent goes (ON DELETE SET NULL)",
    by: "old",
    sql: "DELETE FROM public.suppliers WHERE id = 2",
    rows: { 2: [250, "2.50", "two", null, "eu", 2, null] },
  },
  {
    name: "a parent goes through the new version (ON DELETE SET NULL)",
    by: "new",
    way: "path",
    sql: "DELETE FROM suppliers WHERE id = 2",
    rows: { 2: [250, "2.50", "two", null, "eu", 2, null] },
  },

  {
    name: "ON CONFLICT DO UPDATE meets a row",
    by: "old",
    sql: "INSERT INTO {t} AS p (id, price, name) VALUES (1, 150, 'x') ON CONFLICT (id) DO UPDATE SET price = p.price + excluded.price, name = excluded.name RETURNING price",
    rows: { 1: [250, "2.50", "x", "us", "us", 1, 1] },
    returns: [["250"]],
  },
  {
    name: "ON CONFLICT DO UPDATE meets a row",
    by: "new",
    sql: "INSERT INTO {t} AS p (id, price, title, region) VALUES (1, 1.5, 'x', 'apac') ON CONFLICT (id) DO UPDATE SET price = p.price + excluded.price, title = excluded.title RETURNING price",
    rows: { 1: [250, "2.50", "x", "us", "us", 1, 1] },
    returns: [["2.50"]],
  },
  {
    name: "ON CONFLICT DO UPDATE meets none",
    by: "new",
    sql: "INSERT INTO {t} AS p (id, price, title, region) VALUES (100, 1.5, 'x', 'apac') ON CONFLICT (id) DO UPDATE SET price = excluded.price",
    rows: { 100: [150, "1.50", "x", "apac", "apac", 1, null] },
  },
  {
    name: "ON CONFLICT DO UPDATE of some rows",
    by: "new",
    sql: "INSERT INTO {t} AS p (id, price, title, region) VALUES (1, 1.5, 'x', 'us'), (100, 2.5, 'y', 'us') ON CONFLICT (id) DO UPDATE SET price = excluded.price",
    rows: { 1: [150, "1.50", "one", "us", "us", 1, 1], 100: [250, "2.50", "y", "us", "us", 1, null] },
  },
  {
    name: "ON CONFLICT DO UPDATE with the old row's value that excluded took from a default",
    by: "new",
    sql: "INSERT INTO {t} AS p (id, title, region) VALUES (1, 'x', 'us') ON CONFLICT (id) DO UPDATE SET price = excluded.price",
    rows: { 1: [70000, "700.00", "one", "us", "us", 1, 1] },
  },
  {
    name: "ON CONFLICT DO NOTHING meets a row",
    by: "new",
    sql: "INSERT INTO {t} (id, price, region) VALUES (1, 1.5, 'us') ON CONFLICT DO NOTHING",
    rows: {},
  },
  {
    name: "ON CONFLICT DO NOTHING meets none",
    by: "old",
    sql: "INSERT INTO {t} (id, price) VALUES (100, 150) ON CONFLICT (id) DO NOTHING",
    rows: { 100: [150, "1.50", null, null, "eu", 1, null] },
  },

  {
    name: "MERGE",
    by: "old",
    since: 15,
    sql: "MERGE INTO {t} AS p USING (VALUES (1, 150), (2, 0), (100, 160)) AS s (id, price) ON p.id = s.id WHEN MATCHED AND s.price = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET price = s.price WHEN NOT MATCHED THEN INSERT (id, price, name) VALUES (s.id, s.price, 'x')",
    rows: { 1: [150, "1.50", "one", "us", "us", 1, 1], 2: null, 100: [160, "1.60", "x", null, "eu", 1, null] },
  },
  {
    name: "MERGE",
    by: "new",
    since: 17,
    sql: "MERGE INTO {t} AS p USING (VALUES (1, 1.5), (2, 0), (100, 1.6)) AS s (id, price) ON p.id = s.id WHEN MATCHED AND s.price = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET price = s.price WHEN NOT MATCHED THEN INSERT (id, price, title, region) VALUES (s.id, s.price, 'x', 'us')",
    rows: { 1: [150, "1.50", "one", "us", "us", 1, 1], 2: null, 100: [160, "1.60", "x", "us", "us", 1, null] },
  },
  {
    name: "triggers switched to replica, as a logical subscriber applies rows",
    by: "old",
    before: ["SET LOCAL session_replication_role = replica"],
    sql: "UPDATE {t} SET price = 150 WHERE id = 1",
    rows: { 1: [150, "1.50", "one", "us", "us", 1, 1] },
  },
];
