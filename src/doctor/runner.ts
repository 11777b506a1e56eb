// Is a migration under way whose runner is gone?
import { verbOf } from "../core/state.ts";
import { runnerGoneMs } from "../project/status.ts";
import { formatMs } from "../terminal/units.ts";
import { ok, warning, type Check } from "./contract.ts";

export const runner: Check = {
  name: "runner",
  run: async ({ journal }) => {
    const working =
      journal?.migrations.filter((record) => verbOf[record.state] !== null && record.carriedBy === record.name) ?? [];
    const age = journal?.heartbeatAgeMs ?? null;
    if (journal === null || working.length === 0) return [ok("no migration is under way")];
    if (age !== null && age <= runnerGoneMs) {
      return [
        ok(
          `${working.map((record) => record.name).join(", ")} is run by ${journal.runner ?? "a runner"} (heartbeat ${formatMs(age)} ago)`,
        ),
      ];
    }
    const silence = age === null ? "" : ` (last heartbeat ${formatMs(age)} ago)`;
    return working.map((record) =>
      warning({
        message:
          record.error === null
            ? `${record.name} is ${record.state}, and its runner ${journal.runner ?? ""} is gone${silence}`
            : `${record.name} is ${record.state} and stopped with ${record.error.code}`,
        cause: "Nobody works on it. What is finished is kept, and the next run goes on from there.",
        remedies: [`shoofly ${verbOf[record.state]} ${record.name}`, `shoofly rollback ${record.name}`],
      }),
    );
  },
};
