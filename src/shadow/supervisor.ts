// A small shell process between us and a throw-away server. It reads commands from a pipe that only our process holds:
// when we end, however we end, the pipe closes, and it stops the server and removes its directory.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";
import type { Account } from "./account.ts";

// pg_ctl puts the server into a session of its own, so that a terminal's Ctrl-C does not reach it.
// SIGPIPE is ignored because the answer may go to a process that is gone, and the cleaning up must still happen.
const script = `
directory=$1 binaries=$2 seconds=$3
data=$directory/data log=$directory/server.log
trap '' PIPE
trap : INT HUP TERM
control() { "$binaries/pg_ctl" -D "$data" -s -w -t "$seconds" "$@" </dev/null >>"$log" 2>&1; }
while read -r command argument; do
  case $command in
    create) "$binaries/initdb" -D "$data" -U postgres -A trust -E UTF8 --no-sync --locale="$argument" </dev/null >>"$log" 2>&1 ;;
    start) control -l "$log" start ;;
    stop) control -m "$argument" stop ;;
  esac && echo done || echo failed
done
if test -f "$data/postmaster.pid"; then
  postmaster=$(head -n 1 "$data/postmaster.pid")
  seconds=10
  control -m immediate stop || kill -KILL "$postmaster"
fi
rm -rf "$directory"
`;

type Command = "create C.UTF-8" | "create C" | "start" | "stop fast" | "stop immediate";

const secondsPerCommand = 60;

/** Makes, starts and stops the server of one directory; its end takes the directory along. */
export class Supervisor {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<void>;

  constructor(directory: string, binDirectory: string, account: Account | null) {
    this.#child = spawn("/bin/sh", ["-c", script, "supervisor", directory, binDirectory, String(secondsPerCommand)], {
      ...account,
      cwd: directory,
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
      // Nothing like PGDATA or PGOPTIONS of the caller may reach the server.
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
    });
    this.#ended = new Promise((resolve) => this.#child.once("close", () => resolve()));
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stdin.on("error", () => {}); // a supervisor that is gone shows as a missing answer
    this.#hold(false);
  }

  /** Whether the command succeeded; when not, the log in the directory says why. */
  async command(command: Command): Promise<boolean> {
    this.#hold(true);
    try {
      this.#child.stdin.write(`${command}\n`);
      // pg_ctl has its own limit; this one is for a supervisor, or an initdb, that hangs.
      const answer = await withLimit(this.#answers.next(), (secondsPerCommand + 10) * 1000);
      return answer?.value === "done";
    } finally {
      this.#hold(false);
    }
  }

  /** Stops the server and removes its directory. False when that takes too long. */
  async end(): Promise<boolean> {
    this.#child.ref();
    this.#child.stdin.end();
    return (
      (await withLimit(
        this.#ended.then(() => true),
        30_000,
      )) ?? false
    );
  }

  // A server that nobody waits for must not keep our process alive; a command that somebody waits for must.
  #hold(isWaiting: boolean): void {
    const method = isWaiting ? "ref" : "unref";
    const pipes = [this.#child.stdin, this.#child.stdout] as unknown as { ref(): void; unref(): void }[];
    for (const handle of [this.#child, ...pipes]) handle[method]();
  }
}

async function withLimit<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
