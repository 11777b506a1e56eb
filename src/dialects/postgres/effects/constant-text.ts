// The value of a text expression that is made of constants only: literals, ||, format() and quote_ident().
import type { Node } from "libpg-query";
import { quoteIdentifier, quoteLiteral } from "../../../sql/identifier.ts";
import { fieldNames } from "../expression.ts";

/** Null when the text depends on anything else. */
export function textOfConstant(node: Node): string | null {
  if ("A_Const" in node) {
    if (node.A_Const.sval !== undefined) return node.A_Const.sval.sval ?? "";
    return node.A_Const.ival === undefined ? null : String(node.A_Const.ival.ival ?? 0);
  }
  if ("TypeCast" in node) return node.TypeCast.arg === undefined ? null : textOfConstant(node.TypeCast.arg);
  if ("A_Expr" in node && fieldNames(node.A_Expr.name).at(-1) === "||") {
    const { lexpr, rexpr } = node.A_Expr;
    const left = lexpr === undefined ? null : textOfConstant(lexpr);
    const right = rexpr === undefined ? null : textOfConstant(rexpr);
    return left === null || right === null ? null : left + right;
  }
  if (!("FuncCall" in node)) return null;
  const args = (node.FuncCall.args ?? []).map(textOfConstant);
  if (args.some((each) => each === null)) return null;
  const values = args.filter((each) => each !== null);
  const [first = ""] = values;
  const name: string = fieldNames(node.FuncCall.funcname).at(-1) ?? "";
  switch (name) {
    case "format":
      return formatted(first, values.slice(1));
    case "quote_ident":
      return quoteIdentifier(first);
    case "quote_literal":
      return quoteLiteral(first);
    case "concat":
      return values.join("");
    default:
      return null;
  }
}

/** format() with plain %s, %I and %L; null for widths and positions. */
function formatted(pattern: string, values: readonly string[]): string | null {
  let at = 0;
  let isPlain = true;
  const text = pattern.replace(/%(.)/g, (_whole, kind: string) => {
    if (kind === "%") return "%";
    const value = values[at++];
    if (value === undefined || !["s", "I", "L"].includes(kind)) isPlain = false;
    if (kind === "I") return quoteIdentifier(value ?? "");
    return kind === "L" ? quoteLiteral(value ?? "") : (value ?? "");
  });
  return isPlain && !pattern.endsWith("%") ? text : null;
}
