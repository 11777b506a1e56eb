// "Did you mean": the names that are closest to what was typed.

/** Edits (insert, delete, replace) between two words. */
function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replace));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** A number below 1 for names that are alike; the timestamp of a file name does not count. */
function unlikeness(typed: string, name: string): number {
  const description = name.replace(/^\d{14}_/, "");
  const word = typed.replace(/^\d{14}_/, "");
  if (word !== "" && name.includes(word)) return 0;
  return distance(word, description) / Math.max(3, Math.min(word.length, description.length) / 1.5);
}

/** At most `limit` names that are close to what was typed, best first. */
export function nearNames(typed: string, names: readonly string[], limit = 3): readonly string[] {
  return names
    .map((name) => ({ name, score: unlikeness(typed.toLowerCase(), name.toLowerCase()) }))
    .filter((candidate) => candidate.score < 1)
    .toSorted((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map((candidate) => candidate.name);
}
