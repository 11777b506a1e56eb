// Every case of every operation is killed: a runner in a process of its own gets SIGKILL, another goes on, and schema and rows
// end as the naive SQL leaves them, or as they were. One seeded kill for each case and server; SHOOFLY_FULL=1: every verb at every
// named point of every step kind, and at random moments.
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { Verb } from "../../src/core/phase.ts";
import type { Plan } from "../../src/core/plan.ts";
import type { Random } from "../../src/demo/random.ts";
import { run, runChild } from "../engine/runs.ts";
import { caseOracle, contentOf, type CaseOracle } from "../support/case-oracle.ts";
import { casesOn } from "../support/cases.ts";
import { createDatabase, servers } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { randomFor, seed } from "../support/seed.ts";

const isFull = process.env["SHOOFLY_FULL"] === "1";
const minute = 60_000;

/** The verb that is killed, and what ran before it. */
interface Way {
  readonly before: readonly Verb[];
  readonly verb: Verb;
}

const ways: readonly Way[] = [
  { before: [], verb: "start" },
  { before: ["start"], verb: "complete" },
  { before: ["start"], verb: "rollback" },
  { before: ["start", "complete"], verb: "rollback" },
  { before: ["start", "complete"], verb: "purge" },
];

const stateAfter: Readonly<Record<Verb, string>> = {
  start: "ready",
  complete: "completed",
  rollback: "rolled-back",
  purge: "purged",
};

/** A named point as `SHOOFLY_CRASH_AT` takes it, or a share of the time that the verb takes. */
type Kill = { readonly at: string } | { readonly share: number };

interface Rehearsal {
  /** The first passage of every point, apart for every step. */
  readonly points: readonly string[];
  readonly elapsedMs: number;
}

/** What the verb passes, seen on a copy. */
async function rehearse(database: TestDatabase, { server, plan }: CaseOracle, verb: Verb): Promise<Rehearsal> {
  await using copy = await createDatabase(server, { template: database.name });
  const points = new Set<string>();
  const startedAt = Date.now();
  await run(copy.url, verb, plan, {
    crash: (point, step) => points.add(step === undefined ? point : `${point}@${step}`),
  });
  return { points: [...points], elapsedMs: Date.now() - startedAt };
}

/** Of the steps of one kind one each, for every point. */
function onePerKind(points: readonly string[], plan: Plan, random: Random): string[] {
  const groups = new Map<string, string[]>();
  for (const at of points) {
    const [point = "", id] = at.split("@");
    const kind = plan.steps.find((step) => step.id === id)?.kind ?? "";
    groups.set(`${point} ${kind}`, [...(groups.get(`${point} ${kind}`) ?? []), at]);
  }
  return [...groups.values()].map((group) => random.pick(group));
}

/** Runs the verb in another process, kills it, and lets this process go on. */
async function killed(
  database: TestDatabase,
  oracle: CaseOracle,
  verb: Verb,
  kill: Kill,
  elapsedMs: number,
): Promise<void> {
  const child = runChild(database.url, verb, oracle.plan, "at" in kill ? { crashAt: kill.at } : {});
  if ("share" in kill) {
    const isBegun = async (): Promise<void> => {
      while (child.events.length === 0 && child.process.exitCode === null) await sleep(5);
    };
    await Promise.race([child.ended, isBegun().then(async () => await sleep(kill.share * elapsedMs))]);
    child.process.kill("SIGKILL");
  }
  const { signal, result } = await child.ended;
  if ("at" in kill)
    expect(signal, `a point that was passed on the copy is passed again: ${JSON.stringify(result)}`).toBe("SIGKILL");
  expect((await run(database.url, verb, oracle.plan)).state).toBe(stateAfter[verb]);
}

/** From the state after the killed verb to an end that can be compared. */
async function expectEnd(database: TestDatabase, oracle: CaseOracle, verb: Verb, random: Random): Promise<void> {
  const { plan, original } = oracle;
  const goesBack = verb === "rollback" || (verb !== "purge" && oracle.isReversible && random.chance(0.5));
  const rest: Verb[] = goesBack ? ["rollback"] : verb === "start" ? ["complete", "purge"] : ["purge"];
  for (const next of rest) expect((await run(database.url, next, plan)).state).toBe(stateAfter[next]);
  if (goesBack) expect(await contentOf(database)).toEqual(original);
  else await oracle.expectWanted(database);
}

async function live(
  oracle: CaseOracle,
  way: Way,
  choose: (rehearsal: Rehearsal) => readonly Kill[],
  random: Random,
): Promise<void> {
  await using before = await createDatabase(oracle.server, { template: oracle.template.name });
  for (const verb of way.before) await run(before.url, verb, oracle.plan);
  const rehearsal = await rehearse(before, oracle, way.verb);
  for (const kill of choose(rehearsal)) {
    const words = `seed ${seed}: ${[...way.before, way.verb].join(", ")} killed ${"at" in kill ? `at ${kill.at}` : `after ${Math.round(kill.share * 100)} %`}`;
    try {
      await using database = await createDatabase(oracle.server, { template: before.name });
      await killed(database, oracle, way.verb, kill, rehearsal.elapsedMs);
      await expectEnd(database, oracle, way.verb, random);
    } catch (error) {
      if (error instanceof Error) error.message = `${words}: ${error.message}`;
      throw error;
    }
  }
}

for (const server of servers) {
  for (const each of casesOn(server)) {
    describe(`${each.name} killed on ${server.name} (seed ${seed})`, () => {
      const random = randomFor(`${each.name} ${server.name}`);
      let oracle: CaseOracle;
      beforeAll(async () => {
        oracle = await caseOracle(server, each);
        return async () => await oracle[Symbol.asyncDispose]();
      });
      const possible = (): readonly Way[] => ways.filter(({ verb }) => verb !== "rollback" || oracle.isReversible);

      test.skipIf(isFull)("once", async () => {
        const share = random.next();
        const isNamed = random.chance(0.7);
        const choose = ({ points }: Rehearsal): readonly Kill[] => [isNamed ? { at: random.pick(points) } : { share }];
        await live(oracle, random.pick(possible()), choose, random);
      });

      test.runIf(isFull)("in every verb at every point", { timeout: 30 * minute }, async () => {
        for (const way of possible()) {
          const choose = ({ points }: Rehearsal): readonly Kill[] => [
            ...onePerKind(points, oracle.plan, random).map((at) => ({ at })),
            ...[random.next(), random.next()].map((share) => ({ share })),
          ];
          await live(oracle, way, choose, random);
        }
      });
    });
  }
}
