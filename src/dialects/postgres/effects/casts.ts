// Casts that change no bit of a value, from pg_cast of PostgreSQL 13 to 18 and the extension citext, and operator classes that types share.

/** Binary coercible pairs: from, to. */
export const binaryCoercible: readonly (readonly [string, string])[] = [
  ["text", "varchar"],
  ["varchar", "text"],
  ["text", "bpchar"],
  ["varchar", "bpchar"],
  ["citext", "text"],
  ["citext", "varchar"],
  ["citext", "bpchar"],
  ["text", "citext"],
  ["varchar", "citext"],
  ["bit", "varbit"],
  ["varbit", "bit"],
  ["cidr", "inet"],
  ["xml", "text"],
  ["xml", "varchar"],
  ["xml", "bpchar"],
];

/** Each of these can be relabelled as each other. */
export const objectIdentifiers: readonly string[] = [
  "oid",
  "int4",
  "regproc",
  "regprocedure",
  "regoper",
  "regoperator",
  "regclass",
  "regcollation",
  "regtype",
  "regconfig",
  "regdictionary",
  "regrole",
  "regnamespace",
];

/** Types that are indexed by the operator class of another. */
export const operatorClasses: Readonly<Record<string, string>> = {
  varchar: "text",
  cidr: "inet",
  regproc: "oid",
  regprocedure: "oid",
  regoper: "oid",
  regoperator: "oid",
  regclass: "oid",
  regcollation: "oid",
  regtype: "oid",
  regconfig: "oid",
  regdictionary: "oid",
  regrole: "oid",
  regnamespace: "oid",
};
