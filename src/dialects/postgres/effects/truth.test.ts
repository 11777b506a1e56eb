// Every measured form on every major: the prediction, made from the fixture's SQL alone, equals what the servers did.
import { beforeAll, expect, test } from "vitest";
import { forms, readText, seenOn } from "../../../../test/shadow/forms.ts";
import { evolved, line, predicted } from "../../../../test/shadow/predicted.ts";
import { loadParser } from "../parse.ts";
import { emptyCatalog } from "./catalog.ts";

beforeAll(loadParser);

test.each([13, 14, 15, 16, 17, 18])("PostgreSQL %d", (major) => {
  const fixture = evolved(emptyCatalog, `set timezone = 'UTC'; ${readText("ddl-fixture.sql")}`, major);
  const pairs = forms.flatMap((form) => {
    const seen = seenOn(form, major);
    if (seen === null) return [];
    const effect = predicted(evolved(fixture, form.setup ?? "", major), form.sql, major);
    return [{ said: `${form.form}: ${line(effect)}`, seen: `${form.form}: ${line(seen)}` }];
  });
  expect(pairs.length).toBeGreaterThan(140);
  expect(pairs.map(({ said }) => said)).toEqual(pairs.map(({ seen }) => seen));
});
