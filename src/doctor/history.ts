// Do the migration files still agree with the journal?
import { deviations, remediesOf } from "../files/history.ts";
import { failed, ok, type Check } from "./contract.ts";

export const history: Check = {
  name: "history",
  run: async ({ files, journal }) => {
    const found = deviations(files, journal?.migrations ?? [], journal?.accepted ?? []);
    if (found.length === 0) return [ok("the migration files agree with the journal")];
    return found.map((deviation) =>
      failed({
        message: deviation.happened,
        cause: "What is on disk is not what the database went through: the next database would end up different.",
        remedies: remediesOf(deviation),
      }),
    );
  },
};
