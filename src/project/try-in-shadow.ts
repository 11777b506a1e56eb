// Tries a plan in a shadow server when that was asked for, and says in the plan what could not be proven.
import { dirname } from "node:path";
import { MigrationError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import type { Plan } from "../core/plan.ts";
import { readCatalog } from "../dialects/postgres/catalog/read.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { parseFile } from "../dialects/postgres/parse.ts";
import type { Project } from "./config.ts";

interface Tried {
  readonly project: Project;
  readonly plan: Plan;
  readonly files: readonly { readonly file: string; readonly text: string }[];
  readonly major: number;
}

/**
 * The plan with observed locks; the same plan when no shadow was asked for.
 * @throws MigrationError `plan-unproven`
 */
export async function tryInShadow(connection: Connection, { project, plan, files, major }: Tried): Promise<Plan> {
  const wanted = project.shadow ?? "off";
  if (wanted === "off") return plan;
  const { Shadow } = await import("../shadow/shadow.ts");
  const { tryPlan } = await import("../shadow/try-plan.ts");
  const directories = [process.cwd(), project.configFile === null ? null : dirname(project.configFile)];
  const opened = await Shadow.open({
    major,
    directories: directories.filter((directory) => directory !== null),
    ...(wanted === "auto" ? {} : { url: wanted }),
  }).catch((error: unknown) => noShadow(error));
  if (opened.shadow === null)
    return withFinding(plan, files, `Locks are predicted and not observed: ${opened.reason}.`);
  await using shadow = opened.shadow;
  const written = files.flatMap(({ file, text }) => parseFile(file, text).map((statement) => statement.text));
  const trial = await tryPlan(shadow, await readCatalog(connection), plan, written);
  const gaps = [
    ...trial.unproven.map(({ place, reason }) => `${place}: ${reason}`),
    ...(trial.uncompared === null ? [] : [trial.uncompared]),
  ];
  if (gaps.length === 0) return trial.plan;
  const more = gaps.length > shownMax ? ` and ${gaps.length - shownMax} more` : "";
  return withFinding(
    trial.plan,
    files,
    `Not everything was proven in the shadow server. ${gaps.slice(0, shownMax).join("; ")}${more}.`,
  );
}

const shownMax = 5;

function noShadow(cause: unknown): never {
  throw new MigrationError("connection-failed", {
    happened: `The shadow server cannot be used: ${(cause as Error).message}`,
    safeNext: ["--shadow off   (plans without the trial)"],
    cause,
  });
}

function withFinding(plan: Plan, files: Tried["files"], message: string): Plan {
  const finding: Finding = {
    rule: "unproven",
    severity: "warning",
    file: files[0]?.file ?? "",
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    message,
    lock: null,
    blocks: "none",
    rewrite: false,
    scan: false,
    heavy: false,
    plan: [],
    suppressed: null,
  };
  return { ...plan, hazards: [...plan.hazards, finding] };
}
