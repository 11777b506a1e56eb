// The list of formats that `lint --format` knows.
import type { Format } from "./contract.ts";
import { gcc } from "./gcc.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { sarif } from "./sarif.ts";
import { text } from "./text.ts";

export const formats: readonly Format[] = [text, json, sarif, github, gitlab, junit, gcc];
