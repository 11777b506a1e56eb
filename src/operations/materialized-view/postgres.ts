// Materialized views: made and dropped like views; REFRESH runs CONCURRENTLY where a unique index allows it.
import type { Draft } from "../../dialects/postgres/draft.ts";
import { withStep } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { dropObjects, findObject, makeObject } from "../../dialects/postgres/object-change.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly verb: "create" | "drop" | "refresh";
  readonly names: readonly string[];
  readonly isOptional: boolean;
  readonly isCascade: boolean;
  /** Of a REFRESH: WITH NO DATA empties the view. */
  readonly isEmptying: boolean;
}

const once = { isOptional: false, isCascade: false, isEmptying: false };

export const materializedView: Operation<Change> = {
  name: "materialized-view",
  match: ({ node }, draft) => {
    const isHere = (schema: string | undefined): boolean => schema === undefined || schema === draft.schema.name;
    if ("CreateTableAsStmt" in node && node.CreateTableAsStmt.objtype === "OBJECT_MATVIEW") {
      const { into, if_not_exists: isOptional } = node.CreateTableAsStmt;
      if (!isHere(into?.rel?.schemaname)) return null;
      return { ...once, verb: "create", names: [into?.rel?.relname ?? ""], isOptional: isOptional === true };
    }
    if ("RefreshMatViewStmt" in node) {
      const { relation, skipData } = node.RefreshMatViewStmt;
      if (!isHere(relation?.schemaname)) return null;
      return { ...once, verb: "refresh", names: [relation?.relname ?? ""], isEmptying: skipData === true };
    }
    if (!("DropStmt" in node) || node.DropStmt.removeType !== "OBJECT_MATVIEW") return null;
    const objects = (node.DropStmt.objects ?? []).map((each) => ("List" in each ? fieldNames(each.List.items) : []));
    if (!objects.every((parts) => isHere(parts.at(-2)))) return null;
    return {
      ...once,
      verb: "drop",
      names: objects.map((parts) => parts.at(-1) ?? ""),
      isOptional: node.DropStmt.missing_ok === true,
      isCascade: node.DropStmt.behavior === "DROP_CASCADE",
    };
  },
  message: (change) =>
    change.verb === "refresh"
      ? `Without CONCURRENTLY a REFRESH keeps readers of ${change.names.join(", ")} waiting until the view is filled.`
      : change.verb === "create"
        ? `The materialized view ${change.names.join(", ")} is new: nobody waits for it while it is filled.`
        : `Clients that still read ${change.names.join(", ")} fail at once.`,
  apply: (change, statement, draft) => {
    const wanted = change.names.map((name) => ({ kind: "materialized view" as const, name }));
    const [first] = wanted;
    if (first === undefined) return draft;
    if (change.verb === "drop") return dropObjects(draft, statement, { ...change, wanted });
    if (change.verb === "refresh") return refresh(change, statement, draft, first.name);
    if (change.isOptional && findObject(draft, first) !== undefined) return draft;
    return makeObject(draft, statement, {
      wanted: first,
      drop: `DROP MATERIALIZED VIEW ${quoteQualified(draft.schema.name, first.name)}`,
      isReplacing: false,
    });
  },
};

/** CONCURRENTLY compares the rows by a unique index over plain columns of all rows (manual, REFRESH MATERIALIZED VIEW). */
function refresh(change: Change, statement: Statement, draft: Draft, name: string): Draft {
  const existing = findObject(draft, { kind: "materialized view", name });
  if (existing === undefined)
    refuse(
      statement,
      `There is no materialized view ${name} that was there before.`,
      "One that this migration makes is filled already.",
    );
  if (change.isEmptying)
    refuse(
      statement,
      `WITH NO DATA makes every read of ${name} fail.`,
      "Leave the statement out, or use -- shoofly:raw.",
    );
  const object = draft.schema.objects.relations.find((each) => each.name === name);
  const isUnique =
    object?.indexes.some((index) => index.unique && index.columns.every((column) => column !== null)) === true;
  const isFilled = existing.create[0]?.endsWith(" WITH NO DATA") !== true;
  if (!isFilled || !isUnique)
    refuse(
      statement,
      isFilled
        ? `${name} has no unique index over plain columns: REFRESH would keep its readers waiting until it is filled.`
        : `${name} was never filled: the first REFRESH cannot be concurrent.`,
      isFilled
        ? `Create a unique index on it first: CREATE UNIQUE INDEX … ON ${name} (…); or use -- shoofly:raw.`
        : "Nobody can read it yet, so use -- shoofly:raw.",
    );
  return withStep(
    draft,
    ddlStep("backfill", "staged", `refresh ${name} concurrently`, {
      sql: [`REFRESH MATERIALIZED VIEW CONCURRENTLY ${quoteQualified(draft.schema.name, name)}`],
      undo: [],
      locks: [lockOn(`${draft.schema.name}.${name}`, "EXCLUSIVE")],
      scan: true,
      long: true,
    }),
  );
}
