// Where a key lies between the first and the last one, 0 to 1: by the planner's histogram, or in proportion for numbers.
import type { ChunkKey } from "../../core/step.ts";
import type { Queryable } from "./introspect.ts";
import { blockRatio, firstBound, type Bound, type WalkedTable } from "./walk.ts";

/** null where nothing is known about the distribution of keys. */
export type KeyPosition = (connection: Queryable, bound: Bound) => Promise<number | null>;

const numericTypes = /^(smallint|integer|bigint|numeric|real|double precision)\b/;

export async function keyPositionOf(
  connection: Queryable,
  table: WalkedTable,
  key: ChunkKey | null,
  last: Bound,
): Promise<KeyPosition> {
  if (key === null) return async (_connection, bound) => await Promise.resolve(blockRatio(bound, last));
  const [column] = key.columns;
  if (column === undefined) return unknownPosition;
  const histogram = await readHistogram(connection, table, column);
  if (numericTypes.test(column.type)) {
    const first = await firstBound(connection, table, key);
    const marks = histogram?.map(Number) ?? [Number(first?.[0]), Number(last[0])];
    if (marks.some((mark) => !Number.isFinite(mark))) return unknownPosition;
    return async (_connection, bound) => await Promise.resolve(positionAmong(marks, Number(bound[0])));
  }
  if (histogram === null) return unknownPosition;
  return async (asked, bound) =>
    await positionInHistogram(asked, histogram, { type: column.type, value: bound[0] ?? "" });
}

const unknownPosition: KeyPosition = async () => await Promise.resolve(null);

/** The histogram leaves the most common values out (manual §54.27, pg_stats): where they are most of the rows it tells nothing. */
async function readHistogram(
  connection: Queryable,
  table: WalkedTable,
  column: { readonly name: string; readonly type: string },
): Promise<string[] | null> {
  const [row] = await connection.query<{ bounds: string[] | null; common: number }>(
    `select histogram_bounds::text::text[] as bounds,
       coalesce((select sum(f) from unnest(most_common_freqs) f), 0)::float8 as common
     from pg_catalog.pg_stats where schemaname = $1 and tablename = $2 and attname = $3 order by inherited desc limit 1`,
    [table.schema, table.name, column.name],
  );
  return row === undefined || row.bounds === null || row.common > 0.5 ? null : row.bounds;
}

/** Each pair of neighbouring marks holds the same share; in between in proportion. */
export function positionAmong(marks: readonly number[], value: number): number {
  const buckets = marks.length - 1;
  if (buckets < 1) return 0;
  const above = marks.findIndex((mark) => mark > value);
  if (above === -1) return 1;
  if (above === 0) return 0;
  const [low, high] = [marks[above - 1] ?? value, marks[above] ?? value];
  return (above - 1 + (value - low) / (high - low)) / buckets;
}

async function positionInHistogram(
  connection: Queryable,
  histogram: readonly string[],
  { type, value }: { readonly type: string; readonly value: string },
): Promise<number | null> {
  const [row] = await connection.query<{ below: number }>(
    `select count(*)::int as below from unnest($1::${type}[]) b where b <= $2::${type}`,
    [histogram, value],
  );
  return row === undefined ? null : Math.min(1, row.below / Math.max(1, histogram.length));
}
