// Every document, and the form of a migration in YAML or JSON, by the name of its JSON Schema: `schema/<name>.json`.
import type { z } from "zod";
import {
  abortDocument,
  completionDocument,
  demoDocument,
  doctorDocument,
  initDocument,
  latestDocument,
  newDocument,
} from "./answers.ts";
import { migrationDocument } from "../define/render-migration.ts";
import { errorDocument } from "./contract.ts";
import { explainDocument } from "./explain.ts";
import { historyDocument, showDocument, verifyDocument } from "./history.ts";
import { lintDocument } from "./lint.ts";
import { planDocument } from "./plan.ts";
import { statusDocument } from "./status.ts";

export const documents: Readonly<Record<string, z.ZodType>> = {
  abort: abortDocument,
  completion: completionDocument,
  demo: demoDocument,
  doctor: doctorDocument,
  error: errorDocument,
  explain: explainDocument,
  history: historyDocument,
  init: initDocument,
  latest: latestDocument,
  migration: migrationDocument,
  new: newDocument,
  lint: lintDocument,
  plan: planDocument,
  show: showDocument,
  status: statusDocument,
  verify: verifyDocument,
};
