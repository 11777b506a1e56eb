// Reads the catalogs of one schema into the shared schema model. Reads only.
import { readFileSync } from "node:fs";
import { MigrationError } from "../../core/error.ts";
import { versionSchemaComment } from "./names.ts";
import type {
  Carried,
  Facts,
  Grant,
  ObjectDefinition,
  Schema,
  SchemaObjects,
  Table,
  VersionView,
} from "../../core/schema.ts";

/** What introspection needs of a connection. */
export interface Queryable {
  query<R = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<R[]>;
}

const definitionsSql = readFileSync(new URL("./introspect-definitions.sql", import.meta.url), "utf8");
const objectsSql = readFileSync(new URL("./introspect-objects.sql", import.meta.url), "utf8");
const tablesSql = readFileSync(new URL("./introspect.sql", import.meta.url), "utf8");
const carriedSql = readFileSync(new URL("./introspect-carried.sql", import.meta.url), "utf8");
const publicationsSql = readFileSync(new URL("./introspect-publications.sql", import.meta.url), "utf8");

interface TableRow {
  readonly name: string;
  readonly kind: Table["kind"];
  readonly owner: string;
  readonly row_security: boolean;
  readonly parents: Table["parents"];
  readonly comment: string | null;
  readonly rows_estimate: number;
  readonly bytes: number;
  readonly attributes: number;
  readonly columns: Table["columns"];
  readonly indexes: Table["indexes"];
  readonly constraints: Table["constraints"];
  readonly triggers: Table["triggers"];
  readonly grants: Table["grants"];
  readonly partitioning: Table["partitioning"];
  readonly partition: Table["partition"];
  readonly row_security_forced: boolean;
  readonly options: Table["options"];
  readonly replica_identity: string;
  readonly referenced_by: Table["referencedBy"];
  readonly dependents: Table["dependents"];
}

/**
 * Reads one schema.
 * @param currentVersion the version schema that is offered now, or the schema itself
 * @throws MigrationError `usage` when the schema does not exist, `server-unsupported` below PostgreSQL 13
 */
export async function introspect(
  connection: Queryable,
  { schema, currentVersion }: { schema: string; currentVersion: string },
): Promise<{ schema: Schema; facts: Facts }> {
  const facts = await readFacts(connection);
  const [found] = await connection.query<{ owner: string; usage: Grant[]; path: string[] }>(schemaSql, [schema]);
  if (found === undefined) {
    throw new MigrationError("usage", {
      happened: `There is no schema ${schema} in this database.`,
      safeNext: ["shoofly status --schema NAME"],
    });
  }
  const rows = await connection.query<TableRow>(tablesSql, [schema]);
  const carried = await readCarried(connection, schema, facts);
  const definitions = await withEmptyPath(
    connection,
    async () => await connection.query<ObjectDefinition & Record<string, unknown>>(definitionsSql, [schema]),
  );
  const [objects] = await connection.query<SchemaObjects & Record<string, unknown>>(objectsSql, [schema]);
  return {
    facts,
    schema: {
      name: schema,
      owner: found.owner,
      usage: found.usage,
      tables: rows.map((row) => tableOf(schema, row, carried)),
      otherRelations: await connection.query<{ name: string; kind: string }>(otherRelationsSql, [schema]),
      definitions,
      objects: objects ?? { relations: [], types: [], functions: [] },
      currentVersion,
      versionViews: await connection.query<VersionView & Record<string, unknown>>(versionViewsSql, [schema]),
      searchPath: [
        schema,
        ...found.path.filter((name) => name !== schema && name !== "pg_catalog" && !name.startsWith("pg_temp")),
      ],
    },
  };
}

/** Version and version quirks of the server. */
export async function readFacts(connection: Queryable): Promise<Facts> {
  const [row] = await connection.query<{ number: string; text: string }>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as text",
  );
  const major = Math.floor(Number(row?.number ?? 0) / 10_000);
  const version = (row?.text ?? "").split(" ")[0] ?? "";
  if (major < 13) {
    throw new MigrationError("server-unsupported", {
      happened: `This server is PostgreSQL ${version}; shoofly supports 13 to 18.`,
      safeNext: ["Use PostgreSQL 13 or later."],
    });
  }
  return { engine: "postgres", version, major, hasSecurityInvokerViews: major >= 15 };
}

interface CarriedRow extends Carried {
  readonly table: string;
}

async function readCarried(connection: Queryable, schema: string, facts: Facts): Promise<CarriedRow[]> {
  return await withEmptyPath(connection, async () => [
    ...(await connection.query<CarriedRow>(carriedSql, [schema])),
    ...(facts.major < 15 ? [] : await connection.query<CarriedRow>(publicationsSql, [schema])),
  ]);
}

/** With an empty path every name in a definition comes qualified. */
async function withEmptyPath<T>(connection: Queryable, work: () => Promise<T>): Promise<T> {
  await connection.query("BEGIN READ ONLY");
  try {
    await connection.query("SELECT pg_catalog.set_config('search_path', '', true)");
    return await work();
  } finally {
    await connection.query("ROLLBACK");
  }
}

function tableOf(schema: string, row: TableRow, carried: readonly CarriedRow[]): Table {
  return {
    schema,
    name: row.name,
    kind: row.kind,
    parents: row.parents,
    owner: row.owner,
    columns: row.columns,
    indexes: row.indexes,
    constraints: row.constraints,
    triggers: row.triggers,
    grants: row.grants,
    rowSecurity: row.row_security,
    comment: row.comment,
    partitioning: row.partitioning,
    partition: row.partition,
    rowSecurityForced: row.row_security_forced,
    options: row.options,
    replicaIdentity: row.replica_identity,
    referencedBy: row.referenced_by,
    dependents: row.dependents,
    carried: carried.filter((each) => each.table === row.name).map(({ table: _table, ...each }) => each),
    rowsEstimate: Math.round(row.rows_estimate),
    bytes: row.bytes,
    attributes: row.attributes,
  };
}

const schemaSql = `
  select pg_catalog.pg_get_userbyid(n.nspowner) as owner,
    (select coalesce(json_agg(json_build_object('grantee', case when g.grantee = 0 then '' else pg_catalog.pg_get_userbyid(g.grantee) end,
        'privilege', g.privilege_type, 'grantable', g.is_grantable)), '[]')
      from pg_catalog.aclexplode(n.nspacl) g where g.privilege_type = 'USAGE' and g.grantee <> n.nspowner) as usage,
    to_json(pg_catalog.current_schemas(false)) as path
  from pg_catalog.pg_namespace n where n.nspname = $1`;

const otherRelationsSql = `
  select c.relname as name, c.relkind::text as kind from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('v', 'm', 'S', 'i', 'I', 'c') order by 1`;

const versionViewsSql = `
  select n.nspname as schema, c.relname as name,
    (select json_agg(json_build_object('name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind = 'v'
  where pg_catalog.obj_description(n.oid, 'pg_namespace') = '${versionSchemaComment}' || $1
  order by 1, 2`;
