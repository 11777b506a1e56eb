// The failure screen: always the same blocks, so that at 3 a.m. the eye knows where to look.
import { errorCodes, MigrationError, type ErrorCode } from "../core/error.ts";
import type { StoredError } from "../core/record.ts";
import type { Style } from "./style.ts";
import { hang } from "./wrap.ts";

/** Columns of the label, e.g. `  What happened   `. */
const labelWidth = 18;

/** `file:line:column`, as editors and terminals make it a link. */
function placeOf(details: StoredError["details"]): string | null {
  const { file, line, column } = details;
  if (typeof file !== "string" || typeof line !== "number") return null;
  return [file, line, ...(typeof column === "number" ? [column] : [])].join(":");
}

export function failureText(error: StoredError, style: Style, width: number): string {
  const meaning = errorCodes[error.code as ErrorCode]?.meaning ?? "";
  const block = (label: string, text: string): string =>
    `  ${style.paint("strong", label.padEnd(labelWidth - 2))}${hang(text, labelWidth, width)}`;
  const place = placeOf(error.details);
  const happened = place !== null && !error.happened.includes(place) ? `${place}: ${error.happened}` : error.happened;
  const next = error.safeNext.length === 0 ? ["shoofly status"] : error.safeNext;
  const more = [
    ...(error.sqlstate === null ? [] : [`SQLSTATE ${error.sqlstate}`]),
    `outcome ${error.outcome}`,
    "shoofly status · shoofly doctor",
  ].join(" · ");
  const lines = [
    `${style.paint("bad", "✗")} ${style.paint("strong", error.code)}  ${meaning}`,
    block("What happened", happened),
    block("Database now", error.databaseNow),
    block("Application", error.application),
    block("Safe next", next.join("\n")),
    block("Do not", error.doNot),
    block("More", more),
  ];
  return style.symbols(`${lines.join("\n")}\n`);
}

/** Whatever was thrown, as a failure: anything but a MigrationError is a fault in shoofly itself. */
export function asMigrationError(thrown: unknown): MigrationError {
  if (thrown instanceof MigrationError) return thrown;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new MigrationError("internal-error", {
    happened: `shoofly met something it did not expect. ${message}`,
    safeNext: ["shoofly status", "run it again with --debug and report what it prints"],
    cause: thrown,
  });
}
