// URLs: names without secrets, redaction, and the URL of a version.
import { describe, expect, test } from "vitest";
import { assertUrl, targetName, versionUrl, withoutSecrets } from "./target.ts";

describe("targetName", () => {
  test.each([
    ["postgres://u:secret@db1:5433/app", "app@db1:5433"],
    ["postgresql://u@db1/app?sslmode=require", "app@db1:5432"],
    ["postgres://u:p%40ss@[::1]:5432/app", "app@[::1]:5432"],
    ["postgres://u@/app?host=/run/postgresql", "app@/run/postgresql:5432"],
    ["postgres://u@db1", "u@db1:5432"],
  ])("%s", (url, name) => {
    expect(targetName(url)).toBe(name);
  });
});

test.each([
  "postgres://u:se/cret@db/app",
  "mysql://u:secret@db/app",
  "not a url with secret",
  "postgres://u:se#cret@x:y/app",
])("%s is refused without being repeated", (url) => {
  expect(() => assertUrl(url)).toThrow(/^(?!.*cret).*URL/);
});

describe("withoutSecrets", () => {
  test.each([
    ["at postgres://u:hunter22@db/app", "postgres://u:hunter22@db/app", "at postgres://u:***@db/app"],
    ["password hunter22 is wrong", "postgres://u:hunter22@db/app", "password *** is wrong"],
    ["it is p@ss/word or p%40ss%2Fword", "postgres://u:p%40ss%2Fword@db/app", "it is *** or ***"],
    ["see hunter22", "postgres://u@db/app?password=hunter22", "see ***"],
    ["user postgres on postgres", "postgres://postgres:postgres@db/postgres", "user postgres on postgres"],
  ])("%s", (text, url, clean) => {
    expect(withoutSecrets(text, [url])).toBe(clean);
  });
});

describe("versionUrl", () => {
  test("puts the search path into the options", () => {
    expect(versionUrl("postgres://u:p@h:5432/app", "public_1_x", "public")).toBe(
      "postgres://u:p@h:5432/app?options=-c%20search_path%3Dpublic_1_x%2Cpublic",
    );
  });

  test("keeps other parameters and other options", () => {
    expect(versionUrl("postgres://h/app?sslmode=require&options=-c%20jit%3Doff", "v", "public")).toBe(
      "postgres://h/app?sslmode=require&options=-c%20jit%3Doff%20-c%20search_path%3Dv%2Cpublic",
    );
  });

  test("quotes names that need it", () => {
    const url = new URL(versionUrl("postgres://h/app", "My App_1", "My App"));
    expect(url.searchParams.get("options")).toBe('-c search_path="My\\ App_1","My\\ App"');
  });
});
