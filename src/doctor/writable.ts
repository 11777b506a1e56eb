// Does the server accept writes: is it a primary, and are transactions read-write by default?
import { failed, ok, type Check } from "./contract.ts";

interface Row {
  readonly standby: boolean;
  readonly read_only: string;
  readonly role: string;
  readonly database: string;
}

export const writable: Check = {
  name: "writable",
  run: async ({ connection }) => {
    const [row] = await connection.query<Row>(
      `select pg_catalog.pg_is_in_recovery() as standby, pg_catalog.current_setting('transaction_read_only') as read_only,
        pg_catalog.quote_ident(current_user) as role, pg_catalog.quote_ident(pg_catalog.current_database()) as database`,
    );
    if (row?.standby === true) {
      return [
        failed({
          message: "the server is a standby",
          cause: "A standby accepts no writes; migrations run on the primary.",
          remedies: ["--db URL of the primary server", "SELECT * FROM pg_stat_wal_receiver;   (names the primary)"],
        }),
      ];
    }
    if (row?.read_only === "on") {
      return [
        failed({
          message: "transactions are read-only by default",
          cause: "default_transaction_read_only is on for this role, database or server.",
          remedies: [
            `ALTER ROLE ${row.role} IN DATABASE ${row.database} SET default_transaction_read_only = off;`,
            "SHOW default_transaction_read_only;",
          ],
        }),
      ];
    }
    return [ok("the server accepts writes")];
  },
};
