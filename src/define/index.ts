// The language of migrations in TypeScript, as `shoofly` exports it and as migration files import it.
export * from "./builders.ts";
export { sql, type Identifier, type Sql, type SqlValue } from "./sql.ts";
