// One line per finding, as compilers print it: editors, reviewdog and grep read it.
import { openFindings } from "./contract.ts";
import type { Format } from "./contract.ts";

export const gcc: Format = {
  name: "gcc",
  write: (report) =>
    [
      ...report.document.unanalysed.map(
        ({ file, line, column, reason }) => `${file}:${line}:${column}: error: not analysed: ${oneLine(reason)}\n`,
      ),
      ...openFindings(report).map(
        ({ file, line, column, severity, message, rule }) =>
          `${file}:${line}:${column}: ${severity === "info" ? "note" : severity}: ${oneLine(message)} [${rule}]\n`,
      ),
    ].join(""),
};

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}
