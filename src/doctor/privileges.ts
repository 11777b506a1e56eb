// Has the role what a plan needs: a schema of its own to make, and the rights of an owner on the tables?
import { quoteIdentifier } from "../sql/identifier.ts";
import { failed, ok, warning, type Check, type Finding, type Patient } from "./contract.ts";

interface Rights {
  readonly role: string;
  readonly database: string;
  readonly may_create: boolean;
  /** Null when the schema does not exist. */
  readonly may_use_schema: boolean | null;
  readonly journal_owner: string | null;
  readonly owns_journal: boolean;
  readonly may_signal: boolean;
}

const rightsSql = `
  select pg_catalog.quote_ident(current_user) as role, pg_catalog.quote_ident(pg_catalog.current_database()) as database,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') as may_create,
    (select pg_catalog.has_schema_privilege(oid, 'CREATE') from pg_catalog.pg_namespace where nspname = $1) as may_use_schema,
    (select pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(nspowner)) from pg_catalog.pg_namespace where nspname = 'shoofly') as journal_owner,
    coalesce((select pg_catalog.pg_has_role(nspowner, 'USAGE') from pg_catalog.pg_namespace where nspname = 'shoofly'), true) as owns_journal,
    pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')
      or not exists (select from pg_catalog.pg_stat_activity where datname = pg_catalog.current_database() and application_name like 'shoofly:%' and usename <> current_user) as may_signal`;

const foreignTablesSql = `
  select pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) as owner, pg_catalog.count(*)::int as tables,
    pg_catalog.min(pg_catalog.format('%I.%I', n.nspname, c.relname)) as example
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'p') and not pg_catalog.pg_has_role(c.relowner, 'USAGE')
  group by 1 order by 1`;

function onDatabase(rights: Rights, schema: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (rights.may_use_schema === false) {
    findings.push(
      failed({
        message: `role ${rights.role} may not create anything in schema ${schema}`,
        cause: "Indexes are made there, which needs CREATE on the schema even of the table's owner.",
        remedies: [`GRANT CREATE ON SCHEMA ${quoteIdentifier(schema)} TO ${rights.role};`],
      }),
    );
  }
  if (!rights.may_create) {
    findings.push(
      failed({
        message: `role ${rights.role} may not create schemas in database ${rights.database}`,
        cause: "The journal and every version of the application live in a schema of their own.",
        remedies: [`GRANT CREATE ON DATABASE ${rights.database} TO ${rights.role};`],
      }),
    );
  }
  if (!rights.owns_journal) {
    findings.push(
      failed({
        message: `the journal belongs to role ${rights.journal_owner}`,
        cause: "Only its owner may write it.",
        remedies: [`GRANT ${rights.journal_owner} TO ${rights.role};`],
      }),
    );
  }
  if (!rights.may_signal) {
    findings.push(
      warning({
        message: `role ${rights.role} may not end sessions of another role that runs shoofly`,
        cause: "After a crash the next runner ends what the last one left on the server.",
        remedies: [`GRANT pg_signal_backend TO ${rights.role};`],
      }),
    );
  }
  return findings;
}

async function onTables({ connection, schema }: Patient, role: string): Promise<readonly Finding[]> {
  const rows = await connection.query<{ owner: string; tables: number; example: string }>(foreignTablesSql, [schema]);
  return rows.map((row) =>
    failed({
      message: `${row.tables === 1 ? row.example : `${row.tables} tables, for example ${row.example},`} belong${row.tables === 1 ? "s" : ""} to role ${row.owner}`,
      cause: "Only the owner of a table, or a member of that role, may change its structure.",
      remedies: [`GRANT ${row.owner} TO ${role};`],
    }),
  );
}

export const privileges: Check = {
  name: "privileges",
  run: async (patient) => {
    const [rights] = await patient.connection.query<Rights>(rightsSql, [patient.schema]);
    if (rights === undefined) return [];
    const findings = [...onDatabase(rights, patient.schema), ...(await onTables(patient, rights.role))];
    return findings.length > 0 ? findings : [ok(`role ${rights.role} has what it needs`)];
  },
};
