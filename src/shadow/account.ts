// The operating system account of a throw-away server. PostgreSQL refuses to run as root; then it runs as "nobody".
import { readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The account to switch to, or null where the server can run as the present user. */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name === "nobody") return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL does not run as root, and there is no account named nobody in /etc/passwd to run it as.");
}

/** The temporary directory, or /tmp when root's own (for example /root/tmp) is closed to the server's account. */
export function reachableTemporaryDirectory(): string {
  if (serverAccount() === null || isOpenToAll(tmpdir())) return tmpdir();
  return "/tmp";
}

function isOpenToAll(directory: string): boolean {
  if ((statSync(directory).mode & 0o001) === 0) return false;
  return directory === dirname(directory) || isOpenToAll(dirname(directory));
}
