// The chunk ledger: which ranges of a fill are handed out, how far each is, and what is left for the next worker.
// A row here is written in the transaction of the rows it speaks of, so the two never disagree.
import type { Queryable } from "./introspect.ts";
import type { Bound, Range } from "./walk.ts";

/** One fill of one step. */
export interface FillName {
  readonly migration: string;
  readonly step: string;
  readonly direction: "run" | "undo";
}

export interface Frontier {
  readonly last: Bound;
  /** The upper bound of the last chunk that was handed out. */
  readonly frontier: Bound | null;
  readonly exhausted: boolean;
  readonly rowsEstimate: number;
}

export interface Chunk extends Range {
  readonly seq: number;
  /** The upper bound of the last slice that was filled. */
  readonly cursor: Bound | null;
  readonly share: number;
}

export interface Done {
  /** Rows changed so far. */
  readonly rows: number;
  /** Sum of the shares of finished chunks. */
  readonly share: number;
}

/** Marks the way of a fill once: its end stays where it was, however many rows are inserted meanwhile. */
export async function openFrontier(
  connection: Queryable,
  name: FillName,
  found: { readonly last: Bound | null; readonly rowsEstimate: number },
): Promise<void> {
  await connection.query(
    `insert into shoofly.frontiers (migration, step, direction, last_key, exhausted, rows_estimate)
     values ($1, $2, $3, $4::text[], $5, $6) on conflict do nothing`,
    [name.migration, name.step, name.direction, found.last ?? [], found.last === null, Math.round(found.rowsEstimate)],
  );
}

/** `lock`: keeps other workers from claiming until the end of the transaction. */
export async function readFrontier(connection: Queryable, name: FillName, lock: boolean): Promise<Frontier | null> {
  const [row] = await connection.query<{
    last: string[];
    frontier: string[] | null;
    exhausted: boolean;
    estimate: string;
  }>(
    `select last_key as last, frontier, exhausted, rows_estimate as estimate from shoofly.frontiers
     where migration = $1 and step = $2 and direction = $3 ${lock ? "for update" : ""}`,
    [name.migration, name.step, name.direction],
  );
  if (row === undefined) return null;
  return { last: row.last, frontier: row.frontier, exhausted: row.exhausted, rowsEstimate: Number(row.estimate) };
}

export async function insertChunk(
  connection: Queryable,
  name: FillName,
  chunk: Range & {
    readonly share: number;
    readonly fence: number;
    readonly worker: string;
    readonly reachesEnd: boolean;
  },
): Promise<Chunk> {
  const [row] = await connection.query<{ seq: number }>(
    `with moved as (
       update shoofly.frontiers set frontier = $5::text[], exhausted = $9
       where migration = $1 and step = $2 and direction = $3
     )
     insert into shoofly.chunks (migration, step, direction, seq, lower, upper, share, fence, worker)
     select $1, $2, $3, coalesce(max(seq), 0) + 1, $4::text[], $5::text[], $6, $7, $8 from shoofly.chunks
     where migration = $1 and step = $2 and direction = $3
     returning seq`,
    [
      name.migration,
      name.step,
      name.direction,
      chunk.lower,
      chunk.upper,
      chunk.share,
      chunk.fence,
      chunk.worker,
      chunk.reachesEnd,
    ],
  );
  if (row === undefined) throw new Error("the chunk was not written");
  return { ...chunk, seq: row.seq, cursor: null };
}

export async function markExhausted(connection: Queryable, name: FillName): Promise<void> {
  await connection.query(
    "update shoofly.frontiers set exhausted = true where migration = $1 and step = $2 and direction = $3",
    [name.migration, name.step, name.direction],
  );
}

/** A chunk that an earlier runner, or this worker before its connection broke, left unfinished. */
export async function reclaimChunk(
  connection: Queryable,
  name: FillName,
  by: { readonly fence: number; readonly worker: string },
): Promise<Chunk | null> {
  const [row] = await connection.query<Chunk & Record<string, unknown>>(
    `update shoofly.chunks set fence = $4, worker = $5
     where (migration, step, direction, seq) = (
       select migration, step, direction, seq from shoofly.chunks
       where migration = $1 and step = $2 and direction = $3 and state = 'running' and (fence <> $4 or worker = $5)
       order by seq limit 1 for update skip locked)
     returning seq, lower, upper, cursor, share`,
    [name.migration, name.step, name.direction, by.fence, by.worker],
  );
  return row ?? null;
}

/** How far the chunk is, in the transaction of the slice. Prepared: it runs once per slice. */
export async function noteSlice(
  connection: {
    affected(sql: string, parameters: readonly unknown[], options: { readonly name: string }): Promise<number>;
  },
  name: FillName,
  slice: {
    readonly seq: number;
    readonly cursor: Bound;
    readonly rows: number;
    readonly isLast: boolean;
    readonly fence: number;
  },
): Promise<void> {
  const noted = await connection.affected(
    `update shoofly.chunks set cursor = $5::text[], rows = rows + $6, state = case when $7 then 'done' else 'running' end,
       done_at = case when $7 then clock_timestamp() end
     where migration = $1 and step = $2 and direction = $3 and seq = $4 and fence = $8 and state = 'running'`,
    [name.migration, name.step, name.direction, slice.seq, slice.cursor, slice.rows, slice.isLast, slice.fence],
    { name: "note-slice" },
  );
  if (noted !== 1) throw new Error(`chunk ${slice.seq} of ${name.step} does not belong to this worker any more`);
}

export async function readDone(connection: Queryable, name: FillName): Promise<Done> {
  const [row] = await connection.query<{ rows: string; share: number }>(
    `select coalesce(sum(rows), 0) as rows, coalesce(sum(share) filter (where state = 'done'), 0)::float8 as share
     from shoofly.chunks where migration = $1 and step = $2 and direction = $3`,
    [name.migration, name.step, name.direction],
  );
  return { rows: Number(row?.rows ?? 0), share: row?.share ?? 0 };
}

/** After an undo, or before a step is run anew: the ledger of the step is blank again. */
export async function clearLedger(connection: Queryable, migration: string, step: string): Promise<void> {
  await connection.query("delete from shoofly.frontiers where migration = $1 and step = $2", [migration, step]);
}

export async function quarantine(
  connection: Queryable,
  name: FillName,
  row: { readonly key: Readonly<Record<string, string>>; readonly error: string },
): Promise<void> {
  await connection.query(
    `insert into shoofly.quarantine (migration, step, key, error) values ($1, $2, $3::jsonb, $4)
     on conflict (migration, step, key) do update set error = excluded.error, at = clock_timestamp()`,
    [name.migration, name.step, JSON.stringify(row.key), row.error],
  );
}

export async function clearQuarantine(connection: Queryable, migration: string, step: string): Promise<void> {
  await connection.query("delete from shoofly.quarantine where migration = $1 and step = $2", [migration, step]);
}
