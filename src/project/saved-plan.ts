// Plans on disk: `plan` writes one, `start --plan` runs exactly that one or refuses it.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MigrationError } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import { planDocument } from "../documents/plan.ts";
import { shownPath } from "../files/discover.ts";

/** `.shoofly/plans/<name>.json` in the working directory. */
function defaultPlanPath(name: string): string {
  return join(".shoofly", "plans", `${name}.json`);
}

/** Writes a file whole or not at all. @returns the path as shown */
export function writeWhole(path: string, content: string): string {
  const absolute = resolve(path);
  const partial = `${absolute}.${process.pid}.partial`;
  try {
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(partial, content);
    renameSync(partial, absolute);
  } catch (error) {
    throw new MigrationError("usage", {
      happened: `${shownPath(absolute)} cannot be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}.`,
      safeNext: ["choose another place, or make this one writable"],
      cause: error,
    });
  }
  return shownPath(absolute);
}

export function savePlan(plan: Plan, path: string | undefined): string {
  return writeWhole(path ?? defaultPlanPath(plan.migration), `${JSON.stringify(plan, null, 2)}\n`);
}

/** @throws MigrationError `usage` when the file is no plan of this migration */
export function loadPlan(path: string, name: string): Plan {
  const file = shownPath(resolve(path));
  const refuse = (happened: string): never => {
    throw new MigrationError("usage", {
      happened: `${file}: ${happened}`,
      safeNext: [`shoofly plan ${name} -o ${file}`],
      details: { file },
    });
  };
  let json: unknown = null;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    refuse(error instanceof SyntaxError ? "not valid JSON." : "cannot be read.");
  }
  const parsed = planDocument.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`not a plan of shoofly: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}.`);
  }
  if (parsed.data.migration !== name) return refuse(`the plan of ${parsed.data.migration}, not of ${name}.`);
  return parsed.data;
}

/** @param fresh planned now, under the lease */
export function assertFresh(saved: Plan, fresh: Plan, path: string): void {
  if (saved.fingerprint === fresh.fingerprint) return;
  const file = shownPath(resolve(path));
  throw new MigrationError("plan-stale", {
    happened:
      `${file} was made for another state: its fingerprint is ${saved.fingerprint.slice(7, 19)}, that of database and files now is ` +
      `${fresh.fingerprint.slice(7, 19)}. A touched table, a migration file or shoofly's major version has changed since.`,
    safeNext: [
      `shoofly plan ${saved.migration} -o ${file}   (then read it again)`,
      `shoofly start ${saved.migration} --plan ${file}`,
    ],
    doNot: "Do not edit the fingerprint in the file.",
    details: { file, saved: saved.fingerprint, now: fresh.fingerprint },
  });
}
