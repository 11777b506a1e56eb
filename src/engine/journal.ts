// The journal: what the database itself remembers of every migration. The only state that outlives a process.
import { strict as assert } from "node:assert";
import { MigrationError } from "../core/error.ts";
import type { Progress } from "../core/event.ts";
import type { Phase } from "../core/phase.ts";
import type { Plan } from "../core/plan.ts";
import type { MigrationRecord, StoredError } from "../core/record.ts";
import { migrationTransitions, stepTransitions, type MigrationState, type StepState } from "../core/state.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { hashStructure, type Structure } from "../dialects/postgres/structure.ts";
import { checkVersion, installJournal, journalVersion } from "./journal-schema.ts";
import { migrationsSql, recordOf, type MigrationRow } from "./journal-records.ts";

/** A file that a baseline marks as applied. */
export interface BaselineFile {
  readonly name: string;
  readonly file: string;
  readonly checksum: string;
}

export interface Baseline {
  /** The last file that was already applied; null when the database is taken as it is, without files. */
  readonly name: string | null;
  readonly at: string;
}

export interface JournalEvent {
  readonly at: string;
  readonly migration: string | null;
  readonly by: string;
  readonly what: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What the runner needs of one step. */
export interface JournalStep {
  readonly id: string;
  readonly state: StepState;
  readonly attempts: number;
}

/** A request to the runner and what came of it. */
export interface ControlRequest {
  readonly id: string;
  readonly migration: string;
  readonly verb: string;
  readonly by: string;
  readonly reason: string | null;
  readonly at: string;
  readonly ackedAt: string | null;
  readonly result: string | null;
}

export class Journal {
  readonly connection: Connection;

  private constructor(connection: Connection) {
    this.connection = connection;
  }

  /** On a connection to a database whose journal has been checked already. */
  static on(connection: Connection): Journal {
    return new Journal(connection);
  }

  /** Makes or upgrades the schema `shoofly`. Idempotent; several processes may call it at once. */
  static async install(connection: Connection): Promise<Journal> {
    await installJournal(connection);
    return new Journal(connection);
  }

  /** @throws MigrationError `journal-missing`, `journal-newer` */
  static async open(connection: Connection): Promise<Journal> {
    const journal = await Journal.openIfThere(connection);
    if (journal !== null) return journal;
    throw new MigrationError("journal-missing", {
      happened: "This database has no shoofly journal yet.",
      safeNext: ["shoofly init"],
    });
  }

  /** For commands that only read: null without a journal. */
  static async openIfThere(connection: Connection): Promise<Journal | null> {
    const version = await journalVersion(connection);
    if (version === null) return null;
    checkVersion(version);
    return new Journal(connection);
  }

  /** Every file that was started or baselined, in the order of their start. */
  async migrations(): Promise<MigrationRecord[]> {
    const rows = await this.connection.query<MigrationRow>(migrationsSql, [null]);
    return rows.map(recordOf);
  }

  async migration(name: string): Promise<MigrationRecord | null> {
    const [row] = await this.connection.query<MigrationRow>(migrationsSql, [name]);
    return row === undefined ? null : recordOf(row);
  }

  /** The stored plan that carries this file. */
  async plan(name: string): Promise<Plan | null> {
    const [row] = await this.connection.query<{ plan: Plan | null }>(
      "select c.plan from shoofly.migrations m join shoofly.migrations c on c.name = m.carried_by where m.name = $1",
      [name],
    );
    return row?.plan ?? null;
  }

  async baseline(): Promise<Baseline | null> {
    const [row] = await this.connection.query<Baseline & { at: string | null }>(
      "select baseline_name as name, to_json(baseline_at)#>>'{}' as at from shoofly.meta",
    );
    return row === undefined || row.at === null ? null : row;
  }

  /** Takes the database as it is: files up to `name` count as applied. A second baseline replaces nothing that was started. */
  async recordBaseline(name: string | null, files: readonly BaselineFile[], by = "unknown"): Promise<void> {
    await this.inTransaction(async () => {
      for (const file of files) {
        await this.connection.affected(
          `insert into shoofly.migrations (name, file, checksum, target_schema, state, versions, carried_by, tables, baseline)
           values ($1, $2, $3, coalesce(current_schema(), 'public'), 'purged',
             jsonb_build_object('old', current_schema(), 'new', current_schema()), $1, '{}', true)
           on conflict (name) do update set checksum = excluded.checksum, file = excluded.file where shoofly.migrations.baseline`,
          [file.name, file.file, file.checksum],
        );
      }
      await this.connection.query("update shoofly.meta set baseline_at = clock_timestamp(), baseline_name = $1", [
        name,
      ]);
      await this.appendEvent(null, by, "baseline recorded", { name, files: files.length });
    });
  }

