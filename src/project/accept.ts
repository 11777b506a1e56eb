// `doctor --accept NAME`: a person settles that a file was edited, is gone, or comes out of order, and says why.
import { MigrationError } from "../core/error.ts";
import type { Connection } from "../dialects/postgres/connect.ts";
import { Journal } from "../engine/journal.ts";
import { discoverFiles } from "../files/discover.ts";
import { deviations, type Deviation } from "../files/history.ts";
import { resolveName } from "../files/resolve-name.ts";
import type { Project } from "./config.ts";
import { acceptedEvent, readJournal } from "./journal-facts.ts";
import { currentPerson } from "./reading.ts";

function assertReason({ name, reason }: { readonly name: string; readonly reason: string }): void {
  if (reason.trim() !== "") return;
  throw new MigrationError("usage", {
    happened: "--accept needs a reason, which is kept in the audit log.",
    safeNext: [`shoofly doctor --accept ${name} --reason "why this is all right"`],
  });
}

/** Writes what is accepted, and why, into the audit log. The same file edited once more is a deviation again. */
export async function acceptDeviation(
  connection: Connection,
  project: Project,
  given: { readonly name: string; readonly reason: string },
): Promise<Deviation> {
  assertReason(given);
  const journal = await Journal.open(connection);
  const facts = await readJournal(connection);
  const open = deviations(discoverFiles(project.migrations), facts?.migrations ?? [], facts?.accepted ?? []);
  if (open.length === 0) {
    throw new MigrationError("wrong-state", {
      happened: "The migration files agree with the journal: there is nothing to accept.",
      safeNext: ["shoofly doctor"],
    });
  }
  const names = [...new Set(open.map((deviation) => deviation.name))];
  const name = resolveName(names, given.name, { place: "the list of deviations", safeNext: ["shoofly doctor"] });
  const deviation = open.find((candidate) => candidate.name === name);
  if (deviation === undefined) throw new RangeError(`no deviation of ${name}`);
  // An event of a file that the journal does not know yet still carries its name.
  await journal.appendEvent(name, currentPerson(), acceptedEvent, {
    kind: deviation.kind,
    checksum: deviation.checksum,
    reason: given.reason,
  });
  return deviation;
}
