// The machine contract: the document as it is.
import type { Format } from "./contract.ts";

export const json: Format = {
  name: "json",
  write: ({ document }) => `${JSON.stringify(document, null, 2)}\n`,
};
