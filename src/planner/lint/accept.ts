// Lays the allows of a file over its findings: accepted ones carry the reason; expired and useless allows are findings themselves.
import type { Finding } from "../../core/finding.ts";
import { plannerAllows } from "./allow.ts";
import type { Allow } from "./allow.ts";

/** A finding with the statement it belongs to: the character index at which that begins; null for the whole file. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly statement: number | null;
}

/** A complaint about an allow. */
export interface AllowFinding {
  readonly rule: "unused-allow" | "expired-allow";
  readonly allow: Allow;
  readonly message: string;
  readonly plan: readonly string[];
}

/** @param today `YYYY-MM-DD` */
export function judgeAllows(
  findings: readonly PlacedFinding[],
  allows: readonly Allow[],
  today: string,
): { readonly findings: readonly Finding[]; readonly complaints: readonly AllowFinding[] } {
  const used = new Set<Allow>();
  const accepted = findings.map(({ finding, statement }) => {
    const fitting = allows.filter(
      (allow) => allow.rule === finding.rule && (allow.covers === "file" || allow.covers === statement),
    );
    for (const allow of fitting) used.add(allow);
    const valid = fitting.find((allow) => !isExpired(allow, today));
    return valid === undefined ? finding : { ...finding, suppressed: valid.reason };
  });
  const complaints = allows.flatMap((allow): AllowFinding[] => {
    if (plannerAllows.has(allow.rule)) return [];
    if (!used.has(allow)) {
      const where = allow.covers === "file" ? "in this file" : "at the statement it stands before";
      return [
        {
          rule: "unused-allow",
          allow,
          message: `There is no finding ${allow.rule} ${where}: the line hides nothing now, and would hide the next one.`,
          plan: ["remove the line"],
        },
      ];
    }
    if (!isExpired(allow, today)) return [];
    return [
      {
        rule: "expired-allow",
        allow,
        message: `The risk ${allow.rule} was accepted until ${allow.until ?? ""} (${allow.reason}); that day is over.`,
        plan: ["take the safe way, or accept the risk anew with a later day"],
      },
    ];
  });
  return { findings: accepted, complaints };
}

/** The day itself still counts. ISO days are in order as texts. */
function isExpired(allow: Allow, today: string): boolean {
  return allow.until !== null && allow.until < today;
}
