// The one list of operations, in the order in which they are asked; `raw` takes what is left.
import { addCheck } from "./add-check/postgres.ts";
import { addColumn } from "./add-column/postgres.ts";
import { attachPartition } from "./attach-partition/postgres.ts";
import { addEnumValue } from "./add-enum-value/postgres.ts";
import { addForeignKey } from "./add-foreign-key/postgres.ts";
import { addExclusion } from "./add-exclusion/postgres.ts";
import { addPrimaryKey } from "./add-primary-key/postgres.ts";
import { addUnique } from "./add-unique/postgres.ts";
import { addNotNull } from "./add-not-null/postgres.ts";
import { renameConstraint } from "./rename-constraint/postgres.ts";
import { renameIndex } from "./rename-index/postgres.ts";
import { alterIndex } from "./alter-index/postgres.ts";
import { alterConstraint } from "./alter-constraint/postgres.ts";
import { changeColumnType } from "./change-column-type/postgres.ts";
import { columnSettings } from "./column-settings/postgres.ts";
import { comment } from "./comment/postgres.ts";
import { matcherOf } from "./contract.ts";
import type { Matcher } from "./contract.ts";
import { createIndex } from "./create-index/postgres.ts";
import { createPartition } from "./create-partition/postgres.ts";
import { createSequence } from "./create-sequence/postgres.ts";
import { createTable } from "./create-table/postgres.ts";
import { createType } from "./create-type/postgres.ts";
import { deleteRows } from "./delete-rows/postgres.ts";
import { detachPartition } from "./detach-partition/postgres.ts";
import { dropColumn } from "./drop-column/postgres.ts";
import { dropDefault } from "./drop-default/postgres.ts";
import { dropIndex } from "./drop-index/postgres.ts";
import { dropTable } from "./drop-table/postgres.ts";
import { dropNotNull } from "./drop-not-null/postgres.ts";
import { insertRows } from "./insert-rows/postgres.ts";
import { mergeColumns } from "./merge-columns/postgres.ts";
import { dropConstraint } from "./drop-constraint/postgres.ts";
import { validateConstraint } from "./validate-constraint/postgres.ts";
import { raw } from "./raw/postgres.ts";
import { renameColumn } from "./rename-column/postgres.ts";
import { renameEnumValue } from "./rename-enum-value/postgres.ts";
import { renameTable } from "./rename-table/postgres.ts";
import { setDefault } from "./set-default/postgres.ts";
import { setNotNull } from "./set-not-null/postgres.ts";
import { splitColumn } from "./split-column/postgres.ts";
import { updateRows } from "./update-rows/postgres.ts";
import { extension } from "./extension/postgres.ts";
import { grant } from "./grant/postgres.ts";
import { materializedView } from "./materialized-view/postgres.ts";
import { policy } from "./policy/postgres.ts";
import { reindex } from "./reindex/postgres.ts";
import { routine } from "./routine/postgres.ts";
import { rowSecurity } from "./row-security/postgres.ts";
import { statisticsObject } from "./statistics-object/postgres.ts";
import { tableOptions } from "./table-options/postgres.ts";
import { trigger } from "./trigger/postgres.ts";
import { view } from "./view/postgres.ts";

export const operations: readonly Matcher[] = [
  matcherOf(createTable),
  matcherOf(createPartition),
  matcherOf(attachPartition),
  matcherOf(detachPartition),
  matcherOf(dropTable),
  matcherOf(renameTable),
  matcherOf(addColumn),
  matcherOf(splitColumn),
  matcherOf(mergeColumns),
  matcherOf(dropColumn),
  matcherOf(renameColumn),
  matcherOf(changeColumnType),
  matcherOf(setNotNull),
  matcherOf(dropNotNull),
  matcherOf(setDefault),
  matcherOf(dropDefault),
  matcherOf(columnSettings),
  matcherOf(comment),
  matcherOf(createIndex),
  matcherOf(dropIndex),
  matcherOf(updateRows),
  matcherOf(deleteRows),
  matcherOf(insertRows),
  matcherOf(createType),
  matcherOf(createSequence),
  matcherOf(addEnumValue),
  matcherOf(renameEnumValue),
  matcherOf(extension),
  matcherOf(grant),
  matcherOf(materializedView),
  matcherOf(policy),
  matcherOf(reindex),
  matcherOf(routine),
  matcherOf(rowSecurity),
  matcherOf(statisticsObject),
  matcherOf(tableOptions),
  matcherOf(trigger),
  matcherOf(view),
  matcherOf(addCheck),
  matcherOf(addForeignKey),
  matcherOf(addExclusion),
  matcherOf(addPrimaryKey),
  matcherOf(addUnique),
  matcherOf(dropConstraint),
  matcherOf(validateConstraint),
  matcherOf(addNotNull),
  matcherOf(renameConstraint),
  matcherOf(renameIndex),
  matcherOf(alterIndex),
  matcherOf(alterConstraint),
  matcherOf(raw),
];
