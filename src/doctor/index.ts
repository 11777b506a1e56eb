// The checks of `shoofly doctor`, in the order in which they are reported.
import type { Check } from "./contract.ts";
import { history } from "./history.ts";
import { identifiers } from "./identifiers.ts";
import { invalidIndexes } from "./invalid-indexes.ts";
import { journal } from "./journal.ts";
import { leftovers } from "./leftovers.ts";
import { pooler } from "./pooler.ts";
import { privileges } from "./privileges.ts";
import { rewriteGuard } from "./rewrite-guard.ts";
import { runner } from "./runner.ts";
import { serverVersion } from "./server-version.ts";
import { transactions } from "./transactions.ts";
import { writable } from "./writable.ts";

export const checks: readonly Check[] = [
  serverVersion,
  writable,
  pooler,
  privileges,
  journal,
  rewriteGuard,
  runner,
  history,
  identifiers,
  leftovers,
  invalidIndexes,
  transactions,
];
