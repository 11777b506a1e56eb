// Functions and procedures: made or replaced at once, dropped and altered when the old version is closed.
import type { FunctionParameter, Node, TypeName } from "libpg-query";
import { fieldNames } from "../../dialects/postgres/expression.ts";
import { alterObject, dropObjects, makeObject } from "../../dialects/postgres/object-change.ts";
import type { Wanted } from "../../dialects/postgres/object-change.ts";
import { quoteIdentifier, quoteQualified } from "../../sql/identifier.ts";
import type { Operation } from "../contract.ts";

interface Change {
  readonly verb: "create" | "replace" | "drop" | "alter";
  readonly routines: readonly Wanted[];
  /** Input types as the server reads them. */
  readonly types: readonly string[];
  readonly isOptional: boolean;
  readonly isCascade: boolean;
}

const once = { types: [], isOptional: false, isCascade: false };

export const routine: Operation<Change> = {
  name: "routine",
  match: ({ node }, draft) => {
    const isHere = (parts: readonly string[]): boolean => parts.length < 2 || parts.at(-2) === draft.schema.name;
    if ("CreateFunctionStmt" in node) {
      const { funcname, parameters, is_procedure: isProcedure, replace } = node.CreateFunctionStmt;
      const name = fieldNames(funcname);
      if (!isHere(name)) return null;
      const inputs = (parameters ?? []).flatMap((each) =>
        "FunctionParameter" in each ? inputOf(each.FunctionParameter) : [],
      );
      const wanted: Wanted = {
        kind: isProcedure === true ? "procedure" : "function",
        name: name.at(-1) ?? "",
        arguments: inputs.map(catalogName),
      };
      return { ...once, verb: replace === true ? "replace" : "create", routines: [wanted], types: inputs.map(sqlName) };
    }
    if ("AlterFunctionStmt" in node) {
      const found = wantedOf(
        node.AlterFunctionStmt.func === undefined ? undefined : { ObjectWithArgs: node.AlterFunctionStmt.func },
      );
      return found === null || !isHere(found.path) ? null : { ...once, verb: "alter", routines: [found.wanted] };
    }
    if (!("DropStmt" in node)) return null;
    const { removeType, objects, missing_ok: isOptional, behavior } = node.DropStmt;
    if (!["OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"].includes(removeType ?? "")) return null;
    const found = (objects ?? []).map(wantedOf);
    if (found.some((each) => each === null || !isHere(each.path))) return null;
    return {
      ...once,
      verb: "drop",
      routines: found.flatMap((each) => (each === null ? [] : [each.wanted])),
      isOptional: isOptional === true,
      isCascade: behavior === "DROP_CASCADE",
    };
  },
  message: (change) =>
    change.verb === "create"
      ? `${change.routines.map((each) => each.name).join(", ")} is new: nobody waits for it.`
      : `Whoever calls ${change.routines.map((each) => each.name).join(", ")} meets the change at once, in both versions.`,
  apply: (change, statement, draft) => {
    const [first] = change.routines;
    if (first === undefined) return draft;
    if (change.verb === "drop") return dropObjects(draft, statement, { ...change, wanted: change.routines });
    if (change.verb === "alter") return alterObject(draft, statement, first);
    const word = first.kind === "procedure" ? "PROCEDURE" : "FUNCTION";
    return makeObject(draft, statement, {
      wanted: first,
      drop: `DROP ${word} ${quoteQualified(draft.schema.name, first.name)}(${change.types.join(", ")})`,
      isReplacing: change.verb === "replace",
      isInPlace: true,
    });
  },
};

function wantedOf(node: Node | undefined): { wanted: Wanted; path: string[] } | null {
  if (node === undefined || !("ObjectWithArgs" in node)) return null;
  const { objname, objargs, args_unspecified: isOpen } = node.ObjectWithArgs;
  const path = fieldNames(objname);
  const types = (objargs ?? []).flatMap((each) => ("TypeName" in each ? [each.TypeName] : []));
  const given = isOpen === true ? undefined : types.map(catalogName);
  return { wanted: { kind: "function", name: path.at(-1) ?? "", arguments: given }, path };
}

/** Only parameters that a call passes in tell overloads apart. */
function inputOf(parameter: FunctionParameter): TypeName[] {
  const isOutput = parameter.mode === "FUNC_PARAM_OUT" || parameter.mode === "FUNC_PARAM_TABLE";
  return isOutput || parameter.argType === undefined ? [] : [parameter.argType];
}

/** As in `pg_type.typname`: arrays begin with an underscore. */
function catalogName(type: TypeName): string {
  return `${(type.arrayBounds ?? []).length > 0 ? "_" : ""}${fieldNames(type.names).at(-1) ?? ""}`;
}

function sqlName(type: TypeName): string {
  return fieldNames(type.names).map(quoteIdentifier).join(".") + ((type.arrayBounds ?? []).length > 0 ? "[]" : "");
}
