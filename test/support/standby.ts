// A hot standby that streams from a server: what a URL names when somebody took the wrong host.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chown, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { reachableTemporaryDirectory, serverAccount } from "../../src/shadow/account.ts";
import { findFreePort } from "../../src/shadow/port.ts";
import type { Server } from "../../src/shadow/server.ts";
import { Supervisor } from "../../src/shadow/supervisor.ts";

export interface Standby extends AsyncDisposable {
  /** The same database on the standby. */
  urlOf(primaryUrl: string): string;
}

/** @param binDirectory must hold pg_basebackup of the primary's version */
export async function startStandby(primary: Server, binDirectory: string): Promise<Standby> {
  const account = serverAccount();
  const directory = await mkdtemp(join(reachableTemporaryDirectory(), "shoofly-standby-"));
  if (account !== null) await chown(directory, account.uid, account.gid);
  const supervisor = new Supervisor(directory, binDirectory, account);
  const end = async (): Promise<void> => {
    await supervisor.end();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const data = join(directory, "data");
    const words = ["-d", primary.url, "-D", data, "-R", "-X", "stream", "-c", "fast"];
    const copying = spawn(join(binDirectory, "pg_basebackup"), words, { ...account, cwd: directory, stdio: "ignore" });
    if ((await once(copying, "close"))[0] !== 0) throw new Error("pg_basebackup failed");
    const port = await findFreePort();
    await appendFile(join(data, "postgresql.conf"), `\nport = ${port}\n`);
    if (!(await supervisor.command("start"))) throw new Error(`the standby did not start: see ${directory}/server.log`);
    const urlOf = (primaryUrl: string): string => {
      const url = new URL(primaryUrl);
      url.port = String(port);
      return url.href;
    };
    return { urlOf, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
