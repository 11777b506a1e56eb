// Options of every command, in commander's syntax with one line each.

export const globalOptions: readonly (readonly [flags: string, summary: string])[] = [
  ["--json", "print one JSON document instead of text"],
  ["--db <name|url>", "database: a URL, or a name from the configuration (default: DATABASE_URL)"],
  ["--migrations <dir>", "directory of the migration files (default: ./migrations)"],
  ["--schema <name>", "database schema to migrate (default: public)"],
  ["--config <file>", "configuration file (default: ./shoofly.config.json)"],
  ["-q, --quiet", "no progress, only warnings"],
  ["-v, --verbose", "more progress: every lock attempt and chunk"],
  ["--no-color", "no colours"],
  ["--no-input", "never ask, even on a terminal"],
  ["--debug", "show the stack of an unexpected failure"],
];
