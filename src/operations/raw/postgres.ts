// Any other statement: run as written, lock-safe, with the author's undo; what is known to be dangerous is refused first.
import type { VacuumStmt } from "libpg-query";
import type { Operation } from "../contract.ts";
import { withStep } from "../../dialects/postgres/draft.ts";
import { directive } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { isRecord, visit } from "../../dialects/postgres/expression.ts";
import { isAllowed, refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep, lockOn, stepBase } from "../../dialects/postgres/step-parts.ts";
import { isReshaped, tableNamed } from "../../dialects/postgres/draft.ts";

interface Change {
  readonly kind: string;
  readonly relations: readonly string[];
}

/** Statement kinds that hold a blocking lock while they scan or rewrite, or that break clients: only with `raw` by the author. */
const dangerous: Readonly<Record<string, string>> = {
  AlterTableStmt: "This ALTER TABLE has no safe plan yet and may lock, scan or rewrite the table",
  RenameStmt: "A rename breaks every client that uses the old name",
  DropStmt: "A drop breaks every client that uses the object, and cannot be taken back",
  TruncateStmt: "TRUNCATE removes all rows under ACCESS EXCLUSIVE",
  ClusterStmt: "CLUSTER rewrites the table under ACCESS EXCLUSIVE",
  ReindexStmt: "REINDEX keeps writes waiting until the index is built",
  RefreshMatViewStmt: "REFRESH keeps readers waiting until the view is filled",
  AlterObjectSchemaStmt: "SET SCHEMA breaks every client that uses the old place",
  RuleStmt: "A rule rewrites the statements of every client, and RETURNING, ON CONFLICT and row counts with them",
  DeleteStmt: "One DELETE holds its row locks until it ends, and removed rows cannot be taken back",
};

const forbidden: Readonly<Record<string, string>> = {
  TransactionStmt: "Transactions are the runner's: it decides what belongs together",
  VariableSetStmt: "A setting would stay on a connection of the runner",
  CopyStmt: "COPY needs a client that sends or receives rows",
  PrepareStmt: "A prepared statement would be gone with the connection",
  LockStmt: "A lock would be gone before the next statement: every step is a transaction of its own",
  ListenStmt: "LISTEN has no meaning in a migration",
};

export const raw: Operation<Change> = {
  name: "raw",
  match: (statement) => {
    const relations: string[] = [];
    visit(statement.node, (kind, node) => {
      if (kind === "RangeVar") relations.push(String(node["relname"]));
    });
    collectRelations(statement.node, relations);
    return { kind: Object.keys(statement.node)[0] ?? "", relations: [...new Set(relations)] };
  },
  message: (change, _draft, effect) =>
    `${dangerous[change.kind] ?? "The statement runs as written"}.${effect === null ? " What it locks is not known before it has run in a shadow server." : ""}`,
  apply: (change, statement, draft) => {
    const no = forbidden[change.kind];
    if (no !== undefined) refuse(statement, `${no}.`, "Leave the statement out.");
    const isRaw = directive(statement, "raw") !== undefined;
    const danger = rebuilds(statement) ?? dangerous[change.kind];
    if (danger !== undefined && !isRaw)
      refuse(statement, `${danger}.`, "If you know better, add a line before the statement: -- shoofly:raw");
    const moved = change.relations.find((name) => {
      const table = draft.tables[name] ?? tableNamed(draft, name);
      return table !== undefined && table.table !== null && isReshaped(table);
    });
    if (moved !== undefined)
      refuse(
        statement,
        `The statement uses ${moved}, which this migration changes.`,
        "Put the statement into a migration of its own.",
      );
    const undo = directive(statement, "undo");
    const isIrreversible = undo === undefined;
    if (isIrreversible && !isAllowed(statement, "irreversible")) {
      refuse(
        statement,
        "Nobody knows how to take this statement back.",
        `Add a line before it: -- shoofly:undo SQL   or   -- shoofly:allow irreversible reason="…"`,
      );
    }
    const title = `as written: ${firstWords(statement)}`;
    const locks = change.relations
      .filter((name) => draft.tables[name]?.table != null)
      .map((name) => lockOn(`${draft.schema.name}.${name}`, "ACCESS EXCLUSIVE"));
    if (runsAlone(statement)) {
      return withStep(draft, {
        ...stepBase(isIrreversible ? "verify" : "expand", "raw", title, {
          sql: [statement.text],
          transaction: false,
          locks,
          undo: undo === undefined ? [] : [undo.value],
          undoTransaction: false,
          reversible: !isIrreversible,
        }),
        kind: "ddl",
        index: null,
        long: true,
      });
    }
    // What cannot be undone runs last, right before the new version is offered.
    return withStep(
      draft,
      ddlStep(isIrreversible ? "verify" : "expand", "raw", title, {
        sql: [statement.text],
        undo: undo === undefined ? [] : [undo.value],
        reversible: !isIrreversible,
        locks,
        long: true,
      }),
    );
  },
};

/** What gives a table a new file under ACCESS EXCLUSIVE: only the rebuild strategy does that under load. */
function rebuilds(statement: Statement): string | undefined {
  const { node, command } = statement;
  const ways: Readonly<Record<string, string>> = {
    AT_SetLogged: "SET LOGGED",
    AT_SetUnLogged: "SET UNLOGGED",
    AT_SetTableSpace: "SET TABLESPACE",
    AT_SetAccessMethod: "SET ACCESS METHOD",
  };
  const way =
    ways[command?.subtype ?? ""] ??
    ("ClusterStmt" in node ? "CLUSTER" : "VacuumStmt" in node && isFull(node.VacuumStmt) ? "VACUUM FULL" : undefined);
  return way === undefined
    ? undefined
    : `${way} writes the whole table anew under ACCESS EXCLUSIVE: this needs the rebuild strategy`;
}

function isFull(vacuum: VacuumStmt): boolean {
  return (vacuum.options ?? []).some((option) => "DefElem" in option && option.DefElem.defname === "full");
}

function collectRelations(node: unknown, into: string[]): void {
  if (Array.isArray(node)) {
    for (const each of node) collectRelations(each, into);
    return;
  }
  if (!isRecord(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === "relation" && isRecord(value) && typeof value["relname"] === "string") into.push(value["relname"]);
    collectRelations(value, into);
  }
}

/** VACUUM, CREATE DATABASE and the like refuse to run in a transaction block. */
function runsAlone(statement: Statement): boolean {
  return ["VacuumStmt", "CreatedbStmt", "DropdbStmt", "AlterSystemStmt", "CreateTableSpaceStmt", "ReindexStmt"].some(
    (kind) => kind in statement.node,
  );
}

function firstWords(statement: Statement): string {
  const text = statement.text.replace(/\s+/g, " ");
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
