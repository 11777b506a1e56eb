// A lock that keeps clients out only for a moment, once it is granted; until then everybody queues behind the request.
import type { Rule } from "../contract.ts";

export const briefLock: Rule = {
  name: "brief-lock",
  summary: "a short blocking lock, behind whose request everybody queues while an old transaction lasts",
  severity: "info",
  isDefault: false,
  explainsEffect: true,
  bySize: false,
  check: ({ statements }) =>
    statements.flatMap((statement) => {
      const { effect } = statement;
      if (effect === null || effect.blocks === "none" || effect.heavy) return [];
      return [
        {
          statement,
          message: `${effect.lock ?? "The lock"} is held for a moment only, but while it waits for a transaction that uses the table, every client waits behind it.`,
          plan: ["run it by shoofly: the lock is asked for with a limit of milliseconds, again and again"],
        },
      ];
    }),
};
