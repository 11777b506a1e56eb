// Columns, triggers, indexes, functions and schemas of shoofly that no live migration owns.
import type { MigrationRecord } from "../core/record.ts";
import { versionSchemaComment } from "../dialects/postgres/names.ts";
import { namesOf } from "../dialects/postgres/names.ts";
import { failed, ok, type Check, type Finding, type Patient } from "./contract.ts";

interface Artefact {
  readonly kind: "column" | "trigger" | "index" | "constraint" | "function" | "view" | "schema";
  readonly name: string;
  /** What it stands on, quoted; empty for schemas. */
  readonly place: string;
  /** The statement that takes it away. */
  readonly removal: string;
}

// `_shoofly_<tag>_…` and `~shoofly_<order>_…` are our names everywhere; functions and views of ours live in schema shoofly.
const artefactsSql = `
  select 'trigger' as kind, t.tgname::text as name, t.tgrelid::regclass::text as place,
    format('DROP TRIGGER %I ON %s', t.tgname, t.tgrelid::regclass) as removal
  from pg_catalog.pg_trigger t where not t.tgisinternal and t.tgname ~ '^~shoofly_[0-9]+_'
  union all
  select 'constraint', c.conname::text, c.conrelid::regclass::text,
    format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)
  from pg_catalog.pg_constraint c where c.conrelid <> 0 and c.conname ~ '^_shoofly_'
  union all
  select 'index', c.relname::text, i.indrelid::regclass::text, format('DROP INDEX CONCURRENTLY %I.%I', n.nspname, c.relname)
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relname ~ '^_shoofly_' and not exists (select from pg_catalog.pg_constraint k where k.conindid = c.oid)
  union all
  select 'column', a.attname::text, a.attrelid::regclass::text, format('ALTER TABLE %s DROP COLUMN %I', a.attrelid::regclass, a.attname)
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
  where a.attname ~ '^_shoofly_' and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p')
    and c.relnamespace <> coalesce(pg_catalog.to_regnamespace('shoofly')::oid, 0)
  union all
  select 'function', p.proname::text, 'shoofly', format('DROP FUNCTION %s', p.oid::regprocedure)
  from pg_catalog.pg_proc p where p.pronamespace = pg_catalog.to_regnamespace('shoofly') and p.proname ~ '^sync_'
  union all
  select 'schema', n.nspname::text, '', format('DROP SCHEMA %I CASCADE', n.nspname)
  from pg_catalog.pg_namespace n where pg_catalog.obj_description(n.oid, 'pg_namespace') like $1 || '%'`;

/** Runs after the triggers and functions are gone; dropping it loses what is in it. */
const holdsData: ReadonlySet<Artefact["kind"]> = new Set(["column", "schema"]);

const isLive = (record: MigrationRecord): boolean =>
  record.state !== "rolled-back" && record.state !== "purged" && record.state !== "pending";

/** The journal's migration that made an artefact, by the tag or the order in its name. */
function ownerOf(artefact: Artefact, records: readonly MigrationRecord[]): MigrationRecord | null {
  const made = records.find((record) => {
    if (artefact.kind === "schema") return record.versions.new === artefact.name;
    const names = namesOf(record.name, record.versions.new ?? record.targetSchema);
    if (artefact.kind === "trigger") return artefact.name.startsWith(names.trigger(""));
    if (artefact.kind === "function") return artefact.name.startsWith(`sync_${names.tag}`);
    return artefact.name.startsWith(`_shoofly_${names.tag}_`);
  });
  return made ?? null;
}

function isOwned(artefact: Artefact, records: readonly MigrationRecord[]): boolean {
  const owner = ownerOf(artefact, records);
  if (owner === null) return false;
  // A purged migration keeps its version schema: it is the one that clients use.
  return isLive(owner) || (artefact.kind === "schema" && owner.state === "purged");
}

function report(artefact: Artefact, records: readonly MigrationRecord[]): Finding {
  const owner = ownerOf(artefact, records);
  const why = owner === null ? "no migration in the journal made it" : `migration ${owner.name} is ${owner.state}`;
  return failed({
    message: `${artefact.kind} ${artefact.name}${artefact.place === "" ? "" : ` on ${artefact.place}`} is left over: ${why}`,
    cause: "A trigger doubles the work of writes; columns and schemas are in the way of the next migration.",
    remedies: [`${artefact.removal};`],
    fix: holdsData.has(artefact.kind) ? [] : [`${artefact.removal};`],
  });
}

async function leftoversOf({ connection, journal }: Patient): Promise<readonly Finding[]> {
  const records = journal?.migrations ?? [];
  const artefacts = await connection.query<Artefact & Record<string, unknown>>(artefactsSql, [versionSchemaComment]);
  return artefacts.filter((artefact) => !isOwned(artefact, records)).map((artefact) => report(artefact, records));
}

export const leftovers: Check = {
  name: "leftovers",
  run: async (patient) => {
    const findings = await leftoversOf(patient);
    return findings.length > 0 ? findings : [ok("nothing is left over from earlier migrations")];
  },
};