  /** Writes the plan with all its members as `expanding`. Runs in the caller's transaction. */
  async recordPlan(plan: Plan, { by, structure }: { by: string; structure: Structure }): Promise<void> {
    assert(plan.members.some((member) => member.name === plan.migration));
    await this.connection.query(
      "delete from shoofly.migrations where carried_by = $1 and name <> all ($2::text[]) and state = 'rolled-back'",
      [plan.migration, plan.members.map((member) => member.name)],
    );
    for (const member of plan.members) await this.#recordMember(plan, member, by);
    await this.connection.query("delete from shoofly.steps where migration = $1", [plan.migration]);
    await this.connection.query("delete from shoofly.quarantine where migration = $1", [plan.migration]);
    await this.connection.query("delete from shoofly.conflicts where migration = $1", [plan.migration]);
    await this.connection.query(
      `insert into shoofly.steps (migration, id, ordinal, phase, title)
       select $1, s.id, s.ordinal, s.phase, s.title
       from jsonb_to_recordset($2::jsonb) as s (id text, ordinal int, phase text, title text)`,
      [
        plan.migration,
        JSON.stringify(plan.steps.map(({ id, phase, title }, ordinal) => ({ id, ordinal, phase, title }))),
      ],
    );
    await this.noteStructure(structure);
    await this.appendEvent(plan.migration, by, "plan recorded", {
      fingerprint: plan.fingerprint,
      members: plan.members.map((member) => member.name),
    });
  }

  async #recordMember(plan: Plan, member: Plan["members"][number], by: string): Promise<void> {
    const isCarrier = member.name === plan.migration;
    const written = await this.connection.affected(
      `insert into shoofly.migrations (name, file, checksum, target_schema, state, plan, versions, carried_by, tables, position, started_at, started_by)
       values ($1, $2, $3, $4, 'expanding', $5::jsonb, $6::jsonb, $7, $8, pg_catalog.pg_current_wal_lsn(), clock_timestamp(), $9)
       on conflict (name) do update set (file, checksum, target_schema, state, plan, versions, carried_by, tables, position, started_at,
           started_by, phase, waiting_for, error, progress, mismatched, rollback_to, changed_at)
         = (excluded.file, excluded.checksum, excluded.target_schema, excluded.state, excluded.plan, excluded.versions, excluded.carried_by,
            excluded.tables, excluded.position, excluded.started_at, excluded.started_by, null, null, null, null, 0, null, clock_timestamp())
         where shoofly.migrations.state in ('pending', 'rolled-back')`,
      [
        member.name,
        member.file,
        member.checksum,
        plan.targetSchema,
        isCarrier ? JSON.stringify(plan) : null,
        JSON.stringify(plan.versions),
        plan.migration,
        plan.tables,
        by,
      ],
    );
    assert.equal(written, 1, `the journal holds ${member.name} in another state than pending or rolled-back`);
  }

  /** Changes the state of a migration and of the files it carries, where it is `from`. */
  async changeState(
    name: string,
    from: MigrationState,
    to: MigrationState,
    waitingFor: string | null = null,
  ): Promise<void> {
    assert(migrationTransitions[from].includes(to), `no transition of a migration from ${from} to ${to}`);
    const changed = await this.connection.affected(
      `update shoofly.migrations set state = $3, waiting_for = $4, changed_at = clock_timestamp()
       where carried_by = $1 and state = $2`,
      [name, from, to, waitingFor],
    );
    if (changed === 0) throw changedUnderneath(name, from);
  }

  async steps(migration: string): Promise<JournalStep[]> {
    return await this.connection.query<JournalStep & Record<string, unknown>>(
      "select id, state, attempts from shoofly.steps where migration = $1 order by ordinal",
      [migration],
    );
  }

  /** Changes the state of a step where it is `from`. Progress clears the migration's stored error. */
  async changeStep(
    migration: string,
    step: string,
    from: StepState,
    to: StepState,
    note: StepNote = {},
  ): Promise<void> {
    assert(
      stepTransitions[from].includes(to) || (from === "running" && to === "running"),
      `no transition of a step from ${from} to ${to}`,
    );
    const changed = await this.connection.affected(
      `with step as (
         update shoofly.steps set state = $4, fence = coalesce($5, fence), structure = coalesce($6, structure), error = $7::jsonb,
           attempts = attempts + case when $4 = 'running' then 1 else 0 end,
           started_at = case when $4 = 'running' and $3 <> 'running' then clock_timestamp() else started_at end,
           finished_at = case when $4 in ('done', 'undone') then clock_timestamp() when $4 = 'running' then null else finished_at end
         where migration = $1 and id = $2 and state = $3
         returning phase, state
       )
       update shoofly.migrations m set phase = step.phase, waiting_for = null, changed_at = clock_timestamp(),
         error = case when step.state in ('done', 'undone') then null else m.error end
       from step where m.name = $1`,
      [
        migration,
        step,
        from,
        to,
        note.fence ?? null,
        note.structure === undefined ? null : hashStructure(note.structure),
        note.error === undefined ? null : JSON.stringify(note.error),
      ],
    );
    if (changed === 0) throw changedUnderneath(`${migration}, step ${step}`, from);
    if (note.structure !== undefined) await this.noteStructure(note.structure);
  }

