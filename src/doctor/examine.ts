// Runs the checks of `shoofly doctor` on one database and collects what they find.
import type { Connection } from "../dialects/postgres/connect.ts";
import { connect } from "../dialects/postgres/connect.ts";
import { DatabaseError } from "../dialects/postgres/database-error.ts";
import { readFacts } from "../dialects/postgres/introspect.ts";
import { MigrationError } from "../core/error.ts";
import type { Facts } from "../core/schema.ts";
import type { DoctorDocument, DoctorFinding } from "../documents/answers.ts";
import { discoverFiles } from "../files/discover.ts";
import type { Project } from "../project/config.ts";
import { readJournal } from "../project/journal-facts.ts";
import { targetName } from "../project/target.ts";
import { failed, ok, type Check, type Finding, type Patient } from "./contract.ts";
import { checks } from "./index.ts";

export interface Examination {
  readonly document: DoctorDocument;
  /** Statements that `--fix` may run. */
  readonly fixes: readonly string[];
}

type Named = DoctorFinding & { readonly fix: readonly string[] };

function named(check: string, finding: Finding): Named {
  return { check, ...finding };
}

async function runCheck(check: Check, patient: Patient): Promise<readonly Named[]> {
  try {
    return (await check.run(patient)).map((finding) => named(check.name, finding));
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const trouble = {
      message: `could not be checked: ${error.message}`,
      cause: "The role may not read what the check needs, or the connection broke.",
      remedies: ["run it again as the owner of the database"],
    };
    return [named(check.name, failed(trouble))];
  }
}

function examined(facts: Facts | null, findings: readonly Named[]): Examination {
  return {
    document: {
      schema: "shoofly.doctor/1",
      database: facts === null ? null : { engine: facts.engine, version: facts.version },
      healthy: findings.every((finding) => finding.level !== "failed"),
      checks: findings.map(({ fix: _fix, ...finding }) => finding),
    },
    fixes: findings.flatMap((finding) => finding.fix),
  };
}

/** What keeps the checks from running at all, as the only finding. */
function unreachable(error: unknown, project: Project): Examination {
  if (error instanceof DatabaseError) {
    const finding = failed({
      message: `${targetName(project.url())} does not answer: ${error.message}`,
      cause: "Host, port, database, user or password of the URL is wrong, or the server is down.",
      remedies: ["check the URL that --db or DATABASE_URL gives", "pg_isready -h HOST -p PORT"],
    });
    return examined(null, [named("reachable", finding)]);
  }
  if (error instanceof MigrationError && (error.code === "server-unsupported" || error.code === "journal-newer")) {
    const finding = failed({ message: error.happened, cause: error.databaseNow, remedies: error.safeNext });
    return examined(null, [named(error.code === "journal-newer" ? "journal" : "server-version", finding)]);
  }
  throw error;
}

async function patientOf(connection: Connection, project: Project): Promise<Patient> {
  const url = project.url();
  return {
    connection,
    facts: await readFacts(connection),
    connectAgain: async () => await connect(url, { applicationName: "shoofly" }),
    schema: project.schema,
    journal: await readJournal(connection),
    migrations: project.migrations,
    files: discoverFiles(project.migrations, "skip"),
  };
}

/** @param only the slugs of the checks to run; all when it is left out */
export async function examine(project: Project, only?: readonly string[]): Promise<Examination> {
  let connection: Connection | null = null;
  try {
    connection = await connect(project.url(), { applicationName: "shoofly" });
    const patient = await patientOf(connection, project);
    const findings: Named[] = [named("reachable", ok(`${targetName(project.url())} answers`))];
    for (const check of checks) {
      if (only === undefined || only.includes(check.name)) findings.push(...(await runCheck(check, patient)));
    }
    return examined(patient.facts, findings);
  } catch (error) {
    return unreachable(error, project);
  } finally {
    await connection?.close();
  }
}
