// The safe way of a statement whose table is known from files alone: no text of its checks, indexes and keys is kept.
import { expect, test } from "vitest";
import { emptyCatalog } from "../../dialects/postgres/effects/catalog.ts";
import { lint } from "./lint.ts";
import { defaultSettings } from "./settings.ts";

const made = `CREATE TABLE parent (id bigint PRIMARY KEY);
CREATE TABLE "Odd" (id bigint PRIMARY KEY, "order" int CHECK ("order" > 0), n int REFERENCES parent, t tsrange, u int UNIQUE,
  CONSTRAINT both CHECK ("order" > n), EXCLUDE USING gist (t WITH &&));
CREATE INDEX odd_expression ON "Odd" (lower('x'), "order");
CREATE INDEX odd_order ON "Odd" ("order");`;

test.each([
  `ALTER TABLE "Odd" ALTER COLUMN "order" TYPE bigint`,
  `ALTER TABLE "Odd" ALTER COLUMN n TYPE bigint`,
  `ALTER TABLE "Odd" ALTER COLUMN u TYPE bigint`,
  `ALTER TABLE "Odd" ALTER COLUMN "order" SET NOT NULL`,
  `ALTER TABLE "Odd" RENAME COLUMN "order" TO position`,
  `ALTER TABLE "Odd" DROP COLUMN t`,
])("%s has steps, or a reason why not", async (sql) => {
  const { findings, unanalysed } = await lint({
    files: [
      { file: "made.sql", text: made, isJudged: false },
      { file: "20260101000000_change.sql", text: `-- What.\n${sql};\n`, isJudged: true },
    ],
    catalog: emptyCatalog,
    schema: null,
    sizes: new Map(),
    major: 18,
    settings: defaultSettings,
    today: "2026-01-01",
  });
  expect(unanalysed).toEqual([]);
  const [finding, ...more] = findings;
  expect(more).toEqual([]);
  expect(finding?.plan.length === 0).toBe(finding?.message.includes("No safe plan: ") === true);
});
