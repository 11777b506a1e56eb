// Lines and columns of many places in one text: the starts of the lines are found once.
import type { Origin, Place } from "../../dialects/postgres/source.ts";

/** Line and column, both from 1, of a character index: in the author's file, when the text was rendered from one. */
export function placesIn(text: string, origins: readonly Origin[] = []): (index: number) => Place {
  if (origins.length > 0) {
    return (index) => {
      const origin = origins.findLast((each) => each.start <= index);
      return { line: origin?.line ?? 1, column: origin?.column ?? 1 };
    };
  }
  let starts: number[] | null = null;
  return (index) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: index - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
