// DROP CONSTRAINT: what only refuses rows goes before the new version is offered, keys go once the old version is closed.
import { fromCatalog } from "../../dialects/postgres/catalog-constraint.ts";
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { alterCommand, refuse } from "../../dialects/postgres/statement.ts";
import type { Constraint } from "../../core/schema.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly table: string;
  readonly name: string;
  readonly isOptional: boolean;
  readonly isCascade: boolean;
}

export const dropConstraint: Operation<Change> = {
  name: "drop-constraint",
  match: (statement, draft) => {
    const found = alterCommand(statement, draft, "AT_DropConstraint");
    if (found === null) return null;
    return {
      table: found.table.name,
      name: found.column,
      isOptional: found.command.missing_ok === true,
      isCascade: found.command.behavior === "DROP_CASCADE",
    };
  },
  message: (change) =>
    `DROP CONSTRAINT ${change.name} waits for ACCESS EXCLUSIVE on ${change.table}, and rows that it refused until now can come in at once.`,
  apply: (change, statement, draft) => {
    const table = draft.tables[change.table];
    if (table === undefined) return draft;
    if (table.table === null)
      refuse(statement, `${change.table} is made by the same migration.`, "Make the table without the constraint.");
    if (change.isCascade)
      refuse(statement, "CASCADE would drop objects that nobody listed.", "Drop what depends on the key first.");
    const isAdded = draft.constraints.some((each) => each.table === table.name && each.name === change.name);
    if (isAdded)
      return {
        ...draft,
        constraints: draft.constraints.filter((each) => each.table !== table.name || each.name !== change.name),
      };
    const found = table.table.constraints.find((each) => each.name === change.name);
    const isGone = draft.dropped.some((each) => each.table === table.name && each.name === change.name);
    if (found === undefined || isGone) {
      if (change.isOptional) return draft;
      return refuse(
        statement,
        `${change.table} has no constraint ${change.name}.`,
        `Constraints: ${table.table.constraints.map((each) => each.name).join(", ") || "none"}.`,
      );
    }
    refuseUnusual(statement, draft, table, found);
    return { ...draft, dropped: [...draft.dropped, { table: table.name, name: found.name }] };
  },
};

function refuseUnusual(statement: Statement, draft: Draft, table: TableDraft, found: Constraint): void {
  const isKey = found.kind === "unique" || found.kind === "primary-key";
  if (found.inherited) refuse(statement, `${found.name} comes from the table above ${table.name}.`, "Drop it there.");
  if (fromCatalog(draft, table.name, found) === null)
    refuse(
      statement,
      `The exclusion constraint ${found.name} could not come back without locking ${table.name} for the whole build.`,
      "This needs the rebuild strategy.",
    );
  if (table.table?.kind === "partitioned" && (isKey || (found.kind === "foreign-key" && draft.facts.major < 18)))
    refuse(
      statement,
      `${table.name} is partitioned: ${found.name} could not come back without a scan under lock.`,
      "This needs the rebuild strategy.",
    );
  if (found.kind === "not-null") {
    const isKeyColumn = table.table?.constraints.some(
      (each) => each.kind === "primary-key" && each.columns.includes(found.columns[0] ?? ""),
    );
    if (isKeyColumn === true)
      refuse(statement, `${found.columns.join()} is part of the primary key.`, "A primary key column cannot be NULL.");
  }
  if (!isKey) return;
  const dependent = table.table?.referencedBy.find(
    (each) =>
      each.columns.length === found.columns.length &&
      each.columns.every((column) => found.columns.includes(column)) &&
      !draft.dropped.some(
        (gone) => gone.name === each.constraint && [gone.table, quoteIdentifier(gone.table)].includes(each.table),
      ),
  );
  if (dependent !== undefined)
    refuse(
      statement,
      `The foreign key ${dependent.constraint} of ${dependent.table} depends on ${found.name}.`,
      "Drop the foreign key first.",
    );
}
