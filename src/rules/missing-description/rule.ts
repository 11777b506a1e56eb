// A migration whose first comment says nothing: status, history and the plan have no words for it.
import type { Rule } from "../contract.ts";

export const missingDescription: Rule = {
  name: "missing-description",
  summary: "a migration begins with a comment that says what it is for",
  severity: "info",
  isDefault: true,
  explainsEffect: false,
  bySize: false,
  check: ({ file, text, statements }) => {
    const isMigration = /(?:^|[\\/])\d{14}_[a-z0-9_]+\.sql$/.test(file);
    if (!isMigration || statements.length === 0 || hasDescription(text)) return [];
    return [
      {
        statement: null,
        message: "The migration does not begin with a comment that says what it is for.",
        plan: ["-- What changes for the people who use the data."],
      },
    ];
  },
};

/** A comment with words before the first statement that is no directive, or the directive `description`. */
function hasDescription(text: string): boolean {
  const head = /^\uFEFF?(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0] ?? "";
  return head
    .split(/\n|\*\//)
    .map((line) => line.trim().replace(/^(?:--+|\/?\*+)\s*/, ""))
    .some((line) => /\p{L}/u.test(line) && !/^shoofly:(?!\s*description\b)/.test(line));
}
