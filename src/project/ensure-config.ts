// The configuration file of a new project. An existing one is never touched.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { shownPath } from "../files/discover.ts";
import { configFileName, type ProjectOptions } from "./config.ts";
import { writeWhole } from "./saved-plan.ts";

/** Writes shoofly.config.json unless it is there. The database's URL stays in the environment: files get committed. */
export function ensureConfig(options: ProjectOptions): { readonly file: string; readonly created: boolean } {
  const path = resolve(options.config ?? configFileName);
  if (existsSync(path)) return { file: shownPath(path), created: false };
  const config = { migrations: options.migrations ?? "migrations", schema: options.schema ?? "public" };
  return { file: writeWhole(path, `${JSON.stringify(config, null, 2)}\n`), created: true };
}
