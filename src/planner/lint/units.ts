// The units that lint judges: a statement, or one command of an ALTER TABLE with several.
import type { Node } from "libpg-query";
import { commandsOf } from "../../dialects/postgres/column-definitions.ts";
import { MigrationError } from "../../core/error.ts";
import { parseFile } from "../../dialects/postgres/parse.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";

export interface Unit {
  readonly node: Node;
  /** Character range in the file. */
  readonly start: number;
  readonly end: number;
}

/** The whole statement with the blanks and comments before it. */
export interface Whole extends Unit {
  readonly gapStart: number;
}

/** One unit per command; the statement itself where there is one command or none. */
export function unitsOf(whole: Whole, text: string): readonly Unit[] {
  const commands = commandsOf(whole.node);
  if (commands.length < 2 || !("AlterTableStmt" in whole.node)) return [whole];
  const statements = statementsOf(whole, text);
  const alter = whole.node.AlterTableStmt;
  if (statements instanceof MigrationError || statements.length !== commands.length) return [whole];
  return commands.map((command, index) => ({
    node: { AlterTableStmt: { ...alter, cmds: [{ AlterTableCmd: command }] } },
    start: whole.gapStart + (statements[index]?.start ?? 0),
    end: whole.gapStart + (statements[index]?.end ?? 0),
  }));
}

/** As the planner reads it, with the directives before it; or why it cannot be read. Places count from the gap's start. */
export function statementsOf(whole: Whole, text: string): readonly Statement[] | MigrationError {
  try {
    return parseFile("", text.slice(whole.gapStart, whole.end));
  } catch (error) {
    if (error instanceof MigrationError) return error;
    throw error;
  }
}
