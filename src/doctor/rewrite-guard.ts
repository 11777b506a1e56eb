// Does the event trigger stand that stops a step which would rewrite a table unplanned? Roles without the right go on without.
import { ok, type Check } from "./contract.ts";

export const rewriteGuard: Check = {
  name: "rewrite-guard",
  run: async ({ connection, journal }) => {
    if (journal === null) return [ok("no journal yet, so no guard against unplanned rewrites either")];
    const [row] = await connection.query<{ function: string | null; stands: boolean }>(
      `select pg_catalog.to_regprocedure('shoofly.guard_rewrite()')::text as function,
         exists (select from pg_catalog.pg_event_trigger where evtname = 'shoofly_guard_rewrite' and evtenabled <> 'D') as stands`,
    );
    if (row?.stands === true) return [ok("a step that would rewrite a table unplanned is stopped")];
    if (row?.function == null)
      return [ok("the journal is older than the guard against unplanned rewrites: `shoofly init`")];
    return [
      ok(
        "nothing stops a step that would rewrite a table unplanned; a superuser can change that: " +
          "CREATE EVENT TRIGGER shoofly_guard_rewrite ON table_rewrite EXECUTE FUNCTION shoofly.guard_rewrite();",
      ),
    ];
  },
};
