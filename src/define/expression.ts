// What every operation in its data form is made of: names, types, expressions, directives.
import { z } from "zod";
import { problemOfExpression, problemOfStatement, problemOfType } from "./proof.ts";

function proven(problemOf: (value: string) => string | null): (context: z.core.ParsePayload<string>) => void {
  return (context) => {
    const problem = problemOf(context.value);
    if (problem !== null) context.issues.push({ code: "custom", message: problem, input: context.value });
  };
}

/** An SQL expression, as text. */
export const expression: z.ZodType<string> = z
  .string()
  .min(1)
  .check(proven(problemOfExpression))
  .meta({ description: "An SQL expression" });
/** One SQL statement. */
export const statement: z.ZodType<string> = z
  .string()
  .min(1)
  .check(proven(problemOfStatement))
  .meta({ description: "One SQL statement, without a semicolon" });
export const type: z.ZodType<string> = z
  .string()
  .min(1)
  .check(proven(problemOfType))
  .meta({ description: "A type as in SQL, e.g. numeric(10,2)" });
/** A name as it is in the database: not quoted, capitals count. */
export const name: z.ZodType<string, string> = z
  .string()
  .min(1)
  .max(63)
  .meta({ description: "A name as it is in the database, without quotes" });
export const names: z.ZodType<readonly string[]> = z.array(name).min(1).readonly();

/** A directive of shoofly before a statement. */
export interface Directive {
  readonly name: "up" | "down" | "undo" | "as" | "enforce" | "allow" | "raw";
  readonly value: string;
}

/** One statement as the planner reads it, with its directives. */
export interface RenderedStatement {
  readonly directives: readonly Directive[];
  readonly sql: string;
}

/** An accepted risk, with the reason that goes into the plan. */
export interface Allow {
  readonly rule: string;
  readonly reason: string;
}

export const allow: z.ZodType<readonly Allow[]> = z
  .array(
    z.strictObject({
      rule: z.string().regex(/^[a-z-]+$/, "a rule is written in lower case letters and hyphens"),
      reason: z.string().regex(/^[^"\n]+$/, "a reason is one line without quotes"),
    }),
  )
  .readonly();

/** One operation of a migration: the schema of its input and the naive SQL that the input stands for. */
export interface Definition<T> {
  readonly input: z.ZodType<T>;
  readonly render: (input: T) => readonly RenderedStatement[];
}

/** Directives in the order given; what is undefined is left out. */
export function directives(
  given: Partial<Record<Exclude<Directive["name"], "allow">, string | undefined>>,
): Directive[] {
  return (["up", "down", "undo", "as", "enforce", "raw"] as const).flatMap((key) => {
    const value = given[key];
    return value === undefined ? [] : [{ name: key, value }];
  });
}

export function allowed(list: readonly Allow[] | undefined): Directive[] {
  return (list ?? []).map(({ rule, reason }) => ({ name: "allow", value: `${rule} reason="${reason}"` }));
}
