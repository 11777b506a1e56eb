// Will every version schema fit into an identifier of the server?
import { byteLength, identifierBytesMax } from "../sql/identifier.ts";
import { failed, ok, type Check } from "./contract.ts";

export const identifiers: Check = {
  name: "identifiers",
  run: async ({ files, schema, journal }) => {
    const applied = new Set(journal?.migrations.map((record) => record.name));
    const long = files.filter(
      (file) => !applied.has(file.name) && byteLength(`${schema}_${file.name}`) > identifierBytesMax,
    );
    if (long.length === 0) return [ok("the names of all migrations fit")];
    return long.map((file) =>
      failed({
        message: `${file.file}: "${schema}_${file.name}" has ${byteLength(`${schema}_${file.name}`)} bytes`,
        cause: `The version schema is named after the file, and an identifier has at most ${identifierBytesMax} bytes.`,
        remedies: [`give ${file.file} a shorter name`],
      }),
    );
  },
};
