// Runs a fill: opens the way once, lets workers claim and fill chunks on connections of their own, and shows the progress.
import type { Crash } from "../core/crash-point.ts";
import type { Emit, Progress } from "../core/event.ts";
import type { Plan } from "../core/plan.ts";
import type { ChunkKey } from "../core/step.ts";
import { clearQuarantine, openFrontier, readDone, readFrontier, type FillName } from "../dialects/postgres/chunks.ts";
import { keyPositionOf, type KeyPosition } from "../dialects/postgres/key-position.ts";
import { lastBound, walkOf, type Bound, type Walk } from "../dialects/postgres/walk.ts";
import type { Fill } from "../steps/contract.ts";
import { FillWorker } from "./fill-worker.ts";
import { combineProgress, ProgressMeter, type OtherFills } from "./progress.ts";
import type { Session } from "./session.ts";

export interface FillLimits {
  readonly workers: number;
  /** How long the rows of one chunk may stay locked by others. */
  readonly chunkBudgetMs: number;
}

export interface FillOptions extends Fill {
  readonly plan: Plan;
  readonly limits: FillLimits;
  readonly waiting: (on: string | null) => Promise<void>;
}

/** What all workers of one fill share. */
export interface FillJob {
  readonly name: FillName;
  readonly options: FillOptions;
  readonly last: Bound;
  readonly walk: Walk;
  readonly position: KeyPosition;
  /** `position` knows where keys lie. */
  readonly isPlaced: boolean;
  readonly emit: Emit;
  readonly crash: Crash;
  readonly waiting: (on: string | null) => Promise<void>;
  /** Set by the first worker that fails: the others stop after their slice. */
  readonly failing: AbortController;
  /** Part of the key range that was filled before. */
  readonly noteShare: (share: number) => void;
  readonly noteSlice: (slice: {
    readonly rows: number;
    readonly share: number | null;
    readonly elapsedMs: number;
    readonly sliceRows: number;
  }) => void;
}

const progressEveryMs = 1_000;

export async function runFill(session: Session, options: FillOptions): Promise<void> {
  const { plan, step, direction } = options;
  const name: FillName = { migration: plan.migration, step: step.id, direction };
  const frontier = await openWay(session, name, options);
  if (frontier === null) return;
  const { last, rowsEstimate } = frontier;
  const position = await keyPositionOf(session.connection, options.table, keyOf(options), last);
  const done = await readDone(session.connection, name);
  const isPlaced = (await position(session.connection, last)) !== null;
  const meter = new ProgressMeter({
    atMs: Date.now(),
    rows: done.rows,
    ratio: isPlaced ? done.share : null,
    rowsEstimate,
  });
  const board = new ProgressBoard(session, name, {
    meter,
    weight: step.rowsEstimate,
    others: await readOthers(session, options),
  });
  const job: FillJob = {
    name,
    options,
    last,
    walk: walkOf(options.table, keyOf(options), { last, rowsEstimate }),
    position,
    isPlaced,
    emit: session.emit,
    crash: session.options.crash,
    waiting: options.waiting,
    failing: new AbortController(),
    noteShare: (share) => meter.add({ rows: 0, share }, Date.now()),
    noteSlice: (slice) => {
      meter.add(slice, Date.now());
      session.emit({
        type: "chunk.filled",
        step: step.id,
        rows: slice.rows,
        elapsedMs: slice.elapsedMs,
        chunkRows: slice.sliceRows,
      });
      board.show();
    },
  };
  await runWorkers(session, job);
  await board.finish();
}

/** What was put into an archive has the key of the rows that it keeps, and not that of the table it was read from. */
function keyOf({ step, direction }: Pick<FillOptions, "step" | "direction">): ChunkKey | null {
  return direction === "undo" ? (step.undoKey ?? step.key) : step.key;
}

/** null when there is nothing to fill. */
async function openWay(
  session: Session,
  name: FillName,
  { table, step, direction }: FillOptions,
): Promise<{ last: Bound; rowsEstimate: number } | null> {
  const { connection } = session;
  await session.fenced(async () => await clearQuarantine(connection, name.migration, name.step));
  let frontier = await readFrontier(connection, name, false);
  if (frontier === null) {
    const last = await lastBound(connection, table, keyOf({ step, direction }));
    await session.fenced(async () => await openFrontier(connection, name, { last, rowsEstimate: step.rowsEstimate }));
    frontier = await readFrontier(connection, name, false);
  }
  return frontier === null || frontier.last.length === 0 ? null : frontier;
}

/** Fills of other steps: done before this one, or still to come. An undo stands for itself. */
async function readOthers(session: Session, { plan, step, direction }: FillOptions): Promise<OtherFills> {
  const fills = plan.steps.filter((each) => each.kind === "backfill");
  const at = fills.findIndex((each) => each.id === step.id);
  if (direction === "undo") return { rowsDone: 0, weightDone: 0, weightPending: 0 };
  const before = fills.slice(0, at);
  const weigh = (some: typeof fills): number => some.reduce((sum, each) => sum + each.rowsEstimate, 0);
  let rowsDone = 0;
  for (const each of before) {
    rowsDone += (await readDone(session.connection, { migration: plan.migration, step: each.id, direction })).rows;
  }
  return { rowsDone, weightDone: weigh(before), weightPending: weigh(fills.slice(at + 1)) };
}

async function runWorkers(session: Session, job: FillJob): Promise<void> {
  const workers = Array.from(
    { length: job.options.limits.workers },
    (_, index) => new FillWorker(session, job, `fill-${index + 1}`),
  );
  const ended = await Promise.allSettled(
    workers.map(async (worker) => {
      try {
        await worker.run();
      } catch (error) {
        job.failing.abort(error);
        throw error;
      }
    }),
  );
  // The first failure stopped the others; it is the one that says why.
  if (job.failing.signal.aborted) throw job.failing.signal.reason;
  const failed = ended.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

interface Measure {
  readonly meter: ProgressMeter;
  /** Share of this fill among all fills of the plan. */
  readonly weight: number;
  readonly others: OtherFills;
}

/** Shows and stores the progress, at most once per second. */
class ProgressBoard {
  readonly #session: Session;
  readonly #name: FillName;
  readonly #measure: Measure;
  #shownAtMs = 0;
  #storing: Promise<void> = Promise.resolve();

  constructor(session: Session, name: FillName, measure: Measure) {
    this.#session = session;
    this.#name = name;
    this.#measure = measure;
  }

  show(): void {
    const now = Date.now();
    if (now - this.#shownAtMs < progressEveryMs) return;
    this.#shownAtMs = now;
    this.#put(this.#measure.meter.read(now));
  }

  async finish(): Promise<void> {
    this.#put(this.#measure.meter.finish(Date.now()));
    await this.#storing;
  }

  #put(ofStep: Progress): void {
    const progress = combineProgress(ofStep, this.#measure.weight, this.#measure.others);
    this.#session.emit({ type: "progress.changed", step: this.#name.step, progress });
    // A note that fails is no reason to stop: the chunk ledger holds the truth.
    this.#storing = this.#session.notes.noteProgress(this.#name.migration, progress).catch(() => undefined);
  }
}
