// complete, rollback and purge: shows the target and what is lost, has it confirmed, then runs.
import type { Plan } from "../core/plan.ts";
import { Journal } from "../engine/journal.ts";
import { openProject, type Project } from "../project/config.ts";
import { withConnection } from "../project/reading.ts";
import { changeOptions } from "../project/run-options.ts";
import { findEntry, readStatus } from "../project/status.ts";
import { targetName } from "../project/target.ts";
import { changeMigration, purgedWith, type ChangeOptions } from "../project/verbs.ts";
import type { StatusEntry } from "../documents/status.ts";
import { confirm } from "../terminal/confirm.ts";
import type { Answer, Call } from "./contract.ts";
import { runAnswer } from "./run-answer.ts";

interface Subject {
  readonly entry: StatusEntry;
  readonly plan: Plan | null;
  readonly serverVersion: string;
  /** Earlier migrations that a purge takes along. */
  readonly along: readonly string[];
}

async function subjectOf(project: Project, given: string, verb: ChangeOptions["verb"]): Promise<Subject> {
  return await withConnection(project, async (connection) => {
    const status = await readStatus(connection, project);
    const entry = findEntry(status, project, given);
    const journal = await Journal.openIfThere(connection);
    return {
      entry,
      plan: (await journal?.plan(entry.name)) ?? null,
      serverVersion: status.database.version,
      along: verb === "purge" ? await purgedWith(connection, entry.carriedBy) : [],
    };
  });
}

/** What will happen, in the words of the plan's steps. */
function effects(verb: ChangeOptions["verb"], { along, entry, plan }: Subject): readonly string[] {
  const steps = plan?.steps ?? [];
  if (verb === "purge") {
    const dropped = steps.filter((step) => step.phase === "purge").map((step) => `  lost: ${step.title}`);
    const earlier = along.map((name) => `  purged with it, because its retired shape hangs on this one: ${name}`);
    return [...earlier, ...dropped, "This cannot be taken back."];
  }
  if (verb === "complete") {
    return [
      entry.versions.new === null
        ? "The old columns are put out of sight: statements that still name them fail from now on. Rollback stays possible until purge."
        : `The version ${entry.versions.old} is closed: its clients are refused from now on. Rollback stays possible until purge.`,
    ];
  }
  const done = new Set(entry.steps.filter((step) => step.state === "done").map((step) => step.id));
  const losses = steps
    .filter((step) => done.has(step.id))
    .flatMap((step) => step.loss.map((loss) => `  may be lost: ${loss.what}`));
  return [
    `${done.size} finished step(s) are taken back. Data without a place in the old shape is counted first.`,
    ...losses,
  ];
}

export async function confirmedChange(verb: ChangeOptions["verb"], call: Call): Promise<Answer> {
  const { terminal, options, stop, cancel } = call;
  const project = openProject(options);
  const checked = changeOptions(call.name, verb, options);
  const subject = await subjectOf(project, call.name, verb);
  const name = subject.entry.carriedBy;
  const target = `${targetName(project.url())} (PostgreSQL ${subject.serverVersion})`;
  const confirmation = {
    lines: [`${verb} ${name} (${subject.entry.state}) on ${target}`, ...effects(verb, subject)],
    name,
    typed: call.name,
    confirm: options.confirm,
    mustTypeName: verb === "purge",
    command: `shoofly ${verb} ${name}`,
  };
  await confirm(terminal, confirmation, stop);
  return await runAnswer(
    { project, terminal, title: `${verb} ${name}` },
    async (emit) => await changeMigration(project, { ...checked, name }, { emit, stop, cancel }),
  );
}
