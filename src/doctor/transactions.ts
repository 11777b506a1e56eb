// Who keeps locks or old snapshots: sessions idle in a transaction, old transactions, prepared transactions.
import { formatMs } from "../terminal/units.ts";
import { ok, warning, type Check, type Finding, type Patient } from "./contract.ts";

const oldMs = 5 * 60_000;

interface Session {
  readonly pid: number;
  readonly role: string | null;
  readonly application: string;
  readonly state: string;
  readonly age_ms: number;
}

const sessionsSql = `
  select pid, usename::text as role, application_name as application, coalesce(state, 'unknown') as state,
    (extract(epoch from clock_timestamp() - xact_start) * 1000)::float8 as age_ms
  from pg_catalog.pg_stat_activity
  where datname = pg_catalog.current_database() and pid <> pg_catalog.pg_backend_pid() and backend_type = 'client backend'
    and xact_start is not null
    and (xact_start < clock_timestamp() - $1::float8 * interval '1 millisecond'
      or (state like 'idle in transaction%' and state_change < clock_timestamp() - interval '10 seconds'))
  order by xact_start limit 20`;

const preparedSql = `
  select gid, (extract(epoch from clock_timestamp() - prepared) * 1000)::float8 as age_ms
  from pg_catalog.pg_prepared_xacts where database = pg_catalog.current_database() order by prepared limit 20`;

function ofSession(session: Session): Finding {
  const who = `pid ${session.pid} (${session.role ?? "unknown role"}${session.application === "" ? "" : `, ${session.application}`})`;
  return warning({
    message: `${who} is ${session.state}, its transaction is ${formatMs(session.age_ms)} old`,
    cause: "Its locks and its snapshot stay until the transaction ends: locks are not granted, and switches wait.",
    remedies: [`ask its owner to end it, or: SELECT pg_terminate_backend(${session.pid});`],
  });
}

async function prepared({ connection }: Patient): Promise<readonly Finding[]> {
  const rows = await connection.query<{ gid: string; age_ms: number }>(preparedSql);
  return rows.map((row) =>
    warning({
      message: `prepared transaction "${row.gid}" has been waiting for ${formatMs(row.age_ms)}`,
      cause: "A prepared transaction keeps its locks without a session, even over a restart of the server.",
      remedies: [
        `COMMIT PREPARED '${row.gid.replaceAll("'", "''")}';`,
        `ROLLBACK PREPARED '${row.gid.replaceAll("'", "''")}';`,
      ],
    }),
  );
}

export const transactions: Check = {
  name: "transactions",
  run: async (patient) => {
    const sessions = await patient.connection.query<Session>(sessionsSql, [oldMs]);
    const findings = [...sessions.map(ofSession), ...(await prepared(patient))];
    return findings.length > 0 ? findings : [ok("no old transaction, none idle, none prepared")];
  },
};