  /** What the tables look like now, as left by us: the base of the next drift check of every migration that touches them. */
  async noteStructure(structure: Structure): Promise<void> {
    await this.connection.query(
      `insert into shoofly.structures (relation, facts)
       select key, array(select jsonb_array_elements_text(value)) from jsonb_each($1::jsonb)
       on conflict (relation) do update set facts = excluded.facts, noted_at = clock_timestamp()`,
      [JSON.stringify(Object.fromEntries(structure))],
    );
  }

  async structure(tables: readonly string[]): Promise<Structure> {
    const rows = await this.connection.query<{ relation: string; facts: string[] }>(
      "select relation, facts from shoofly.structures where relation = any ($1::text[])",
      [tables],
    );
    return new Map(rows.map((row) => [row.relation, row.facts]));
  }

  async noteError(name: string, error: StoredError | null): Promise<void> {
    await this.connection.query(
      "update shoofly.migrations set error = $2::jsonb, waiting_for = null, changed_at = clock_timestamp() where name = $1",
      [name, error === null ? null : JSON.stringify(error)],
    );
  }

  async noteWaiting(name: string, waitingFor: string | null): Promise<void> {
    await this.connection.query(
      "update shoofly.migrations set waiting_for = $2, changed_at = clock_timestamp() where name = $1",
      [name, waitingFor],
    );
  }

  async noteProgress(name: string, progress: Progress | null): Promise<void> {
    await this.connection.query("update shoofly.migrations set progress = $2::jsonb where name = $1", [
      name,
      progress === null ? null : JSON.stringify(progress),
    ]);
  }

  async noteMismatched(name: string, mismatched: number): Promise<void> {
    await this.connection.query("update shoofly.migrations set mismatched = $2 where name = $1", [name, mismatched]);
  }

  /** Where an interrupted rollback was going. */
  async rollbackTarget(name: string): Promise<"ready" | "rolled-back" | null> {
    const [row] = await this.connection.query<{ target: "ready" | "rolled-back" | null }>(
      "select rollback_to as target from shoofly.migrations where name = $1",
      [name],
    );
    return row?.target ?? null;
  }

  async noteRollbackTarget(name: string, target: "ready" | "rolled-back"): Promise<void> {
    await this.connection.query("update shoofly.migrations set rollback_to = $2 where name = $1", [name, target]);
  }

  /** Asks the runner to stop after its slice. Returns the request's id for `controlRequest`. */
  async requestAbort(name: string, by: string, reason: string | null): Promise<string> {
    const [row] = await this.connection.query<{ id: string }>(
      "insert into shoofly.control (migration, verb, by, reason) values ($1, 'abort', $2, $3) returning id",
      [name, by, reason],
    );
    assert(row !== undefined);
    await this.appendEvent(name, by, "abort requested", { reason });
    return row.id;
  }

  async controlRequest(id: string): Promise<ControlRequest | null> {
    const [row] = await this.connection.query<ControlRequest & Record<string, unknown>>(
      `select id, migration, verb, by, reason, to_json(at)#>>'{}' as at, to_json(acked_at)#>>'{}' as "ackedAt", result
       from shoofly.control where id = $1`,
      [id],
    );
    return row ?? null;
  }

  async appendEvent(
    migration: string | null,
    by: string,
    what: string,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.connection.query(
      "insert into shoofly.events (migration, by, what, detail) values ($1, $2, $3, $4::jsonb)",
      [migration, by, what, JSON.stringify(detail)],
    );
  }

  /** The audit log of one migration (or of all), oldest first, the last 1,000 entries. */
  async events(name: string | null = null): Promise<JournalEvent[]> {
    const rows = await this.connection.query<JournalEvent & Record<string, unknown>>(
      `select to_json(at)#>>'{}' as at, migration, by, what, detail from shoofly.events
       where $1::text is null or migration = $1 order by id desc limit 1000`,
      [name],
    );
    return rows.toReversed();
  }

  async inTransaction<T>(work: () => Promise<T>): Promise<T> {
    await this.connection.query("begin");
    try {
      const result = await work();
      await this.connection.query("commit");
      return result;
    } catch (error) {
      if (!this.connection.lost) await this.connection.query("rollback").catch(() => undefined);
      throw error;
    }
  }
}

export interface StepNote {
  readonly fence?: number;
  readonly structure?: Structure;
  readonly error?: StoredError;
}

/** Somebody else moved the journal between our read and our write: only another runner could. */
function changedUnderneath(what: string, expected: Phase | MigrationState | StepState): MigrationError {
  return new MigrationError("lease-lost", {
    happened: `The journal of ${what} is not in state ${expected} any more: another runner went on with it.`,
    safeNext: ["shoofly status"],
  });
}
