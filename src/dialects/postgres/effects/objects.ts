// Renames, comments, grants, moves between schemas, and changes of sequences, domains, policies and publications.
import type { AlterDomainStmt, CommentStmt, Node, RenameStmt } from "libpg-query";
import { family, ownedSequences, relationAt, relationOf } from "./catalog-model.ts";
import type { Catalog } from "./catalog-model.ts";
import { ownerTouches, publicationTouches } from "./creations.ts";
import { nameParts, usersOfType } from "./drops.ts";
import { relationsRead } from "./queries.ts";
import { touchAll } from "./touch.ts";
import type { Touch } from "./touch.ts";

/** Null: not known. */
export function objectTouches(node: Node, catalog: Catalog, major: number): Touch[] | null {
  if ("RenameStmt" in node) return renameTouches(node.RenameStmt, catalog);
  if ("CommentStmt" in node) return commentTouches(node.CommentStmt, catalog);
  if ("GrantStmt" in node) {
    if (node.GrantStmt.targtype !== "ACL_TARGET_OBJECT") return major >= 18 ? null : [];
    // From 18 on the relations are locked against being dropped meanwhile.
    if (major < 18 || !["OBJECT_TABLE", "OBJECT_SEQUENCE"].includes(node.GrantStmt.objtype ?? "")) return [];
    return touchAll(
      (node.GrantStmt.objects ?? []).flatMap((each) => relationsRead(each, catalog)),
      "ACCESS SHARE",
    );
  }
  if ("AlterObjectSchemaStmt" in node) {
    if (node.AlterObjectSchemaStmt.relation === undefined) return [];
    const relation = relationOf(catalog, node.AlterObjectSchemaStmt.relation);
    return touchAll([relation, ...ownedSequences(catalog, relation)], "ACCESS EXCLUSIVE");
  }
  if ("AlterSeqStmt" in node)
    return [
      ...touchAll([relationOf(catalog, node.AlterSeqStmt.sequence)], "SHARE ROW EXCLUSIVE"),
      ...ownerTouches(node.AlterSeqStmt.options, catalog),
    ];
  if ("AlterDomainStmt" in node) return domainTouches(node.AlterDomainStmt, catalog);
  if ("AlterPolicyStmt" in node) return touchAll([relationOf(catalog, node.AlterPolicyStmt.table)], "ACCESS EXCLUSIVE");
  if ("AlterPublicationStmt" in node) return publicationTouches(node.AlterPublicationStmt.pubobjects, catalog);
  return null;
}

function renameTouches(statement: RenameStmt, catalog: Catalog): Touch[] | null {
  const relation = relationOf(catalog, statement.relation);
  const kind: string = statement.renameType ?? "";
  switch (kind) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_SEQUENCE":
    case "OBJECT_FOREIGN_TABLE":
    case "OBJECT_RULE":
    case "OBJECT_POLICY":
    case "OBJECT_TRIGGER":
      return touchAll([relation], "ACCESS EXCLUSIVE");
    case "OBJECT_COLUMN":
    case "OBJECT_TABCONSTRAINT":
      return touchAll(family(catalog, relation, statement.relation?.inh === true), "ACCESS EXCLUSIVE");
    default:
      return [];
  }
}

function commentTouches({ objtype, object }: CommentStmt, catalog: Catalog): Touch[] {
  const parts = nameParts(object);
  const kind: string = objtype ?? "";
  switch (kind) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_SEQUENCE":
    case "OBJECT_FOREIGN_TABLE":
      return touchAll([relationAt(catalog, parts)], "SHARE UPDATE EXCLUSIVE");
    case "OBJECT_COLUMN":
      return touchAll([relationAt(catalog, parts.slice(0, -1))], "SHARE UPDATE EXCLUSIVE");
    case "OBJECT_TABCONSTRAINT":
    case "OBJECT_TRIGGER":
    case "OBJECT_RULE":
    case "OBJECT_POLICY":
      return touchAll([relationAt(catalog, parts.slice(0, -1))], "ACCESS SHARE");
    default:
      return [];
  }
}

/** Constraints of a domain are checked in every table that uses it (source: AlterDomainAddConstraint and its kin). */
function domainTouches(statement: AlterDomainStmt, catalog: Catalog): Touch[] {
  const users = usersOfType(
    catalog,
    (statement.typeName ?? []).map((each) => ("String" in each ? (each.String.sval ?? "") : "")),
  );
  const constraint =
    statement.def !== undefined && "Constraint" in statement.def ? statement.def.Constraint : undefined;
  const isChecked =
    statement.subtype === "O" ||
    statement.subtype === "V" ||
    (statement.subtype === "C" && constraint?.skip_validation !== true);
  return isChecked ? touchAll(users, "SHARE", { scan: true }) : [];
}
