// The first contact with a database: is there anything in it that shoofly did not make, and since when does the journal count?
import { MigrationError } from "../core/error.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { Journal } from "../engine/journal.ts";
import { discoverFiles, shownPath } from "../files/discover.ts";
import type { MigrationFile } from "../files/migration-file.ts";
import { resolveName } from "../files/resolve-name.ts";
import { quoteIdentifier } from "../sql/identifier.ts";
import type { Project } from "./config.ts";
import { currentPerson } from "./reading.ts";

/** Relations of the schema that no extension brought along. */
async function relationsIn(connection: Connection, schema: string): Promise<number> {
  const [row] = await connection.query<{ relations: number }>(
    `select pg_catalog.count(*)::int as relations
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
       and not exists (select from pg_catalog.pg_depend d
         where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`,
    [schema],
  );
  return row?.relations ?? 0;
}

/** True when a baseline stands or a migration was started: the journal knows where this database comes from. */
async function isAdopted(journal: Journal | null): Promise<boolean> {
  if (journal === null) return false;
  return (await journal.baseline()) !== null || (await journal.migrations()).length > 0;
}

/** @throws MigrationError `baseline-missing` for a database with tables and without a journal that explains them */
export async function assertBaseline(connection: Connection, project: Project): Promise<void> {
  if (await isAdopted(await Journal.openIfThere(connection))) return;
  const relations = await relationsIn(connection, project.schema);
  if (relations === 0) return;
  throw new MigrationError("baseline-missing", {
    happened:
      `Schema ${project.schema} holds ${relations} relation(s), and no journal says where they come from: ` +
      "some of the migration files may be in it already.",
    safeNext: [
      "shoofly init   (takes the database as it is; all migration files count as pending)",
      "shoofly init --baseline NAME   (the files up to NAME are in it already)",
    ],
  });
}

/** The files up to and including the one that was named. */
function filesUpTo(project: Project, given: string): readonly MigrationFile[] {
  const files = discoverFiles(project.migrations);
  const names = files.map((file) => file.name);
  const last = resolveName(names, given, { place: shownPath(project.migrations), safeNext: ["shoofly status"] });
  return files.filter((file) => file.name <= last);
}

export interface Adoption {
  readonly journal: "installed" | "present";
  readonly baseline: "recorded" | "present" | "not-needed" | "declined";
  readonly baselineFiles: readonly string[];
}

export interface AdoptOptions {
  /** `--baseline NAME` */
  readonly baseline: string | null;
  /** Asked before a non-empty database is taken as it is. */
  readonly agree: (relations: number) => Promise<boolean>;
}

/** Installs the journal, and takes a non-empty database as it is. */
export async function adopt(connection: Connection, project: Project, options: AdoptOptions): Promise<Adoption> {
  const files = options.baseline === null ? [] : filesUpTo(project, options.baseline);
  const before = await Journal.openIfThere(connection);
  const state = before === null ? "installed" : "present";
  const isKnown = await isAdopted(before);
  const relations = await relationsIn(connection, project.schema);
  const isWanted = options.baseline !== null || (!isKnown && relations > 0);
  if (isWanted && options.baseline === null && !(await options.agree(relations))) {
    return { journal: state, baseline: "declined", baselineFiles: [] };
  }
  const journal = await Journal.install(connection);
  if (!isWanted) return { journal: state, baseline: isKnown ? "present" : "not-needed", baselineFiles: [] };
  // The baseline's rows are recorded for the connection's current schema.
  await connection.query(`set search_path = ${quoteIdentifier(project.schema)}`);
  await journal.recordBaseline(files.at(-1)?.name ?? null, files, currentPerson());
  return { journal: state, baseline: "recorded", baselineFiles: files.map((file) => file.name) };
}
