// GRANT and REVOKE on tables: clients of both versions get the right, the inverse is what the access list did not have before.
import type { GrantStmt } from "libpg-query";
import type { Grant } from "../../core/schema.ts";
import type { Draft, TableDraft } from "../../dialects/postgres/draft.ts";
import { withStep, withTable } from "../../dialects/postgres/draft.ts";
import { refuse, tableOf } from "../../dialects/postgres/statement.ts";
import type { Statement } from "../../dialects/postgres/parse.ts";
import { ddlStep } from "../../dialects/postgres/step-parts.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly tables: readonly string[];
  readonly grant: GrantStmt;
}

const allPrivileges = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
const viewPrivileges = ["SELECT", "INSERT", "UPDATE", "DELETE"];

export const grant: Operation<Change> = {
  name: "grant",
  match: ({ node }, draft) => {
    if (!("GrantStmt" in node) || node.GrantStmt.objtype !== "OBJECT_TABLE") return null;
    if (node.GrantStmt.targtype !== "ACL_TARGET_OBJECT") return null;
    const tables = (node.GrantStmt.objects ?? []).map((each) =>
      "RangeVar" in each ? tableOf(draft, each.RangeVar) : null,
    );
    if (tables.some((each) => each?.table == null)) return null;
    return { tables: tables.flatMap((each) => (each === null ? [] : [each.name])), grant: node.GrantStmt };
  },
  message: (change) =>
    change.grant.is_grant === true
      ? `Privileges on ${change.tables.join(", ")} are given at once; nobody waits.`
      : `Clients that still use their privileges on ${change.tables.join(", ")} fail at once.`,
  apply: (change, statement, draft) =>
    change.tables.reduce((before, name) => {
      const table = before.tables[name];
      return table === undefined ? before : changeTable(change.grant, statement, before, table);
    }, draft),
};

function changeTable(grantStmt: GrantStmt, statement: Statement, draft: Draft, table: TableDraft): Draft {
  if (table.table === null) return draft;
  if (table.newName !== table.name)
    refuse(
      statement,
      `This migration renames ${table.name}.`,
      "Put the statement before the rename, in a migration of its own.",
    );
  const isGrant = grantStmt.is_grant === true;
  const isOption = grantStmt.grant_option === true;
  if (!isGrant && grantStmt.behavior === "DROP_CASCADE")
    refuse(statement, "CASCADE would take privileges from roles that nobody listed.", "Revoke them one by one.");
  const privileges = privilegesOf(grantStmt, statement, draft);
  const base = quoteQualified(draft.schema.name, table.name);
  const sql: string[] = [];
  const undo: string[] = [];
  let grants: readonly Grant[] = table.table.grants;
  for (const grantee of granteesOf(grantStmt, statement, table.table.owner)) {
    for (const privilege of privileges) {
      const had = grants.find((each) => each.grantee === grantee && each.privilege === privilege);
      const role = grantee === "" ? "PUBLIC" : quoteIdentifier(grantee);
      const give = (on: string, grantable: boolean): string =>
        `GRANT ${privilege} ON ${on} TO ${role}${grantable ? " WITH GRANT OPTION" : ""}`;
      const take = (on: string, option: boolean): string =>
        `REVOKE ${option ? "GRANT OPTION FOR " : ""}${privilege} ON ${on} FROM ${role}`;
      const isNoChange = isGrant
        ? had !== undefined && (had.grantable || !isOption)
        : had === undefined || (isOption && !had.grantable);
      if (isNoChange) continue;
      for (const on of [base, ...viewsOf(draft, table, privilege)]) {
        sql.push(isGrant ? give(on, isOption) : take(on, isOption));
        undo.unshift(isGrant ? take(on, had !== undefined) : give(on, had?.grantable === true));
      }
      const others = grants.filter((each) => each !== had);
      if (isGrant) grants = [...others, { grantee, privilege, grantable: isOption }];
      else grants = isOption ? [...others, { grantee, privilege, grantable: false }] : others;
    }
  }
  if (sql.length === 0) return draft;
  // What is taken is taken when the old version is closed; the new version's view is made with what it had, and loses it then, too.
  const after = isGrant ? withTable(draft, { ...table, table: { ...table.table, grants } }) : draft;
  const revokes = isGrant
    ? []
    : sql
        .filter(
          (each) =>
            each.includes(` ON ${base} `) && viewPrivileges.some((privilege) => each.includes(`${privilege} ON `)),
        )
        .map((each) => each.replace(` ON ${base} `, ` ON ${quoteQualified(draft.versionSchema, table.name)} `));
  const restores = isGrant
    ? []
    : undo
        .filter(
          (each) =>
            each.includes(` ON ${base} `) && viewPrivileges.some((privilege) => each.includes(`${privilege} ON `)),
        )
        .map((each) => each.replace(` ON ${base} `, ` ON ${quoteQualified(draft.versionSchema, table.name)} `));
  return withStep(
    after,
    ddlStep(
      isGrant ? "expand" : "contract",
      "native",
      `${table.name}: ${isGrant ? "grant" : "revoke"} ${privileges.join(", ")}`,
      {
        sql: [...sql, ...revokes],
        undo: [...restores, ...undo],
      },
    ),
  );
}

/** Views of the version that is open now, which the table's privileges do not reach through. */
function viewsOf(draft: Draft, table: TableDraft, privilege: string): string[] {
  if (draft.schema.currentVersion === draft.schema.name || !viewPrivileges.includes(privilege)) return [];
  return draft.schema.versionViews
    .filter((each) => each.schema === draft.schema.currentVersion && each.name === table.oldName)
    .map((each) => quoteQualified(each.schema, each.name));
}

function privilegesOf(grantStmt: GrantStmt, statement: Statement, draft: Draft): string[] {
  const given = (grantStmt.privileges ?? []).flatMap((node) => ("AccessPriv" in node ? [node.AccessPriv] : []));
  if (given.some((each) => each.cols !== undefined))
    refuse(
      statement,
      "Privileges on single columns are not carried over to the views of a version.",
      "Use -- shoofly:raw with an undo.",
    );
  if (given.length > 0) return given.map((each) => (each.priv_name ?? "").toUpperCase());
  return [...allPrivileges, ...(draft.facts.major >= 17 ? ["MAINTAIN"] : [])];
}

function granteesOf(grantStmt: GrantStmt, statement: Statement, owner: string): string[] {
  return (grantStmt.grantees ?? []).map((node) => {
    const role = "RoleSpec" in node ? node.RoleSpec : {};
    if (role.roletype === "ROLESPEC_PUBLIC") return "";
    if (role.roletype !== "ROLESPEC_CSTRING" || role.rolename === undefined)
      return refuse(statement, "The role depends on who runs the statement.", "Name the role.");
    if (role.rolename === owner)
      return refuse(statement, `${owner} owns the table: its privileges follow from that.`, "Leave it out.");
    return role.rolename;
  });
}
