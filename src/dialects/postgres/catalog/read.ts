// Reads a whole database from its catalogs as the statements that make it again: what a shadow server is loaded with.
import { readFileSync } from "node:fs";
import { quoteIdentifier } from "../../../sql/identifier.ts";
import { readFacts, type Queryable } from "../introspect.ts";
import { orderStatements, type SchemaStatement } from "./order.ts";

/** A database as statements, in the order in which they can run. */
export interface Catalog {
  readonly roles: readonly string[];
  readonly statements: readonly SchemaStatement[];
  /** Objects of kinds that cannot be made again, for people. */
  readonly unknown: readonly string[];
  /** The same for databases that differ in the order of columns and in the names of NOT NULL constraints alone. */
  readonly comparable: readonly { readonly place: string; readonly sql: string }[];
}

interface ObjectRow {
  readonly kind: string;
  readonly class: number;
  readonly oid: number;
  readonly part: number;
  readonly place: string;
  readonly sql: string | null;
}

interface ColumnRow {
  readonly relation: number;
  readonly name: string;
  readonly definition: string;
  readonly notNull: boolean;
  readonly notNullName: string | null;
  readonly notNullNoInherit: boolean;
}

interface DependRow {
  readonly relation: "needs" | "part of";
  readonly class: number;
  readonly oid: number;
  readonly otherClass: number;
  readonly otherOid: number;
}

