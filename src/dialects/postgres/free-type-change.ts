// Type changes that touch the catalog only: no row is read or written (measured; manual, ALTER TABLE, Notes).

/** A type name in parts: `numeric(10,2)` → `numeric`, 10, 2. */
interface TypeParts {
  readonly name: string;
  readonly sizes: readonly number[];
}

const aliases: Readonly<Record<string, string>> = {
  "character varying": "varchar",
  varchar: "varchar",
  text: "text",
  numeric: "numeric",
  decimal: "numeric",
  dec: "numeric",
  "bit varying": "varbit",
  varbit: "varbit",
  cidr: "cidr",
  inet: "inet",
};

/** Whether every stored value of the one type is a value of the other, byte by byte, and the server knows it. */
export function isFreeTypeChange(from: string, to: string): boolean {
  const old = partsOf(from);
  const next = partsOf(to);
  if (old === null || next === null) return false;
  const grows = (sizeBefore: number | undefined, sizeAfter: number | undefined): boolean =>
    sizeAfter === undefined || (sizeBefore !== undefined && sizeAfter >= sizeBefore);
  switch (`${old.name} ${next.name}`) {
    case "varchar varchar":
    case "varbit varbit":
      return grows(old.sizes[0], next.sizes[0]);
    case "text varchar":
      return next.sizes.length === 0;
    case "varchar text":
    case "text text":
    case "cidr inet":
      return true;
    case "numeric numeric":
      if (next.sizes.length === 0) return true;
      return grows(old.sizes[0], next.sizes[0]) && (old.sizes[1] ?? 0) === (next.sizes[1] ?? 0);
    default:
      return false;
  }
}

/** Null for any type that is not in the list: domains, arrays and types of the user among them. */
function partsOf(type: string): TypeParts | null {
  const match = /^(?:pg_catalog\.)?([a-z]+(?: [a-z]+)*)\s*(?:\(\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\))?$/.exec(
    type.trim().toLowerCase(),
  );
  const name = aliases[(match?.[1] ?? "").trim()];
  if (match === null || name === undefined) return null;
  return { name, sizes: (match[2] ?? "").split(",").filter(Boolean).map(Number) };
}
