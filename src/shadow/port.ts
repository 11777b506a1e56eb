// A free port of the loopback interface for a throw-away server.
// The range lies below the one that systems hand out by themselves: a port of that one can be taken by any outgoing
// connection while the server restarts, even by a client that tries to reach the server and so connects to itself.
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** A port that nothing listened on a moment ago. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(15_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error("There is no free port between 15000 and 32000 on 127.0.0.1 for a PostgreSQL server.");
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
