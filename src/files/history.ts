// Files on disk against what the journal says was applied: edited, missing and out-of-order files are refused,
// each with the command that settles it. Pure: the files and the journal's rows are passed in.
import { MigrationError } from "../core/error.ts";
import type { MigrationState } from "../core/state.ts";
import type { MigrationFile } from "./migration-file.ts";

/** What the journal knows about one file. */
export interface AppliedFile {
  readonly name: string;
  readonly file: string;
  readonly checksum: string;
  readonly state: MigrationState;
}

/** A deviation that a person settled with `shoofly doctor --accept`. */
export interface Acceptance {
  readonly name: string;
  readonly kind: DeviationKind;
  /** The file's checksum when it was accepted; null for a file that is gone. */
  readonly checksum: string | null;
}

export type DeviationKind = "checksum-mismatch" | "applied-file-missing" | "out-of-order";

export interface Deviation {
  readonly kind: DeviationKind;
  readonly name: string;
  readonly file: string;
  /** The file's checksum now; null for a file that is gone. */
  readonly checksum: string | null;
  readonly happened: string;
}

/** A rolled-back migration left nothing behind: its file may be edited, moved or removed. */
const unapplied: ReadonlySet<MigrationState> = new Set(["pending", "rolled-back"]);

function isAccepted(deviation: Deviation, accepted: readonly Acceptance[]): boolean {
  return accepted.some(
    (entry) => entry.name === deviation.name && entry.kind === deviation.kind && entry.checksum === deviation.checksum,
  );
}

function editedOrMissing(row: AppliedFile, file: MigrationFile | undefined): Deviation | null {
  if (file === undefined) {
    return {
      kind: "applied-file-missing",
      name: row.name,
      file: row.file,
      checksum: null,
      happened: `${row.file} was applied (state ${row.state}) and is not among the migration files any more.`,
    };
  }
  if (file.checksum === row.checksum) return null;
  return {
    kind: "checksum-mismatch",
    name: row.name,
    file: file.file,
    checksum: file.checksum,
    happened: `${file.file} was edited after it was started (state ${row.state}): the journal has ${short(row.checksum)}, the file is ${short(file.checksum)}.`,
  };
}

function short(checksum: string): string {
  return checksum.slice(0, "sha256:".length + 12);
}

/** Everything that does not fit together and was not accepted, in the order of the names. */
export function deviations(
  files: readonly MigrationFile[],
  applied: readonly AppliedFile[],
  accepted: readonly Acceptance[],
): readonly Deviation[] {
  const rows = applied.filter((row) => !unapplied.has(row.state)).toSorted(byName);
  const names = new Set(rows.map((row) => row.name));
  const last = rows.at(-1);
  const found = rows
    .map((row) =>
      editedOrMissing(
        row,
        files.find((file) => file.name === row.name),
      ),
    )
    .filter((deviation) => deviation !== null);
  for (const file of files) {
    if (last === undefined || names.has(file.name) || file.name > last.name) continue;
    found.push({
      kind: "out-of-order",
      name: file.name,
      file: file.file,
      checksum: file.checksum,
      happened: `${file.file} was never started, but sorts before ${last.name}, which was (state ${last.state}).`,
    });
  }
  return found.filter((deviation) => !isAccepted(deviation, accepted)).toSorted(byName);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

const remedies: Readonly<Record<DeviationKind, (deviation: Deviation) => readonly string[]>> = {
  "checksum-mismatch": ({ file, name }) => [
    `put the old text back: git log -p -- ${file}`,
    `shoofly doctor --accept ${name} --reason "…"   (the edit changes nothing that matters)`,
  ],
  "applied-file-missing": ({ file, name }) => [
    `put the file back: git log --diff-filter=D -- ${file}`,
    `shoofly doctor --accept ${name} --reason "…"   (the file is gone for good)`,
  ],
  "out-of-order": ({ name }) => [
    `rename the file, so that it sorts last`,
    `shoofly doctor --accept ${name} --reason "…"   (it may run after the later one)`,
  ],
};

export function remediesOf(deviation: Deviation): readonly string[] {
  return remedies[deviation.kind](deviation);
}

/** Refuses the first deviation. */
export function assertHistory(
  files: readonly MigrationFile[],
  applied: readonly AppliedFile[],
  accepted: readonly Acceptance[],
): void {
  const all = deviations(files, applied, accepted);
  const [first] = all;
  if (first === undefined) return;
  const more = all.length > 1 ? ` (${all.length - 1} more: shoofly doctor)` : "";
  throw new MigrationError(first.kind, {
    happened: first.happened + more,
    safeNext: remediesOf(first),
    doNot: "Do not edit the journal by hand.",
    details: { file: first.file, migration: first.name, deviations: all.map(({ kind, name }) => ({ kind, name })) },
  });
}

/** The files that `start NAME` takes: that one, and every pending one before it. */
export function membersFor(
  files: readonly MigrationFile[],
  applied: readonly AppliedFile[],
  name: string,
): readonly MigrationFile[] {
  const done = new Set(applied.filter((row) => !unapplied.has(row.state)).map((row) => row.name));
  return files.filter((file) => file.name <= name && !done.has(file.name));
}
