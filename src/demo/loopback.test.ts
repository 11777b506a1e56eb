// Which URLs count as this machine.
import { expect, test } from "vitest";
import { assertLoopback } from "./loopback.ts";

test.each([
  "postgres://u@127.0.0.1:5432/x",
  "postgres://u@127.8.9.1/x",
  "postgres://u@localhost/x",
  "postgres://u@[::1]:5432/x",
  "postgres:///x?host=/var/run/postgresql",
])("%s is on this machine", (url) => {
  expect(() => assertLoopback(url)).not.toThrow();
});

test.each([
  "postgres://u@db.example.org/x",
  "postgres://u@127.example.org/x",
  "postgres://u@10.0.0.1/x",
  "postgres://u@127.0.0.1/x?host=db.example.org",
])("%s is not", (url) => {
  expect(() => assertLoopback(url)).toThrow(/only runs on a server on this machine/);
});
