// The seed of a run, and what follows from it for one named thing: the same seed and name give the same choices on every machine.
import { createHash } from "node:crypto";
import { seededRandom, type Random } from "../../src/demo/random.ts";

/** `SHOOFLY_SEED` repeats or varies a run. */
export const seed: number = Number(process.env["SHOOFLY_SEED"] ?? 20261124);

export function randomFor(name: string): Random {
  return seededRandom(createHash("sha256").update(`${seed} ${name}`).digest().readUInt32BE(0));
}
