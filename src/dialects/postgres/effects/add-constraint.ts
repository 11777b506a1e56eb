// What ALTER TABLE … ADD CONSTRAINT does: a scan unless it is left out, an index build, and for a foreign key a lock on both ends.
import type { Constraint } from "libpg-query";
import type { CommandAt } from "./alter-commands.ts";
import { family, indexNamed, relationOf } from "./catalog-model.ts";
import { constraintOf } from "./constraints.ts";
import { isNeverNull } from "./proofs.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";

const exclusive = "ACCESS EXCLUSIVE";

/** Null: a kind of constraint that is not known. */
export function constraintTouches(at: CommandAt): Touch[] | null {
  const { command, relation, catalog, only, major } = at;
  if (command.def === undefined || !("Constraint" in command.def)) return null;
  const written = command.def.Constraint;
  const constraint = constraintOf(written, { table: relation.name, column: null, catalog, taken: [] });
  if (constraint === null) return null;
  const all = family(catalog, relation, !only);
  const scan = constraint.isValid && constraint.isEnforced;
  // From 18 on everything below the table is locked, even where the constraint is not for it.
  const children =
    major < 18 ? [] : touchAll(all, constraint.kind === "foreign-key" ? "SHARE ROW EXCLUSIVE" : exclusive);
  switch (constraint.kind) {
    case "check":
      return [...children, ...touchAll(written.is_no_inherit === true ? [relation] : all, exclusive, { scan })];
    case "not-null":
      return [
        ...children,
        ...(written.is_no_inherit === true ? [relation] : all).map((each): Touch => ({
          relation: each,
          mode: exclusive,
          scan: scan && !constraint.columns.every((column) => isNeverNull(each, column)),
        })),
      ];
    case "foreign-key": {
      const parent = relationOf(catalog, written.pktable);
      return [
        ...children,
        ...touchAll(family(catalog, relation, relation.isPartitioned), "SHARE ROW EXCLUSIVE", { scan }),
        ...touchAll(family(catalog, parent, parent.isPartitioned), "SHARE ROW EXCLUSIVE", { scan }),
      ];
    }
    case "primary-key":
    case "unique":
    case "exclusion":
      return [...children, ...indexConstraintTouches(at, written, constraint.columns)];
  }
}

function indexConstraintTouches(
  { relation, catalog, only }: CommandAt,
  written: Constraint,
  columns: readonly string[],
): Touch[] {
  const isPrimary = written.contype === "CONSTR_PRIMARY";
  if (written.indexname !== undefined) {
    const found = indexNamed(catalog, [relation.schema, written.indexname]);
    const keys = found?.index.columns.slice(0, found.index.keyColumns) ?? [];
    const isProven = found !== null && keys.every((column) => column !== null && isNeverNull(relation, column));
    return touchAll(family(catalog, relation, isPrimary && !isProven && !only), exclusive, {
      scan: isPrimary && !isProven,
    });
  }
  // Inheriting tables get no index, but the NOT NULL of a primary key.
  const isNullable = isPrimary && !columns.every((column) => isNeverNull(relation, column));
  return family(catalog, relation, (relation.isPartitioned || isNullable) && !only).map((each) => ({
    relation: each,
    mode: exclusive,
    scan: each === relation || relation.isPartitioned || !columns.every((column) => isNeverNull(each, column)),
  }));
}
