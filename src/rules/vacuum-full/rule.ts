// VACUUM FULL and CLUSTER: both write the whole table anew while nobody may even read it.
import type { LintStatement, Rule } from "../contract.ts";

export const vacuumFull: Rule = {
  name: "vacuum-full",
  summary: "VACUUM FULL or CLUSTER rewrites the table while nobody may read it",
  severity: "error",
  isDefault: true,
  explainsEffect: true,
  bySize: true,
  check: ({ statements }) =>
    statements.flatMap((statement) => {
      const words = packingWords(statement);
      if (words === null) return [];
      return [
        {
          statement,
          message: `${words} writes the table and all its indexes anew under ACCESS EXCLUSIVE: reads and writes wait for the whole time (manual, ${words.split(" ")[0]}).`,
          plan: [
            "plain VACUUM makes the space usable again without a lock",
            "pg_repack returns it to the system with two short locks",
          ],
        },
      ];
    }),
};

function packingWords({ node, isNew }: LintStatement): string | null {
  if ("ClusterStmt" in node) return isNew(node.ClusterStmt.relation) ? null : "CLUSTER";
  if (!("VacuumStmt" in node)) return null;
  const isFull = (node.VacuumStmt.options ?? []).some(
    (each) => "DefElem" in each && each.DefElem.defname === "full" && !isOff(each.DefElem.arg),
  );
  return isFull ? "VACUUM FULL" : null;
}

/** `FULL false`, `FULL 0`, `FULL off`. */
function isOff(argument: unknown): boolean {
  return argument !== undefined && /"(false|off|no)"|"ival":\s*\{\}|"ival":0/i.test(JSON.stringify(argument));
}
