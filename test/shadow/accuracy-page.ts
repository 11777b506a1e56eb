// docs/accuracy.md: what was predicted, what the servers did, and what squawk says of the same forms.

export interface MajorAccuracy {
  readonly major: number;
  readonly forms: readonly {
    readonly form: string;
    readonly said: string;
    readonly seen: string;
    /** Observed, predicted, and said by squawk: clients wait while a table is gone through. */
    readonly heavy: boolean;
    readonly shoofly: boolean;
    readonly squawk: boolean;
  }[];
}

/** The page as Markdown. */
export function accuracyPage(results: readonly MajorAccuracy[]): string {
  return `# How exact the predictions are

Written by \`test/shadow/accuracy.test.ts\`. The forms are those of \`test/shadow/ddl-truth.json\`, which \`test/shadow/trace.test.ts\` holds
equal to real servers of each major version; a prediction is made from the catalogs alone, and lock mode per relation, rewrite and scan
have to be the same. The test also traces every statement of every case under \`src/operations\`, as its author wrote it and as it is
planned; a single difference fails it.

| PostgreSQL | forms | equal |
|---|---|---|
${results.map(({ major, forms }) => `| ${major} | ${forms.length} | ${percent(forms.filter((each) => each.said === each.seen).length, forms.length)} |`).join("\n")}

## Who waits while a table is gone through

A statement is *heavy* when it holds a lock that blocks reads or writes of a table that was there before while that table is scanned,
rewritten or indexed. Counted per form: found (TP), false alarm (FP), missed (FN). Of squawk 2.66.0 those rules count that speak of such a
wait; it is given the statement alone, so it can know neither types nor constraints.

| PostgreSQL | heavy forms | shoofly TP / FP / FN | squawk TP / FP / FN | squawk precision, recall |
|---|---|---|---|---|
${results.map(heavyRow).join("\n")}

## Form by form on PostgreSQL ${results.at(-1)?.major ?? ""}

| form | observed | heavy | squawk |
|---|---|---|---|
${(results.at(-1)?.forms ?? []).map(formRow).join("\n")}
`;
}

function heavyRow({ major, forms }: MajorAccuracy): string {
  const count = (who: "shoofly" | "squawk"): [number, number, number] => [
    forms.filter((each) => each.heavy && each[who]).length,
    forms.filter((each) => !each.heavy && each[who]).length,
    forms.filter((each) => each.heavy && !each[who]).length,
  ];
  const [found, alarms, missed] = count("squawk");
  const heavy = forms.filter((each) => each.heavy).length;
  return `| ${major} | ${heavy} | ${count("shoofly").join(" / ")} | ${found} / ${alarms} / ${missed} | ${percent(found, found + alarms)}, ${percent(found, found + missed)} |`;
}

function formRow({ form, seen, heavy, squawk }: MajorAccuracy["forms"][number]): string {
  const verdict = squawk === heavy ? "right" : squawk ? "false alarm" : "missed";
  return `| ${form.replaceAll("|", "\\|")} | ${seen === "" ? "nothing" : seen} | ${heavy ? "yes" : "no"} | ${verdict} |`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.round((1000 * part) / whole) / 10} %`;
}
