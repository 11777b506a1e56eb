// A bounded load generator: clients of one application version that write and read at a fixed rate and check what they read.
//
// The rate is a schedule and not a pause between statements: a statement that should have been sent while its connection was
// blocked counts its wait from the time it was due, so that a stall is measured once per statement it held up.
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Latency } from "./latency.ts";
import {
  type Ledger,
  type Operation,
  type OperationContext,
  readOperations,
  writeOperations,
} from "./load-operations.ts";
import { driverModes, Session } from "./load-session.ts";
import { type LoadVersion, loadShape } from "./load-shape.ts";
import { assertLoopback } from "./loopback.ts";
import { type Random, seededRandom } from "./random.ts";

export interface LoadOptions {
  /** A database on this machine: the load is a demonstration, never a weapon. */
  readonly url: string;
  readonly version: LoadVersion;
  /** The schema of the table. */
  readonly schema: string;
  /** Where the new version's views are; null once (or while) its names are the table's own. */
  readonly versionSchema: string | null;
  readonly connections: number;
  readonly statementsPerSecond: number;
  /** Share of writes among reads and writes, 0 … 1. */
  readonly writeRatio: number;
  /** Rows 1 … n exist and stay. */
  readonly rows: number;
  readonly seed: number;
  readonly onError?: (failure: LoadFailure) => void;
  readonly durationMsMax?: number;
  readonly statementsMax?: number;
}

export interface LoadFailure {
  readonly version: LoadVersion;
  readonly operation: string;
  /** Null when no statement failed but a value came back wrong. */
  readonly sqlstate: string | null;
  readonly message: string;
  readonly sql: string;
}

export interface LoadCounters {
  readonly statements: number;
  readonly reads: number;
  readonly writes: number;
  readonly failed: number;
  readonly firstFailures: readonly LoadFailure[];
  readonly slowestWaitMs: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly ledger: Readonly<Ledger>;
}

export interface Load {
  counters(): LoadCounters;
  /** All waits so far, for a summary over several loads. */
  addWaitsTo(latency: Latency): void;
  setRate(statementsPerSecond: number): void;
  /** Ends every client after the statement it has in flight. */
  stop(): Promise<LoadCounters>;
}

const failuresKept = 10;
/** In a row; a client that cannot go on ends, and has been counted as failed. */
const recoveriesMax = 5;
const hour = 3_600_000;

/** Starts the clients; returns once all are connected, so that a wrong URL fails here. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  assertLoopback(options.url);
  const failures: LoadFailure[] = [];
  let failed = 0;
  const fail = (failure: LoadFailure): void => {
    failed += 1;
    if (failures.length < failuresKept) failures.push(failure);
    options.onError?.(failure);
  };
  const control: Control = {
    isStopped: false,
    statementsPerSecond: options.statementsPerSecond,
    stop: new AbortController(),
  };
  const clients = Array.from({ length: options.connections }, (_, index) => makeClient(options, index, fail));
  await Promise.all(clients.map(async (client) => await client.session.connect()));
  const statements = (): number => clients.reduce((sum, client) => sum + client.session.counts.statements, 0);
  const startedAtMs = performance.now();
  const isOver = (): boolean =>
    control.isStopped ||
    performance.now() - startedAtMs > (options.durationMsMax ?? hour) ||
    statements() >= (options.statementsMax ?? Number.POSITIVE_INFINITY);
  const running = clients.map(
    async (client, index) => await runClient({ client, index, options, control, isOver, fail }),
  );

  const counters = (): LoadCounters => {
    const latency = new Latency();
    for (const { session } of clients) latency.addAll(session.latency);
    const { slowestMs, p50Ms, p95Ms, p99Ms } = latency.summary();
    const sum = (of: (client: LoadClient) => number): number =>
      clients.reduce((total, client) => total + of(client), 0);
    return {
      statements: statements(),
      reads: sum(({ session }) => session.counts.reads),
      writes: sum(({ session }) => session.counts.writes),
      failed,
      firstFailures: failures,
      slowestWaitMs: slowestMs,
      p50: p50Ms,
      p95: p95Ms,
      p99: p99Ms,
      ledger: {
        rows: sum(({ context }) => context.ledger.rows),
        cents: sum(({ context }) => context.ledger.cents),
        quantity: sum(({ context }) => context.ledger.quantity),
        uncertain: sum(({ context }) => context.ledger.uncertain),
      },
    };
  };
  return {
    counters,
    addWaitsTo: (latency) => {
      for (const { session } of clients) latency.addAll(session.latency);
    },
    setRate: (statementsPerSecond) => {
      control.statementsPerSecond = statementsPerSecond;
    },
    stop: async () => {
      control.isStopped = true;
      control.stop.abort();
      await Promise.all(running);
      return counters();
    },
  };
}

interface Control {
  isStopped: boolean;
  statementsPerSecond: number;
  readonly stop: AbortController;
}

interface LoadClient {
  readonly session: Session;
  readonly context: OperationContext;
  /** The operation that runs. */
  operation: string;
}

