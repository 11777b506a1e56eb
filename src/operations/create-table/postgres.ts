// CREATE TABLE: nobody uses it yet; only the tables its foreign keys name are locked for a moment.
import type { CreateStmt } from "libpg-query";
import { rowsOfNewTable } from "../../dialects/postgres/data-change.ts";
import { isTaken, withStep, withTable } from "../../dialects/postgres/draft.ts";
import { visit, isRecord } from "../../dialects/postgres/expression.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import { archiveStatement } from "../../dialects/postgres/fill.ts";
import { stateSchema } from "../../dialects/postgres/names.ts";
import { ddlStep, lockOn } from "../../dialects/postgres/step-parts.ts";
import { quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly name: string;
  readonly create: CreateStmt;
}

export const createTable: Operation<Change> = {
  name: "create-table",
  worksDirectly: true,
  match: (statement, draft) => {
    if (!("CreateStmt" in statement.node)) return null;
    const create = statement.node.CreateStmt;
    const isHere = create.relation?.schemaname === undefined || create.relation.schemaname === draft.schema.name;
    if (
      !isHere ||
      create.partbound !== undefined ||
      create.inhRelations !== undefined ||
      create.relation?.relpersistence === "t"
    )
      return null;
    return { name: create.relation?.relname ?? "", create };
  },
  message: (change) =>
    `${change.name} is new: nobody waits for it${referenced(change.create).length === 0 ? "" : `, but its foreign keys lock ${referenced(change.create).join(", ")} against writes for a moment`}.`,
  apply: (change, statement, draft) => {
    if (isTaken(draft, change.name)) {
      if (change.create.if_not_exists === true) return draft;
      refuse(
        statement,
        `There is already a relation ${change.name} in schema ${draft.schema.name}.`,
        "Choose another name.",
      );
    }
    const qualified = quoteQualified(draft.schema.name, change.name);
    const step = ddlStep("expand", "native", `create table ${change.name}`, {
      sql: [statement.text],
      undo: [`DROP TABLE ${qualified}`],
      locks: referenced(change.create).map((name) => lockOn(`${draft.schema.name}.${name}`, "SHARE ROW EXCLUSIVE")),
      loss: [
        {
          what: rowsOfNewTable(draft, change.name),
          countSql: `SELECT count(*) FROM ${qualified}`,
          archiveSql: [
            archiveStatement(
              quoteQualified(stateSchema, draft.names.archive(change.name)),
              `SELECT * FROM ${qualified}`,
            ),
          ],
        },
      ],
    });
    return withStep(
      withTable(draft, { name: change.name, oldName: null, newName: change.name, table: null, columns: [] }),
      step,
    );
  },
};

function referenced(create: CreateStmt): string[] {
  const names: string[] = [];
  visit(create, (kind, node) => {
    const target = kind === "Constraint" ? node["pktable"] : undefined;
    if (isRecord(target)) names.push(String(target["relname"]));
  });
  return [...new Set(names)];
}
