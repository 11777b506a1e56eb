// Is there a pooler in transaction mode in between? Session settings and locks would land on other clients' connections.
import { findPooler } from "../project/pooler.ts";
import { failed, ok, type Check } from "./contract.ts";

export const pooler: Check = {
  name: "pooler",
  run: async ({ connection, connectAgain }) => {
    const second = await connectAgain();
    try {
      const sign = await findPooler(connection, second);
      if (sign === null) return [ok("the connection goes to the server itself or to a pool in session mode")];
      return [
        failed({
          message: `a pooler in transaction mode is in between: ${sign}`,
          cause: "Leases, timeouts and locks need a session of our own; such a pooler hands it to others.",
          remedies: ["--db URL of the server itself (often another port), or of a pool in session mode"],
        }),
      ];
    } finally {
      await second.close();
    }
  },
};
