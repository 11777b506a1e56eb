// Type changes that the server makes without a scan or rewrite, and those it does not.
import { describe, expect, test } from "vitest";
import { isFreeTypeChange } from "./free-type-change.ts";

describe("a type change is free", () => {
  test.each([
    ["character varying(20)", "varchar(50)"],
    ["character varying(20)", "VARCHAR"],
    ["character varying(20)", "text"],
    ["text", "character varying"],
    ["numeric(10,2)", "numeric(12, 2)"],
    ["numeric(10,2)", "numeric"],
    ["bit varying(3)", "varbit(5)"],
    ["cidr", "inet"],
  ])("%s to %s", (from, to) => expect(isFreeTypeChange(from, to)).toBe(true));

  test.each([
    ["character varying(50)", "varchar(20)"],
    ["text", "varchar(20)"],
    ["character varying", "varchar(20)"],
    ["numeric(10,2)", "numeric(12,3)"],
    ["numeric(10,2)", "numeric(12)"],
    ["numeric", "numeric(10,2)"],
    ["integer", "bigint"],
    ["inet", "cidr"],
    ["character(3)", "character(5)"],
    ["text[]", "varchar[]"],
    ['"text"', "varchar"],
  ])("but not %s to %s", (from, to) => expect(isFreeTypeChange(from, to)).toBe(false));
});
