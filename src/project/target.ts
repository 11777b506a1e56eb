// Which database a URL means, in words that hold no secret; and the URL for one version schema.
import { MigrationError } from "../core/error.ts";

export interface Target {
  readonly database: string;
  readonly host: string;
  readonly port: string;
  readonly user: string;
}

function parseUrl(url: string): URL | null {
  // `postgres://user@/db?host=/run/postgresql` has no host for the WHATWG parser.
  const filled = url.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?=[/?]|$)/, "$1socket.invalid");
  return URL.canParse(filled) ? new URL(filled) : null;
}

/** @throws MigrationError `usage` that names what is wrong but never repeats the URL: it may hold a password */
export function assertUrl(url: string): string {
  const parsed = parseUrl(url);
  if (parsed !== null && /^postgres(ql)?:$/.test(parsed.protocol)) return url;
  throw new MigrationError("usage", {
    happened:
      parsed === null
        ? "The database URL cannot be read. Characters like @ : / # ? in a password have to be percent-encoded."
        : `The database URL begins with ${parsed.protocol}//; shoofly speaks postgres://.`,
    safeNext: ["--db postgres://user:password@host:5432/database"],
  });
}

export function targetOf(url: string): Target {
  const parsed = parseUrl(assertUrl(url));
  const socket = parsed?.searchParams.get("host") ?? process.env["PGHOST"] ?? "localhost";
  const user = decodeURIComponent(parsed?.username ?? "") || process.env["PGUSER"] || process.env["USER"] || "";
  const host = parsed?.hostname ?? "";
  return {
    host: host === "socket.invalid" || host === "" ? socket : decodeURIComponent(host),
    port: parsed?.port || parsed?.searchParams.get("port") || process.env["PGPORT"] || "5432",
    user,
    database: decodeURIComponent(parsed?.pathname.slice(1) ?? "") || process.env["PGDATABASE"] || user,
  };
}

/** `app@db1:5432` */
export function targetName(url: string): string {
  const { database, host, port } = targetOf(url);
  return `${database}@${host}:${port}`;
}

/** Strings of a URL that no output may hold. Words shorter than four letters would garble every text. */
function secretsOf(url: string): readonly string[] {
  const userInfo = /^[a-z]+:\/\/([\s\S]*)@/i.exec(url)?.[1] ?? "";
  const password = userInfo.includes(":") ? userInfo.slice(userInfo.indexOf(":") + 1) : "";
  const parameter = /[?&](?:password|sslpassword)=([^&]*)/i.exec(url)?.[1] ?? "";
  const all = [password, parameter].flatMap((secret) => [secret, decode(secret)]);
  const plain = new Set([userInfo.split(":")[0] ?? "", "postgres", "password", ""]);
  return [...new Set(all)].filter((secret) => secret.length >= 4 && !plain.has(secret));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text without the passwords of these URLs and of any other URL in it. The last line of defence of every failure. */
export function withoutSecrets(text: string, urls: readonly string[]): string {
  let clean = text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*):[^\s@"']*@/gi, "$1:***@");
  for (const secret of urls.flatMap(secretsOf)) clean = clean.replaceAll(secret, "***");
  return clean;
}

/** One item of a `search_path` inside a connection's `options`, where blanks and backslashes need a backslash. */
function pathItem(schema: string): string {
  const name = /^[a-z_][a-z0-9_]*$/.test(schema) ? schema : `"${schema.replaceAll('"', '""')}"`;
  return name.replaceAll(/[\\\s]/g, "\\$&");
}

/** The URL that makes a client of the version: its `search_path` stands in the connection's options. */
export function versionUrl(url: string, version: string, schema: string): string {
  const path = [...new Set([version, schema])].map(pathItem).join(",");
  const [address = "", query = ""] = url.split("?");
  const parts = query.split("&").filter((part) => part !== "");
  const before = parts.find((part) => part.startsWith("options="))?.slice("options=".length);
  const options = [...(before === undefined ? [] : [decode(before)]), `-c search_path=${path}`].join(" ");
  const rest = parts.filter((part) => !part.startsWith("options="));
  return `${address}?${[...rest, `options=${encodeURIComponent(options)}`].join("&")}`;
}
