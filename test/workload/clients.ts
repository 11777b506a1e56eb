// The workload: one connection per client kind and version, each writing its own rows and some shared ones, until it is stopped.
import { setTimeout as sleep } from "node:timers/promises";
import { Latency } from "../../src/demo/latency.ts";
import { seededRandom } from "../../src/demo/random.ts";
import { quoteIdentifier } from "../../src/sql/identifier.ts";
import { type ClientKind, clientKinds } from "./client-kinds.ts";
import { otherThan, type ShapePair, shapeOf, type Version } from "./shapes.ts";
import { type Failure, StatementFailed, WorkloadClient } from "./workload-client.ts";

export interface WorkloadOptions {
  readonly url: string;
  readonly pair: ShapePair;
  readonly versions: readonly Version[];
  /** The server's major version: some statements came late. */
  readonly major: number;
  readonly seed: number;
  /** Rows that are there, that everybody may change and nobody deletes. */
  readonly sharedKeys: readonly string[];
  /** The other version is offered: rows are read through it, too. May be changed later by `setCrossing`. */
  readonly isCrossing: boolean;
  /** Through a pooler in transaction mode; without it those kinds stay away. */
  readonly poolerUrl?: string;
  /** A login role per version whose `search_path` was set by ALTER ROLE. */
  readonly roleUrls?: Readonly<Partial<Record<Version, string>>>;
  /** Default: every kind. */
  readonly only?: (kind: ClientKind) => boolean;
  /** Between two operations of a client. */
  readonly pauseMs?: number;
  readonly durationMsMax?: number;
  readonly statementsMax?: number;
}

export interface Report {
  readonly seed: number;
  readonly statements: number;
  readonly statementsByMode: Readonly<Record<string, number>>;
  /** The first of every mode and SQLSTATE. */
  readonly failures: readonly Failure[];
  /** All of them. */
  readonly failed: number;
  /** Failures that the plan names as a hazard, by its name. */
  readonly hazards: Readonly<Record<string, number>>;
  readonly maxWaitMs: number;
  readonly maxWaitMsByMode: Readonly<Record<string, number>>;
  readonly p99Ms: number;
}

export interface Workload {
  setCrossing(isCrossing: boolean): void;
  failed(): number;
  /** Lets every client finish its operation and tells what happened. */
  stop(): Promise<Report>;
}

const failuresKept = 20;
const minute = 60_000;

export async function startWorkload(options: WorkloadOptions): Promise<Workload> {
  const state: State = { isStopped: false, isCrossing: options.isCrossing, failed: 0, failures: [], hazards: {} };
  const clients = options.versions.flatMap((version) =>
    clientKinds
      .filter((kind) => isPossible(kind, version, options) && (options.only?.(kind) ?? true))
      .map((kind, index) => ({ kind, client: makeClient(kind, version, index, options, state) })),
  );
  if (clients.length === 0)
    throw new RangeError("No client kind is possible here: a workload that runs nothing proves nothing.");
  await Promise.all(clients.map(async ({ client }) => await client.connect()));
  const until = Date.now() + (options.durationMsMax ?? 10 * minute);
  const isOver = (): boolean =>
    state.isStopped ||
    Date.now() > until ||
    clients.reduce((sum, { client }) => sum + client.statements, 0) >= (options.statementsMax ?? 1_000_000);
  const running = clients.map(async ({ kind, client }) => await runClient(kind, client, options.pauseMs ?? 20, isOver));
  return {
    setCrossing: (isCrossing) => {
      state.isCrossing = isCrossing;
    },
    failed: () => state.failed,
    stop: async () => {
      state.isStopped = true;
      await Promise.all(running);
      return reportOf(
        clients.map(({ client }) => client),
        state,
        options.seed,
      );
    },
  };
}

interface State {
  isStopped: boolean;
  isCrossing: boolean;
  failed: number;
  readonly failures: Failure[];
  readonly hazards: Record<string, number>;
}

