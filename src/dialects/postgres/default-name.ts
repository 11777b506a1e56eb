// The names PostgreSQL gives to constraints and indexes that the author did not name, by its own rule (source: makeObjectName).
import type { Node } from "libpg-query";
import { byteLength, identifierBytesMax } from "../../sql/identifier.ts";
import type { Draft } from "./draft.ts";
import { fieldNames, isRecord } from "./expression.ts";

/**
 * `table_column_label`, cut where it is longer than a name may be, with a number when it is taken.
 * @param columns null when the name has no column part
 */
export function chooseName(
  table: string,
  columns: readonly string[] | null,
  label: string,
  isTaken: (name: string) => boolean,
): string {
  const addition = columns === null ? null : joined(columns);
  for (let pass = 0; ; pass += 1) {
    const name = objectName(table, addition, pass === 0 ? label : `${label}${pass}`);
    if (!isTaken(name)) return name;
  }
}

/** Names of constraints that the migrated schema will have at this point of the file. */
export function isConstraintName(draft: Draft, name: string): boolean {
  const dropped = new Set(draft.dropped.map((each) => `${each.table}.${each.name}`));
  return (
    draft.constraints.some((each) => each.name === name) ||
    Object.values(draft.tables).some((table) =>
      (table.table?.constraints ?? []).some((each) => each.name === name && !dropped.has(`${table.name}.${name}`)),
    )
  );
}

/** Names of relations, indexes among them. */
export function isRelationName(draft: Draft, name: string): boolean {
  const dropped = draft.dropped.some((each) => each.name === name);
  return (
    draft.tables[name] !== undefined ||
    draft.indexes.some((each) => each.name === name) ||
    (!dropped && draft.schema.otherRelations.some((each) => each.name === name))
  );
}

/** What an index calls its elements: the column, or a word that the expression suggests; each once. */
export function indexColumnNames(elements: readonly Node[]): string[] {
  const names: string[] = [];
  for (const element of elements) {
    const elem = "IndexElem" in element ? element.IndexElem : undefined;
    const first = elem?.name ?? wordOf(elem?.expr) ?? "expr";
    let name = first;
    for (let count = 1; names.includes(name); count += 1) name = `${first}${count}`;
    names.push(name);
  }
  return names;
}

/** Source: FigureColname. */
function wordOf(node: unknown): string | null {
  if (!isRecord(node)) return null;
  const [kind = ""] = Object.keys(node);
  const value = node[kind];
  if (!isRecord(value)) return null;
  switch (kind) {
    case "ColumnRef":
      return fieldNames(value["fields"]).at(-1) ?? null;
    case "FuncCall":
      return fieldNames(value["funcname"]).at(-1) ?? null;
    case "TypeCast": {
      const type = isRecord(value["typeName"]) ? fieldNames(value["typeName"]["names"]).at(-1) : undefined;
      return wordOf(value["arg"]) ?? type ?? null;
    }
    case "CollateClause":
      return wordOf(value["arg"]);
    case "CoalesceExpr":
      return "coalesce";
    case "MinMaxExpr":
      return value["op"] === "IS_LEAST" ? "least" : "greatest";
    case "CaseExpr":
      return wordOf(value["defresult"]) ?? "case";
    default:
      return null;
  }
}

function joined(columns: readonly string[]): string {
  let text = "";
  for (const column of columns) {
    text += text === "" ? column : `_${column}`;
    if (byteLength(text) > identifierBytesMax) break;
  }
  return text;
}

function objectName(first: string, second: string | null, label: string): string {
  const free = identifierBytesMax - label.length - 1 - (second === null ? 0 : 1);
  let a = byteLength(first);
  let b = second === null ? 0 : byteLength(second);
  while (a + b > free) {
    if (a > b) a -= 1;
    else b -= 1;
  }
  return [clip(first, a), ...(second === null ? [] : [clip(second, b)]), label].join("_");
}

function clip(text: string, bytes: number): string {
  let cut = "";
  for (const character of text) {
    if (byteLength(cut + character) > bytes) break;
    cut += character;
  }
  return cut;
}
