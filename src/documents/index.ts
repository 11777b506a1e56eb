// Every document, and the form of a migration in YAML or JSON, by the name of its JSON Schema: `schema/<name>.json`.
import type { z } from "zod";
import { abortDocument, demoDocument, doctorDocument, initDocument, latestDocument, newDocument } from "./answers.ts";
import { migrationDocument } from "../define/render-migration.ts";
import { errorDocument } from "./contract.ts";
import { lintDocument } from "./lint.ts";
import { planDocument } from "./plan.ts";
import { statusDocument } from "./status.ts";

export const documents: Readonly<Record<string, z.ZodType>> = {
  abort: abortDocument,
  demo: demoDocument,
  doctor: doctorDocument,
  error: errorDocument,
  init: initDocument,
  latest: latestDocument,
  migration: migrationDocument,
  new: newDocument,
  lint: lintDocument,
  plan: planDocument,
  status: statusDocument,
};
