// Whether an expression has to be computed once for every row: it calls something volatile.
import type { Node } from "libpg-query";
import { fieldNames, visit } from "../expression.ts";
import { resolve } from "./catalog-model.ts";
import type { Catalog, Volatility } from "./catalog-model.ts";
import { steadyFunctions, volatileFunctions } from "./builtin-functions.ts";

/**
 * The volatility of an expression of the author: that of the most volatile function it calls. Functions that nobody described
 * and that are not the server's own are assumed to be volatile.
 */
export function volatilityOf(expression: Node, catalog: Catalog): Volatility {
  let isVolatile = false;
  visit([expression], (kind, value) => {
    if (kind === "NextValueExpr" || kind === "SubLink") isVolatile = true;
    if (kind === "FuncCall" && functionVolatility(fieldNames(value["funcname"]), catalog) === "volatile")
      isVolatile = true;
  });
  return isVolatile ? "volatile" : "stable";
}

function functionVolatility(parts: readonly string[], catalog: Catalog): Volatility {
  const name = parts.at(-1) ?? "";
  const isQualified = parts.length > 1;
  const own = ownFunction(parts, catalog);
  if (own !== null && (isQualified ? parts[0] !== "pg_catalog" : !isBuiltin(name))) return own;
  if (isQualified && parts[0] !== "pg_catalog") return "volatile";
  if (volatileFunctions.has(name)) return "volatile";
  return isBuiltin(name) ? "stable" : "volatile";
}

function ownFunction(parts: readonly string[], catalog: Catalog): Volatility | null {
  const name = parts.at(-1) ?? "";
  const keys =
    parts.length > 1
      ? [parts.join(".")]
      : [...catalog.searchPath.map((schema) => `${schema}.${name}`), resolve(catalog, parts)];
  return keys.map((key) => catalog.functions[key]?.volatility).find((found) => found !== undefined) ?? null;
}

function isBuiltin(name: string): boolean {
  return volatileFunctions.has(name) || steadyFunctions.has(name);
}
