// `-- shoofly:allow RULE reason="…" [until=YYYY-MM-DD]`: read from the comments between statements, and laid over the findings.
import { directiveNames } from "../../dialects/postgres/parse.ts";

export interface Allow {
  readonly rule: string;
  readonly reason: string;
  /** The last day on which it counts; null: for good. */
  readonly until: string | null;
  /** Character range in the file. */
  readonly start: number;
  readonly end: number;
  /** The statements it covers: the one that begins here, or the whole file. */
  readonly covers: number | "file";
}

export interface Complaint {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

interface Comment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Names after `allow` that the planner asks for itself; they are no rules of lint. */
export const plannerAllows: ReadonlySet<string> = new Set(["lossy-down", "irreversible"]);

/**
 * The allows in the gap before a statement, and what is wrong with its directives.
 * An allow in a block of comments that a blank line parts from the first statement covers the whole file.
 * @param gap character range between two statements: blanks and comments only
 */
export function readAllows(
  text: string,
  gap: { readonly start: number; readonly end: number },
  isFirst: boolean,
): { readonly allows: readonly Allow[]; readonly complaints: readonly Complaint[] } {
  const allows: Allow[] = [];
  const complaints: Complaint[] = [];
  // Most gaps are a line end; long ones are searched once, and never beyond their end.
  if (gap.end - gap.start < "--shoofly:".length || !text.slice(gap.start, gap.end).includes("shoofly:"))
    return { allows, complaints };
  for (const comment of commentsIn(text, gap)) {
    const match = /^(?:--|\/\*)\s*shoofly:\s*([A-Za-z-]*)/.exec(comment.text);
    if (match === null) continue;
    const [head, name = ""] = match;
    const place = { start: comment.start, end: comment.end };
    if (!directiveNames.some((known) => known === name)) {
      complaints.push({
        ...place,
        message: `There is no directive ${JSON.stringify(name)}. Known: ${directiveNames.join(", ")}.`,
      });
      continue;
    }
    if (name !== "allow") continue;
    const read = readAllow(comment.text.slice(head.length).replace(/\*\/$/, "").trim());
    if (typeof read === "string") complaints.push({ ...place, message: read });
    else {
      const isApart = isFirst && /\n[ \t\r]*\n/.test(text.slice(comment.end, gap.end));
      allows.push({ ...read, ...place, covers: isApart ? "file" : gap.end });
    }
  }
  return { allows, complaints };
}

function readAllow(value: string): Pick<Allow, "rule" | "reason" | "until"> | string {
  const rule = /^\S+/.exec(value)?.[0] ?? "";
  const reason = /\breason="([^"]+)"/.exec(value)?.[1] ?? "";
  const until = /\buntil=(\S+)/.exec(value)?.[1] ?? null;
  if (rule === "" || rule.includes("=")) return `allow needs a rule: -- shoofly:allow RULE reason="…"`;
  if (reason.trim() === "") return `allow ${rule} needs a reason: -- shoofly:allow ${rule} reason="…"`;
  if (until !== null && !isDay(until)) return `until=${until} is no day: write until=YYYY-MM-DD.`;
  return { rule, reason, until };
}

function isDay(text: string): boolean {
  const parsed = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(text);
}

/** The comments of a text that holds nothing else but blanks and semicolons; block comments nest. */
function commentsIn(text: string, gap: { readonly start: number; readonly end: number }): Comment[] {
  const comments: Comment[] = [];
  let at = gap.start;
  while (at < gap.end) {
    const two = text.slice(at, at + 2);
    const end = two === "--" ? lineEnd(text, at) : two === "/*" ? blockEnd(text, at) : at + 1;
    if (two === "--" || two === "/*") comments.push({ start: at, end, text: text.slice(at, end) });
    at = end;
  }
  return comments;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  if (end === -1) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

function blockEnd(text: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}
