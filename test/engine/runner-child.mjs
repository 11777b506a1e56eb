// A runner in a process of its own, for tests that kill it: the plan comes on stdin, events and the result go to stdout as JSON lines.
import { text } from "node:stream/consumers";
import { crashFrom } from "../../dist/core/crash-point.js";
import { runVerb } from "../../dist/engine/run.js";

const { url, verb, plan, extras } = JSON.parse(await text(process.stdin));
const stop = new AbortController();
const cancel = new AbortController();
process.on("SIGINT", () => (stop.signal.aborted ? cancel.abort() : stop.abort("SIGINT")));
process.on("SIGTERM", () => stop.abort("SIGTERM"));
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

try {
  const { state } = await runVerb({
    url,
    verb,
    migration: plan.migration,
    makePlan: async () => plan,
    emit: (event) => say({ event }),
    stop: stop.signal,
    cancel: cancel.signal,
    crash: crashFrom(process.env.SHOOFLY_CRASH_AT),
    by: "child",
    ...extras,
  });
  say({ result: { state } });
} catch (error) {
  say({ result: { code: error.code ?? String(error), happened: error.happened ?? error.stack } });
  process.exitCode = error.exitCode ?? 1;
}
