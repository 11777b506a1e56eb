// A migration as data → the SQL with directives that the planner reads, and which part of it came from which operation.
import { z } from "zod";
import { catalog } from "./catalog.ts";
import { statement } from "./expression.ts";
import type { RenderedStatement } from "./expression.ts";
import { withoutLineBreaks } from "./proof.ts";

/** Something wrong with the data, with the way to it: `["operations", 0, "add-column", "type"]`. */
export interface DataProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A stretch of the rendered text and the operation it stands for; null for the head. */
export interface RenderedPart {
  readonly start: number;
  readonly end: number;
  /** From 0. */
  readonly operation: number | null;
  readonly slug: string | null;
}

export interface RenderedMigration {
  readonly text: string;
  readonly parts: readonly RenderedPart[];
}

const operation = z.union(
  Object.entries(catalog).map(([slug, { input }]) => z.strictObject({ [slug]: input }).meta({ title: slug })),
);

/** The form of a migration in YAML or JSON. */
export const migrationDocument: z.ZodType = z.strictObject({
  description: z.string().min(1),
  operations: z.array(operation).min(1),
  checks: z.exactOptional(z.array(statement)),
});

const head = z.strictObject({
  description: z.string().regex(/^(?!\s*shoofly:)[^\n\r]*\S[^\n\r]*$/, "a description is one line"),
  operations: z.array(z.unknown()).min(1, "a migration has at least one operation"),
  checks: z.exactOptional(z.array(expressionOrQuery())),
});

/** A check is a query; a bare expression would be none. */
function expressionOrQuery(): z.ZodType<string> {
  return statement.and(z.string().regex(/^\s*(select|with|values|table)\b/i, "a check is a query"));
}

/** Checks the data and renders it; the problems are all that were found. */
export function renderMigration(
  data: unknown,
): { readonly migration: RenderedMigration } | { readonly problems: readonly DataProblem[] } {
  const plain = withoutSqlObjects(data, []);
  if ("problem" in plain) return { problems: [plain.problem] };
  const parsed = head.safeParse(plain.value);
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => problemOf([], issue)) };
  const problems: DataProblem[] = [];
  const { description, operations, checks = [] } = parsed.data;
  const rendered = operations.map((each, index) => {
    const path = ["operations", index];
    const [slug, ...more] = typeof each === "object" && each !== null ? Object.keys(each) : [];
    const known = slug === undefined || more.length > 0 || !Object.hasOwn(catalog, slug) ? undefined : catalog[slug];
    if (slug === undefined || known === undefined) {
      const names = Object.keys(catalog).join(", ");
      problems.push({ path, message: `an operation is an object with one key, its name: ${names}` });
      return { slug: "", statements: [] };
    }
    const result = known.render((each as Record<string, unknown>)[slug]);
    if ("issues" in result) {
      problems.push(...result.issues.map((issue) => problemOf([...path, slug], issue)));
      return { slug, statements: [] };
    }
    return { slug, statements: result.statements };
  });
  return problems.length > 0 ? { problems } : { migration: assemble(description, checks, rendered) };
}

function problemOf(prefix: readonly (string | number)[], issue: z.core.$ZodIssue): DataProblem {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
  const [key] = issue.code === "unrecognized_keys" ? issue.keys : [];
  const message = issue.message.endsWith("received undefined") ? "is missing" : issue.message;
  return key === undefined
    ? { path, message }
    : { path: [...path, key], message: `there is no field ${JSON.stringify(key)} here` };
}

function assemble(
  description: string,
  checks: readonly string[],
  operations: readonly { readonly slug: string; readonly statements: readonly RenderedStatement[] }[],
): RenderedMigration {
  let text = `-- ${description.trim()}\n${checks.map((check) => directiveText("check", check)).join("")}`;
  const parts: RenderedPart[] = [{ start: 0, end: text.length, operation: null, slug: null }];
  operations.forEach(({ slug, statements }, index) => {
    const start = text.length;
    for (const { directives, sql } of statements) {
      text += `\n${directives.map(({ name, value }) => directiveText(name, value)).join("")}${sql};\n`;
    }
    parts.push({ start, end: text.length, operation: index, slug });
  });
  return { text, parts };
}

/** One line; a literal that has line breaks of its own needs the other form of comment. */
function directiveText(name: string, value: string): string {
  const line = name === "allow" ? value : withoutLineBreaks(value);
  return line.includes("\n")
    ? `/* shoofly:${name} ${line} */\n`
    : `-- shoofly:${name}${line === "" ? "" : ` ${line}`}\n`;
}

/** Puts the text in the place of every expression that the `sql` tag made; a function is refused with its reason. */
function withoutSqlObjects(
  value: unknown,
  path: readonly (string | number)[],
): { readonly value: unknown } | { readonly problem: DataProblem } {
  if (typeof value === "function")
    return {
      problem: {
        path,
        message: "a function cannot run inside the database, and this version fills columns by SQL alone: write sql`…`",
      },
    };
  if (Array.isArray(value)) {
    const items = value.map((each, index) => withoutSqlObjects(each, [...path, index]));
    const bad = items.find((item) => "problem" in item);
    return bad ?? { value: items.flatMap((item) => ("value" in item ? [item.value] : [])) };
  }
  if (typeof value !== "object" || value === null) return { value };
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === "sql" && "sql" in value && typeof value.sql === "string")
    return { value: value.sql };
  const fields = Object.entries(value).map(([key, each]) => [key, withoutSqlObjects(each, [...path, key])] as const);
  const bad = fields.find(([, field]) => "problem" in field)?.[1];
  if (bad !== undefined) return bad;
  return {
    value: Object.fromEntries(
      fields.flatMap(([key, field]) => ("value" in field ? [[key, field.value] as const] : [])),
    ),
  };
}