function isPossible(kind: ClientKind, version: Version, options: WorkloadOptions): boolean {
  if (!kind.versions.includes(version) || options.major < (kind.since?.[version] ?? 0)) return false;
  if (kind.naming === "pooler") return options.poolerUrl !== undefined;
  return kind.naming !== "role" || options.roleUrls?.[version] !== undefined;
}

function makeClient(
  kind: ClientKind,
  version: Version,
  index: number,
  options: WorkloadOptions,
  state: State,
): WorkloadClient {
  const { pair, seed } = options;
  const serial = index + (version === "new" ? clientKinds.length : 0);
  return new WorkloadClient({
    mode: `${version}: ${kind.mode}`,
    version,
    pair,
    protocol: kind.protocol,
    url: urlFor(kind, version, options),
    searchPath: searchPathFor(kind, version, pair),
    hasPlainNames: ["path", "path list", "role"].includes(kind.naming),
    random: seededRandom(seed * 10_007 + serial),
    sharedKeys: options.sharedKeys,
    major: options.major,
    serial,
    canCross: () => state.isCrossing,
    fail: (failure) => {
      if (kind.hazard !== undefined && failure.sqlstate === kind.hazard.sqlstate) {
        state.hazards[kind.hazard.name] = (state.hazards[kind.hazard.name] ?? 0) + 1;
        return;
      }
      state.failed += 1;
      const isKnown = state.failures.some(
        ({ mode, sqlstate }) => mode === failure.mode && sqlstate === failure.sqlstate,
      );
      if (!isKnown && state.failures.length < failuresKept) state.failures.push(failure);
    },
  });
}

function urlFor(kind: ClientKind, version: Version, options: WorkloadOptions): string {
  if (kind.naming === "pooler") return options.poolerUrl ?? options.url;
  return kind.naming === "role" ? (options.roleUrls?.[version] ?? options.url) : options.url;
}

function searchPathFor(kind: ClientKind, version: Version, pair: ShapePair): string | null {
  const own = quoteIdentifier(shapeOf(pair, version).schema);
  switch (kind.naming) {
    case "path":
      return version === "old" ? own : `${own}, ${quoteIdentifier(pair.old.schema)}`;
    case "path list":
      return `"$user", "no such ""schema""", ${own}, pg_temp`;
    case "qualified from elsewhere":
      return `${quoteIdentifier(shapeOf(pair, otherThan(version)).schema)}, ${quoteIdentifier(pair.old.schema)}`;
    case "qualified":
    case "role":
    case "pooler":
      return null;
  }
}

async function runClient(
  kind: ClientKind,
  client: WorkloadClient,
  pauseMs: number,
  isOver: () => boolean,
): Promise<void> {
  let failuresInARow = 0;
  while (!isOver() && failuresInARow < 10) {
    try {
      await kind.step(client);
      failuresInARow = 0;
    } catch (error) {
      if (!(error instanceof StatementFailed)) throw error;
      // What the failed statement left is not known from here: the client starts over with rows of its own.
      failuresInARow += 1;
      client.own.clear();
      client.freed.length = 0;
      await (kind.hazard === undefined ? client.recover() : client.reconnect()).catch(() => undefined);
    }
    await sleep(pauseMs * (0.5 + client.random.next()));
  }
  await client.end().catch(() => undefined);
}

function reportOf(clients: readonly WorkloadClient[], state: State, seed: number): Report {
  const waits = new Latency();
  for (const { latency } of clients) waits.addAll(latency);
  const byMode = (value: (client: WorkloadClient) => number): Record<string, number> =>
    Object.fromEntries(clients.map((client) => [client.options.mode, value(client)]));
  return {
    seed,
    statements: clients.reduce((sum, { statements }) => sum + statements, 0),
    statementsByMode: byMode(({ statements }) => statements),
    failures: state.failures,
    failed: state.failed,
    hazards: state.hazards,
    maxWaitMs: waits.summary().slowestMs,
    maxWaitMsByMode: byMode(({ latency }) => latency.summary().slowestMs),
    p99Ms: waits.summary().p99Ms,
  };
}
