// The committed JSON Schemas are the ones that the sources make. `vitest run --project unit -u` writes them anew.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { documents } from "./index.ts";

const directory = join(import.meta.dirname, "../../schema");

test.each(Object.keys(documents))("schema/%s.json is current", async (name) => {
  const document = documents[name];
  if (document === undefined) throw new Error(`${name} is not in the list`);
  const { $schema, ...rest } = z.toJSONSchema(document, { target: "draft-7" });
  const full = { $schema, $id: `urn:shoofly:${name}:1`, title: `shoofly.${name}/1`, ...rest };
  await expect(`${JSON.stringify(full, null, 2)}\n`).toMatchFileSnapshot(join(directory, `${name}.json`));
});

test("schema/ holds nothing else", () => {
  expect(readdirSync(directory).toSorted()).toEqual(
    Object.keys(documents)
      .map((name) => `${name}.json`)
      .toSorted(),
  );
});
