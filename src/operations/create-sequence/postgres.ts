// CREATE SEQUENCE: nobody uses it yet; only a column that is to own it is locked for a moment.
import type { CreateSeqStmt } from "libpg-query";
import { withStep } from "../../dialects/postgres/draft.ts";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { refuse } from "../../dialects/postgres/statement.ts";
import { ddlStep } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  /** As the author qualified it. */
  readonly name: readonly string[];
  readonly create: CreateSeqStmt;
}

export const createSequence: Operation<Change> = {
  name: "create-sequence",
  match: (statement) => {
    if (!("CreateSeqStmt" in statement.node)) return null;
    const create = statement.node.CreateSeqStmt;
    if (create.sequence?.relpersistence === "t") return null;
    const { schemaname, relname } = create.sequence ?? {};
    return { name: [...(schemaname === undefined ? [] : [schemaname]), relname ?? ""], create };
  },
  message: (change) => `The sequence ${change.name.join(".")} is new: nobody waits for it.`,
  apply: (change, statement, draft) => {
    const [name, schema] = change.name.toReversed();
    const isHere = schema === undefined || schema === draft.schema.name;
    if (isHere && draft.schema.otherRelations.some((each) => each.name === name)) {
      if (change.create.if_not_exists === true) return draft;
      refuse(statement, `There is already a relation ${name} in schema ${draft.schema.name}.`, "Choose another name.");
    }
    const owner = ownerOf(change.create).at(-1);
    if (owner !== undefined && Object.values(draft.tables).some((table) => isNew(table.columns, owner)))
      refuse(
        statement,
        `The sequence would belong to ${owner}, a column that the same migration adds or changes.`,
        "Leave OWNED BY to a migration of its own, or add the column as serial.",
      );
    return withStep(
      draft,
      ddlStep("expand", "native", `create sequence ${change.name.join(".")}`, {
        sql: [statement.text],
        undo: [`DROP SEQUENCE ${change.name.map(quoteIdentifier).join(".")}`],
      }),
    );
  },
};

/** `OWNED BY table.column` in parts; empty for none. */
function ownerOf(create: CreateSeqStmt): string[] {
  const option = (create.options ?? []).find((node) => "DefElem" in node && node.DefElem.defname === "owned_by");
  const list = option !== undefined && "DefElem" in option ? option.DefElem.arg : undefined;
  const names = list !== undefined && "List" in list ? fieldNames(list.List.items) : [];
  return names.length > 1 ? names : [];
}

function isNew(
  columns: readonly { readonly newName: string | null; readonly addition: unknown; readonly replacement: unknown }[],
  name: string,
): boolean {
  return columns.some((column) => column.newName === name && (column.addition !== null || column.replacement !== null));
}
