// The part of `doctor --accept` that the command line needs: a reason has to be given.
import { MigrationError } from "../core/error.ts";
import { acceptDeviation } from "../project/accept.ts";
import type { Project } from "../project/config.ts";
import { withConnection } from "../project/reading.ts";

/** @returns a sentence about what was accepted */
export async function acceptFile(
  project: Project,
  given: { readonly accept?: string; readonly reason?: string },
): Promise<string> {
  const name = given.accept ?? "";
  const reason = given.reason?.trim() ?? "";
  if (reason === "") {
    throw new MigrationError("usage", {
      happened: "--accept needs a reason, which is kept in the audit log.",
      safeNext: [`shoofly doctor --accept ${name} --reason "why this is all right"`],
    });
  }
  const accepted = await withConnection(
    project,
    async (connection) => await acceptDeviation(connection, project, { name, reason }),
  );
  return `accepted (${accepted.kind}): ${accepted.happened}\n`;
}