function makeClient(options: LoadOptions, index: number, fail: (failure: LoadFailure) => void): LoadClient {
  const shape = loadShape(options.version, options.schema, options.versionSchema);
  const session = new Session({
    url: options.url,
    shape,
    mode: driverModes[index % driverModes.length] ?? "extended",
    usesSearchPath: index % 2 === 0,
    // How an application declares its version: the gate of `complete` reads it.
    applicationName: `shop;schema=${options.versionSchema ?? options.schema}`,
  });
  const client: LoadClient = {
    session,
    operation: "",
    context: {
      session,
      random: seededRandom(options.seed * 1000 + index),
      own: new Map(),
      freed: [],
      ledger: { rows: 0, cents: 0, quantity: 0, uncertain: 0 },
      sharedRows: options.rows,
      mismatch: (message) =>
        fail({ version: options.version, operation: client.operation, sqlstate: null, message, sql: session.lastSql }),
    },
  };
  return client;
}

interface ClientRun {
  readonly client: LoadClient;
  readonly index: number;
  readonly options: LoadOptions;
  readonly control: Control;
  readonly isOver: () => boolean;
  readonly fail: (failure: LoadFailure) => void;
}

async function runClient({ client, index, options, control, isOver, fail }: ClientRun): Promise<void> {
  const { session, context } = client;
  const interval = (): number => (1000 * options.connections) / control.statementsPerSecond;
  let dueAtMs = performance.now() + (interval() * index) / options.connections;
  let recoveries = 0;
  while (!isOver()) {
    const restMs = dueAtMs - performance.now();
    if (restMs > 1) await sleep(restMs, undefined, { signal: control.stop.signal }).catch(() => undefined);
    if (isOver()) break;
    const before = session.counts.statements;
    const operation = chooseOperation(session, options.writeRatio, context.random);
    client.operation = operation.name;
    session.startUnit(dueAtMs);
    try {
      await operation.run(context);
      recoveries = 0;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      fail({
        version: options.version,
        operation: operation.name,
        sqlstate: code ?? null,
        message,
        sql: session.lastSql,
      });
      if (!session.isConnected) context.ledger.uncertain += 1;
      recoveries += 1;
      if (recoveries > recoveriesMax) break;
      await recover(session).catch(() => undefined);
    }
    dueAtMs += interval() * Math.max(1, session.counts.statements - before);
  }
  await session.end().catch(() => undefined);
}

/** Keeps the share of writes where it was asked for, whatever the operations are made of. */
function chooseOperation(session: Session, writeRatio: number, random: Random): Operation {
  const { reads, writes } = session.counts;
  const operations = writes < (reads + writes) * writeRatio || reads + writes === 0 ? writeOperations : readOperations;
  let left = random.next() * operations.reduce((sum, { weight }) => sum + weight, 0);
  return operations.find(({ weight }) => (left -= weight) < 0) ?? random.pick(operations);
}

async function recover(session: Session): Promise<void> {
  if (session.isConnected) return await session.control("ROLLBACK");
  await sleep(200);
  await session.connect();
}
