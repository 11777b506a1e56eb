// Colours and symbols of one output stream. Colour is never the only sign, and every symbol has an ASCII form.
import pc from "picocolors";

export type Tone = "good" | "bad" | "warn" | "strong" | "dim";

export interface Style {
  paint(tone: Tone, text: string): string;
  /** Replaces the few symbols of our own texts where the locale cannot show them. */
  symbols(text: string): string;
}

export interface StyleInput {
  readonly isTty: boolean;
  /** False with `--no-color`. */
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `FORCE_COLOR` wins; else `NO_COLOR`, `--no-color`, `TERM=dumb` and whatever is no terminal turn colours off. */
export function hasColor({ isTty, color, env }: StyleInput): boolean {
  const force = env["FORCE_COLOR"];
  if (force !== undefined && force !== "") return force !== "0";
  if (!color || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb") return false;
  return isTty;
}

/** True unless the locale says otherwise: containers often set none, and their logs are UTF-8. */
export function hasUnicode(env: StyleInput["env"]): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return locale === "" || /utf-?8/i.test(locale);
}

const asciiForms: readonly (readonly [string, string])[] = [
  ["✓", "ok"],
  ["✗", "x"],
  ["▶", ">"],
  ["·", "-"],
  ["→", "->"],
  ["…", "..."],
  ["█", "#"],
  ["░", "."],
  ["–", "-"],
];

export function makeStyle(input: StyleInput): Style {
  const colors = pc.createColors(hasColor(input));
  const tones: Readonly<Record<Tone, (text: string) => string>> = {
    good: colors.green,
    bad: colors.red,
    warn: colors.yellow,
    strong: colors.bold,
    dim: colors.dim,
  };
  const unicode = hasUnicode(input.env);
  return {
    paint: (tone, text) => tones[tone](text),
    symbols: (text) => (unicode ? text : asciiForms.reduce((done, [from, to]) => done.replaceAll(from, to), text)),
  };
}
