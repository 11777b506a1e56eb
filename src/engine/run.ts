// The runner: one loop for all verbs. Take the lease, read the journal, find the next step, probe it if it was running, run it,
// record it, say so. It knows nothing about what the steps change.
import { MigrationError } from "../core/error.ts";
import type { Plan } from "../core/plan.ts";
import type { MigrationRecord } from "../core/record.ts";
import type { MigrationState } from "../core/state.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import { readStructure } from "../dialects/postgres/structure.ts";
import { admit } from "./admission.ts";
import { explain, storedError } from "./failure.ts";
import { runForward } from "./forward.ts";
import { runRollback } from "./rollback.ts";
import type { RunOptions } from "./run-options.ts";
import { Session, isConnectionLoss } from "./session.ts";
import { StepRunner } from "./step-runner.ts";

/** Reconnecting to a server that breaks again without any progress has to end somewhere. */
const setbacksMax = 8;

/** Runs a verb to its end, or throws a MigrationError that is also stored in the journal. */
export async function runVerb(options: RunOptions): Promise<MigrationRecord> {
  const session = await openSession(options);
  try {
    return await new Run(session, options).run();
  } finally {
    await session.close();
  }
}

async function openSession(options: RunOptions): Promise<Session> {
  try {
    return await Session.open({ ...options, reconnectMs: options.reconnectMs ?? 60_000 });
  } catch (error) {
    throw explain(error, { migration: options.migration, verb: options.verb, step: null, isUnderWay: false });
  }
}

class Run {
  readonly #session: Session;
  readonly #options: RunOptions;
  #runner: StepRunner | null = null;

  constructor(session: Session, options: RunOptions) {
    this.#session = session;
    this.#options = options;
  }

  async run(): Promise<MigrationRecord> {
    let setbacks = 0;
    let lastProgress = -1;
    for (;;) {
      try {
        return await this.#attempt();
      } catch (error) {
        const progress = this.#runner?.progress ?? 0;
        setbacks = progress > lastProgress ? 1 : setbacks + 1;
        lastProgress = progress;
        if (!this.#isLoss(error) || setbacks > setbacksMax) throw await this.#fail(error);
        await this.#session.restore(error).catch(async (second: unknown) => {
          throw await this.#fail(isConnectionLoss(second) || (error as DatabaseError).atCommit ? error : second);
        });
      }
    }
  }

  #isLoss(error: unknown): boolean {
    return isConnectionLoss(error) || (error instanceof DatabaseError && this.#session.connection.lost);
  }

  /** From reading the journal to the end of the verb. Called again after a lost connection. */
  async #attempt(): Promise<MigrationRecord> {
    const { verb, migration, to } = this.#options;
    const { journal } = this.#session;
    const all = await journal.migrations();
    const record = all.find((each) => each.name === migration) ?? null;
    const interruptedTarget = await journal.rollbackTarget(migration);
    const admission =
      this.#runner !== null ? "resume" : admit({ verb, migration, to: to ?? null, interruptedTarget }, record, all);
    if (admission === "nothing" && record !== null) return record;
    const runner = await this.#prepare(record);
    await (verb === "rollback"
      ? runRollback(runner, { to: to ?? "rolled-back", archive: this.#options.archive ?? false })
      : runForward(runner, { verb, until: this.#options.until ?? null }));
    return await runner.record();
  }

  /** The stored plan, or a new one where the verb is `start` and nothing was begun. */
  async #prepare(record: MigrationRecord | null): Promise<StepRunner> {
    const { verb, migration } = this.#options;
    const { journal } = this.#session;
    const isNew = verb === "start" && (record === null || record.state === "pending" || record.state === "rolled-back");
    const stored = isNew ? null : await journal.plan(migration);
    if (!isNew && stored === null) throw new Error(`the journal has no plan for ${migration}`);
    const plan = stored ?? (await this.#plan());
    await this.#session.adopt(plan);
    if (isNew) await this.#begin(plan, record?.state ?? "pending");
    this.#runner ??= new StepRunner(this.#session, plan, this.#options);
    return this.#runner;
  }

  async #plan(): Promise<Plan> {
    const { makePlan, migration } = this.#options;
    if (makePlan === undefined) {
      throw new MigrationError("wrong-state", {
        happened: `${migration} was never started.`,
        safeNext: [`shoofly start ${migration}`],
      });
    }
    return await makePlan(this.#session.connection);
  }

  async #begin(plan: Plan, from: MigrationState): Promise<void> {
    const { by, crash, emit } = this.#options;
    await noteRestorePoint(this.#session.connection, plan.migration);
    await this.#session.fenced(async () => {
      const structure = await readStructure(this.#session.connection, plan.tables);
      await this.#session.journal.recordPlan(plan, { by, structure });
    });
    emit({ type: "state.changed", from, to: "expanding" });
    crash("journal:after-plan");
  }

  /** Stores the failure where the journal can be reached, and gives it back as the error to throw. */
  async #fail(error: unknown): Promise<MigrationError> {
    const { verb, migration, by } = this.#options;
    const runner = this.#runner;
    const canceled = this.#session.isCanceled && error instanceof DatabaseError && error.kind === "canceled";
    const failure = explain(canceled ? this.#session.interrupted() : error, {
      migration,
      verb,
      step: runner?.current ?? null,
      isUnderWay: runner !== null && runner.isUnderWay,
    });
    if (runner === null) return failure;
    await runner.noteFailure(failure, storedError(failure), by).catch(() => undefined);
    return failure;
  }
}

/**
 * A name in the WAL to which a point-in-time recovery can go; only where the role and the server allow it (manual §9.28.3).
 * Asked first in a statement of its own: the server checks the right to execute even where a CASE would not come to the call.
 */
async function noteRestorePoint(connection: Connection, migration: string): Promise<void> {
  const [answer] = await connection.query<{ may: boolean }>(
    `select pg_catalog.has_function_privilege('pg_catalog.pg_create_restore_point(text)', 'execute')
       and current_setting('wal_level') <> 'minimal' as may`,
  );
  if (answer?.may !== true) return;
  await connection.query("select pg_catalog.pg_create_restore_point(left($1, 63))", [`shoofly ${migration}`]);
}
