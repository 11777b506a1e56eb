// Type changes into a smaller type: the condition under which a stored value has no place in it.

/** Ranges of the integer types (manual, table 8.2). */
const integers: Readonly<Record<string, readonly [string, string]>> = {
  smallint: ["-32768", "32767"],
  int2: ["-32768", "32767"],
  integer: ["-2147483648", "2147483647"],
  int: ["-2147483648", "2147483647"],
  int4: ["-2147483648", "2147483647"],
};
const numbers = /^(bigint|int8|integer|int|int4|smallint|int2|numeric\b.*|decimal\b.*)$/i;
const texts = /^(text|character varying\b.*|varchar\b.*|character\b.*|char\b.*)$/i;

/**
 * SQL condition for values that do not fit; null where every value fits or nothing is known about the pair.
 * @param value the column, quoted
 */
export function misfitCondition(from: string, to: string, value: string): string | null {
  const target = to.trim().toLowerCase();
  const range = integers[target];
  if (range !== undefined && numbers.test(from)) return `${value} NOT BETWEEN ${range[0]} AND ${range[1]}`;
  const size = /^(?:character varying|varchar|character|char)\s*\(\s*(\d+)\s*\)$/.exec(target)?.[1];
  if (size !== undefined && texts.test(from)) return `pg_catalog.length(pg_catalog.rtrim(${value}::text)) > ${size}`;
  const digits = /^(?:numeric|decimal)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$/.exec(target);
  if (digits === null || !numbers.test(from)) return null;
  const scale = Number(digits[2] ?? 0);
  const number = `${value}::numeric`;
  return `(pg_catalog.abs(pg_catalog.round(${number}, ${scale})) >= 1e${Number(digits[1]) - scale} OR pg_catalog.round(${number}, ${scale}) <> ${number})`;
}
