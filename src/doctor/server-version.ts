// Is the server's version in the support table?
import { failed, ok, warning, type Check } from "./contract.ts";

const oldest = 13;
const newest = 18;

export const serverVersion: Check = {
  name: "server-version",
  run: async ({ facts }) => {
    if (facts.major >= oldest && facts.major <= newest) return [ok(`PostgreSQL ${facts.version} is supported`)];
    const trouble = {
      message: `PostgreSQL ${facts.version} is outside the support table (${oldest} to ${newest})`,
      cause: "Locks and rewrites of DDL were measured on the versions of the table only.",
      remedies:
        facts.major < oldest ? [`Upgrade the server to PostgreSQL ${oldest} or later.`] : ["Look for a later shoofly."],
    };
    return [facts.major < oldest ? failed(trouble) : warning(trouble)];
  },
};
