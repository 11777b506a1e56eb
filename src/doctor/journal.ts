// Is there a journal, and which version does it have? A newer one was refused before any check ran.
import { ok, type Check } from "./contract.ts";

export const journal: Check = {
  name: "journal",
  run: async (patient) => [
    patient.journal === null
      ? ok("no journal yet: `shoofly init` or the first `shoofly start` makes it")
      : ok(`the journal is there and knows ${patient.journal.migrations.length} migration(s)`),
  ],
};
