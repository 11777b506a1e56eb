// A shadow: a throw-away database of the target's major version that has the target's schema and no rows.
import { randomBytes } from "node:crypto";
import type { Catalog } from "../dialects/postgres/catalog/read.ts";
import { connect, type Connection } from "../dialects/postgres/connect.ts";
import { quoteIdentifier } from "../sql/identifier.ts";
import { Journal } from "../engine/journal.ts";
import { binariesOfMajor } from "./binaries.ts";
import { loadCatalog, type Unproven } from "./load.ts";
import { startServer } from "./server.ts";

export type OpenedShadow =
  | { readonly shadow: Shadow; readonly reason: null }
  | { readonly shadow: null; readonly reason: string };

export interface ShadowOptions {
  readonly major: number;
  /** Where packages with binaries are looked for, beside our own. */
  readonly directories: readonly string[];
  /** A server to use instead of one of our own: a superuser's URL. Databases are made there, and dropped again. */
  readonly url?: string;
}

/** Databases in a server that holds nothing else, or in one that somebody lent. Close it. */
export class Shadow implements AsyncDisposable {
  readonly #url: string;
  readonly #isLent: boolean;
  readonly #stop: () => Promise<void>;
  readonly #databases: string[] = [];

  private constructor(url: string, stop: (() => Promise<void>) | null) {
    this.#url = url;
    this.#isLent = stop === null;
    this.#stop = stop ?? (async () => {});
  }

  /** @returns the reason in words when there can be no shadow of this major version */
  static async open({ major, directories, url }: ShadowOptions): Promise<OpenedShadow> {
    if (url !== undefined) return await lent(url, major, () => new Shadow(url, null));
    const { binDirectory, reason } = await binariesOfMajor(major, directories);
    if (binDirectory === null) return { shadow: null, reason };
    const server = await startServer({ binaries: binDirectory, settings: { max_locks_per_transaction: "256" } });
    return { shadow: new Shadow(server.url, async () => await server.stop()), reason: null };
  }

  /** A database with this schema and with shoofly's own. */
  async load(catalog: Catalog): Promise<{ url: string; unproven: readonly Unproven[] }> {
    const url = await this.#create("template0");
    const connection = await connect(url, { applicationName: "shoofly:shadow" });
    try {
      await Journal.install(connection);
      return { url, unproven: await loadCatalog(connection, catalog) };
    } finally {
      await connection.close();
    }
  }

  /** A second database that is the same; nobody may be connected to the first. */
  async copy(url: string): Promise<string> {
    return await this.#create(new URL(url).pathname.slice(1));
  }

  async close(): Promise<void> {
    // What goes with its server needs no care of its own.
    if (this.#isLent) await this.#dropDatabases();
    await this.#stop();
  }

  async #dropDatabases(): Promise<void> {
    await this.#administer(async (connection) => {
      for (const name of this.#databases.splice(0))
        await connection.query(`drop database if exists ${quoteIdentifier(name)} with (force)`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #create(template: string): Promise<string> {
    const name = `shoofly_shadow_${randomBytes(6).toString("hex")}`;
    await this.#administer(
      async (connection) =>
        await connection.query(`create database ${quoteIdentifier(name)} template ${quoteIdentifier(template)}`),
    );
    this.#databases.push(name);
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async #administer(work: (connection: Connection) => Promise<unknown>): Promise<void> {
    const connection = await connect(this.#url, { applicationName: "shoofly:shadow" });
    try {
      await work(connection);
    } finally {
      await connection.close();
    }
  }
}

async function lent(url: string, major: number, make: () => Shadow): Promise<OpenedShadow> {
  const connection = await connect(url, { applicationName: "shoofly:shadow" });
  try {
    const [row] = await connection.query<{ major: number; may: boolean }>(
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('is_superuser')::boolean as may`,
    );
    if (row?.major !== major)
      return {
        shadow: null,
        reason: `the shadow server is PostgreSQL ${row?.major}, the database PostgreSQL ${major}`,
      };
    if (!row.may) return { shadow: null, reason: "the role of the shadow server's URL is no superuser" };
    return { shadow: make(), reason: null };
  } finally {
    await connection.close();
  }
}
