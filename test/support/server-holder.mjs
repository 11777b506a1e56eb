// A process that starts a throw-away server, says where it is and waits to be killed. It runs the build, as Node 20 runs no TypeScript.
import { dirname } from "node:path";
import { startServer } from "../../dist/shadow/server.js";

const server = await startServer();
process.stdout.write(`${JSON.stringify({ url: server.url, directory: dirname(server.logFile) })}\n`);
setInterval(() => {}, 60_000);
