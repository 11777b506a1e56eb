// The one list of lint rules. What an operation can cure is found by the operation itself, not here.
import { briefLock } from "./brief-lock/rule.ts";
import { charColumn } from "./char-column/rule.ts";
import { concurrentlyInTransaction } from "./concurrently-in-transaction/rule.ts";
import type { Rule } from "./contract.ts";
import { dropCascade } from "./drop-cascade/rule.ts";
import { foreignKeyWithoutIndex } from "./foreign-key-without-index/rule.ts";
import { integerPrimaryKey } from "./integer-primary-key/rule.ts";
import { jsonColumn } from "./json-column/rule.ts";
import { lockTable } from "./lock-table/rule.ts";
import { longIdentifier } from "./long-identifier/rule.ts";
import { missingDescription } from "./missing-description/rule.ts";
import { mixedDdlAndDml } from "./mixed-ddl-and-dml/rule.ts";
import { notNullWithoutDefault } from "./not-null-without-default/rule.ts";
import { quotedIdentifier } from "./quoted-identifier/rule.ts";
import { timestampWithoutTimeZone } from "./timestamp-without-time-zone/rule.ts";
import { truncate } from "./truncate/rule.ts";
import { vacuumFull } from "./vacuum-full/rule.ts";
import { validateInSameTransaction } from "./validate-in-same-transaction/rule.ts";
import { workAfterLock } from "./work-after-lock/rule.ts";

export const rules: readonly Rule[] = [
  concurrentlyInTransaction,
  validateInSameTransaction,
  workAfterLock,
  notNullWithoutDefault,
  truncate,
  vacuumFull,
  lockTable,
  dropCascade,
  foreignKeyWithoutIndex,
  integerPrimaryKey,
  jsonColumn,
  longIdentifier,
  missingDescription,
  briefLock,
  charColumn,
  timestampWithoutTimeZone,
  quotedIdentifier,
  mixedDdlAndDml,
];
