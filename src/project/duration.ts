// Durations as people type them.
import { MigrationError } from "../core/error.ts";

const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `50ms`, `5s`, `2m`, `1h` or plain milliseconds → milliseconds. @param option for the message: `--timeout` */
export function durationMs(text: string, option: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(text.trim());
  const factor = factors[found?.[2] ?? "ms"];
  if (found === null || factor === undefined) {
    throw new MigrationError("usage", {
      happened: `${option}: "${text}" is no duration.`,
      safeNext: [`${option} 30s   (or 500ms, 10m, 2h; a plain number is milliseconds)`],
    });
  }
  return Math.round(Number(found[1]) * factor);
}
