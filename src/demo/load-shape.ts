// The demo's table as each version of the application sees it: names, units and the text of amounts.
import { quoteIdentifier } from "../sql/identifier.ts";

export type LoadVersion = "old" | "new";

export interface LoadShape {
  readonly version: LoadVersion;
  /** `search_path` of the clients that use plain names. */
  readonly searchPath: string;
  /** The table by its full name, for the clients that use those. */
  readonly qualified: string;
  readonly label: "name" | "title";
  readonly amountType: "integer" | "numeric(10,2)";
  /** The old version takes a missing region for granted, the new one refuses it. */
  readonly hasNullRegions: boolean;
  /** Cents as this version writes and prints them. */
  amount(cents: number): string;
  cents(amount: string): number;
}

export const demoTable = "products";

export function loadShape(version: LoadVersion, schema: string, versionSchema: string | null): LoadShape {
  const own = version === "old" || versionSchema === null ? schema : versionSchema;
  const path = own === schema ? [schema] : [own, schema];
  const common = {
    version,
    searchPath: path.map(quoteIdentifier).join(", "),
    qualified: `${quoteIdentifier(own)}.${quoteIdentifier(demoTable)}`,
  };
  if (version === "old") {
    return { ...common, label: "name", amountType: "integer", hasNullRegions: true, amount: String, cents: Number };
  }
  return {
    ...common,
    label: "title",
    amountType: "numeric(10,2)",
    hasNullRegions: false,
    amount: decimalOfCents,
    cents: centsOfDecimal,
  };
}

/** `1234` → `12.34`, without the detour through binary fractions. */
export function decimalOfCents(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${cents < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function centsOfDecimal(decimal: string): number {
  return Number(decimal.replace(".", ""));
}
