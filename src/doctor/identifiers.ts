// Is every file a migration that can be read, and will its version schema fit into an identifier of the server?
import { MigrationError } from "../core/error.ts";
import { discoverFiles } from "../files/discover.ts";
import { byteLength, identifierBytesMax } from "../sql/identifier.ts";
import { failed, ok, type Check, type Finding } from "./contract.ts";

/** A file that plan and start would refuse. */
function unreadable(migrations: string): readonly Finding[] {
  try {
    discoverFiles(migrations);
    return [];
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    const cause = "A file that is skipped silently would be missing in the database; plan and start refuse to go on.";
    return [failed({ message: error.happened, cause, remedies: error.safeNext })];
  }
}

export const identifiers: Check = {
  name: "identifiers",
  run: async ({ files, migrations, schema, journal }) => {
    const refused = unreadable(migrations);
    const applied = new Set(journal?.migrations.map((record) => record.name));
    const long = files.filter(
      (file) => !applied.has(file.name) && byteLength(`${schema}_${file.name}`) > identifierBytesMax,
    );
    if (long.length + refused.length === 0) return [ok("the names of all migrations fit")];
    const findings = long.map((file) =>
      failed({
        message: `${file.file}: "${schema}_${file.name}" has ${byteLength(`${schema}_${file.name}`)} bytes`,
        cause: `The version schema is named after the file, and an identifier has at most ${identifierBytesMax} bytes.`,
        remedies: [`give ${file.file} a shorter name`],
      }),
    );
    return [...refused, ...findings];
  },
};
