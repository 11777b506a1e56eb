// Errors are translated once: every SQLSTATE that the engine acts on, network errors, excerpts, and no password anywhere.
import { expect, test } from "vitest";
import { excerpt, translateError } from "./database-error.ts";

const kindOf = (code: string): string => translateError({ message: "m", code }).kind;

test("SQLSTATE → kind", () => {
  const codes = ["55P03", "40P01", "57014", "40001", "08006", "57P01", "57P02", "57P03", "25P03", "53300", "42501"];
  const more = ["53100", "25006", "42601", "42P01", "42703", "23505", "23514", "22003", "22P02", "XX000", "25P02"];
  expect([...codes, ...more].map((code) => `${code} ${kindOf(code)}`)).toMatchInlineSnapshot(`
    [
      "55P03 lock-timeout",
      "40P01 deadlock",
      "57014 canceled",
      "40001 serialization",
      "08006 connection-lost",
      "57P01 connection-lost",
      "57P02 connection-lost",
      "57P03 connection-lost",
      "25P03 connection-lost",
      "53300 connection-refused",
      "42501 privilege",
      "53100 disk-full",
      "25006 read-only",
      "42601 syntax",
      "42P01 undefined-object",
      "42703 undefined-object",
      "23505 constraint",
      "23514 constraint",
      "22003 data",
      "22P02 data",
      "XX000 other",
      "25P02 other",
    ]
  `);
});

test("network errors are lost connections, and failures to connect are refused ones", () => {
  expect(kindOf("ECONNRESET")).toBe("connection-lost");
  expect(kindOf("EPIPE")).toBe("connection-lost");
  expect(translateError(new Error("Connection terminated unexpectedly"), { lost: true }).kind).toBe("connection-lost");
  expect(translateError({ code: "28P01", message: "no" }, { connecting: true }).kind).toBe("connection-refused");
  const several = new AggregateError([
    Object.assign(new Error("connect ECONNREFUSED ::1:5432"), { code: "ECONNREFUSED" }),
  ]);
  expect(translateError(several, { connecting: true }).message).toBe("connect ECONNREFUSED ::1:5432");
});

test("a connection that breaks at COMMIT is told apart", () => {
  const lost = { code: "ECONNRESET", message: "read ECONNRESET" };
  expect(translateError(lost, { statement: "commit" }).atCommit).toBe(true);
  expect(translateError(lost, { statement: "update commit set a = 1" }).atCommit).toBe(false);
});

test("statements are cut to one line of 200 characters", () => {
  expect(excerpt("update t\n   set a = 1")).toBe("update t set a = 1");
  expect(excerpt("x".repeat(500))).toHaveLength(200);
});

test("secrets do not appear", () => {
  const error = translateError(
    { message: 'password authentication failed, tried "s3cret"', detail: "s3cret" },
    { secrets: ["s3cret", ""] },
  );
  expect(`${error.message} ${error.detail}`).not.toContain("s3cret");
});

test("the server's facts are kept", () => {
  const error = translateError(
    { code: "23505", message: "duplicate key", detail: "Key (id)=(5) already exists.", hint: "h", position: "7" },
    { statement: "insert into t values (5)" },
  );
  expect(error).toMatchObject({
    kind: "constraint",
    sqlstate: "23505",
    detail: "Key (id)=(5) already exists.",
    hint: "h",
    position: 7,
    statement: "insert into t values (5)",
  });
});