function readSql(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

const [objectsSql, columnsSql, dependsSql] = ["objects.sql", "columns.sql", "depends.sql"].map(readSql) as [
  string,
  string,
  string,
];

const shellsSql = `
  select 'pg_class'::regclass::oid::int || '/' || c.oid::int as key,
    format('create view %I.%I as select %s', n.nspname, c.relname, string_agg(format('null::%s%s as %I', format_type(a.atttypid, a.atttypmod),
      case when a.attcollation <> y.typcollation then ' collate ' || a.attcollation::regcollation::text end, a.attname), ', ' order by a.attnum)) as sql
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_type y on y.oid = a.atttypid
  where c.relkind = 'v' and c.oid >= 16384 group by c.oid, n.nspname, c.relname`;

/** Column lists, conditions and whole schemas came with PostgreSQL 15; the catalogs of older servers have no place for them. */
function publicationsSql(major: number): string {
  const [list, schemas] =
    major < 15
      ? ["''", "null"]
      : [
          `coalesce((select format(' (%s)', string_agg(quote_ident(a.attname), ', ' order by a.attnum)) from pg_attribute a
              where a.attrelid = m.prrelid and a.attnum = any (m.prattrs::int2[]) having count(*) > 0), '')
            || coalesce(' where (' || pg_get_expr(m.prqual, m.prrelid) || ')', '')`,
          `(select string_agg('tables in schema ' || quote_ident(n.nspname), ', ' order by n.nspname)
            from pg_publication_namespace m join pg_namespace n on n.oid = m.pnnspid where m.pnpubid = p.oid)`,
        ];
  return `
    select 'publication' as kind, 'pg_publication'::regclass::oid::int as class, p.oid::int as oid, 0 as part, p.pubname::text as place,
      format('create publication %I%s with (publish = %L, publish_via_partition_root = %s%s)', p.pubname,
        ' for ' || nullif(case when p.puballtables then 'all tables' else concat_ws(', ',
          (select 'table ' || string_agg(format('only %s%s', m.prrelid::regclass, ${list}), ', ' order by m.prrelid::regclass::text)
            from pg_publication_rel m where m.prpubid = p.oid having count(*) > 0),
          ${schemas}) end, ''),
        concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
          case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end),
        p.pubviaroot::text, case to_jsonb(p) ->> 'pubgencols' when 's' then ', publish_generated_columns = stored' end) as sql
    from pg_publication p`;
}

const rolesSql = "select rolname::text as role from pg_roles where rolname not like 'pg\\_%' order by 1";

/** @param role the role that will run the statements: what it owns needs no ALTER … OWNER */
export async function readCatalog(connection: Queryable, role = "postgres"): Promise<Catalog> {
  // One snapshot for all of it; with an empty path every name in a definition comes qualified.
  await connection.query("begin isolation level repeatable read read only; set local search_path = ''");
  try {
    const { major } = await readFacts(connection);
    const [objects, publications, columns, depends, shells, roles] = await Promise.all([
      connection.query<ObjectRow & Record<string, unknown>>(objectsSql, [role]),
      connection.query<ObjectRow & Record<string, unknown>>(publicationsSql(major)),
      connection.query<ColumnRow & Record<string, unknown>>(columnsSql),
      connection.query<DependRow & Record<string, unknown>>(dependsSql),
      connection.query<{ key: string; sql: string }>(shellsSql),
      connection.query<{ role: string }>(rolesSql),
    ]);
    return catalogOf({
      objects: [...objects, ...publications],
      columns,
      depends,
      shells,
      roles: roles.map((row) => row.role),
    });
  } finally {
    await connection.query("rollback");
  }
}

interface Rows {
  readonly objects: readonly ObjectRow[];
  readonly columns: readonly ColumnRow[];
  readonly depends: readonly DependRow[];
  readonly shells: readonly { readonly key: string; readonly sql: string }[];
  readonly roles: readonly string[];
}

function catalogOf({ objects, columns, depends, shells, roles }: Rows): Catalog {
  const columnsOf = new Map<number, ColumnRow[]>();
  for (const column of columns) {
    const list = columnsOf.get(column.relation);
    if (list === undefined) columnsOf.set(column.relation, [column]);
    else list.push(column);
  }
  const needs = needsOf(depends);
  const found = objects.flatMap((row) => {
    if (row.sql === null) return [];
    const key = `${row.class}/${row.oid}`;
    const own = columnsOf.get(row.oid) ?? [];
    return [
      { row, statement: { ...row, key, sql: withColumns(row.sql, own, false), needs: needs.get(key) ?? [] }, own },
    ];
  });
  return {
    roles,
    statements: orderStatements(
      found.map(({ statement }) => statement),
      new Map(shells.map(({ key, sql }) => [key, sql])),
    ),
    unknown: objects.filter(({ kind }) => kind === "unknown").map(({ place }) => place),
    comparable: found
      .map(({ row, own }) => ({ place: row.place, sql: withColumns(row.sql ?? "", own, true) }))
      .toSorted((a, b) => (a.sql < b.sql ? -1 : 1)),
  };
}

const marker = /\(%(?:columns|options)%\)/;

function withColumns(sql: string, columns: readonly ColumnRow[], isComparable: boolean): string {
  if (!marker.test(sql)) return sql;
  const ordered = isComparable ? columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : columns;
  const texts = ordered.map(({ name, definition, notNull, notNullName, notNullNoInherit }) => {
    if (!notNull) return `${name} ${definition}`;
    const constraint = isComparable || notNullName === null ? "" : ` constraint ${notNullName}`;
    return `${name} ${definition}${constraint} not null${notNullNoInherit ? " no inherit" : ""}`;
  });
  // A table of a type needs no list; a table without any column does.
  return sql.replace(marker, (found) =>
    found.includes("options") && texts.length === 0 ? "" : `(${texts.join(", ")})`,
  );
}

/** Per object the objects it needs; a part of an object (a row type, an index behind a constraint) stands for the whole. */
function needsOf(depends: readonly DependRow[]): Map<string, string[]> {
  const wholeOf = new Map<string, string>();
  for (const row of depends) {
    if (row.relation === "part of") wholeOf.set(`${row.class}/${row.oid}`, `${row.otherClass}/${row.otherOid}`);
  }
  const whole = (key: string): string => {
    let now = key;
    for (let depth = 0; depth < 5; depth += 1) now = wholeOf.get(now) ?? now;
    return now;
  };
  const needs = new Map<string, string[]>();
  for (const row of depends) {
    if (row.relation !== "needs") continue;
    const from = whole(`${row.class}/${row.oid}`);
    const to = whole(`${row.otherClass}/${row.otherOid}`);
    if (from === to) continue;
    const list = needs.get(from);
    if (list === undefined) needs.set(from, [to]);
    else list.push(to);
  }
  return needs;
}

/** Makes the roles that owners, grants and policies name, where they are not there yet. They may do nothing. */
export function createRoles(roles: readonly string[], there: readonly string[]): string[] {
  return roles.filter((role) => !there.includes(role)).map((role) => `create role ${quoteIdentifier(role)}`);
}
