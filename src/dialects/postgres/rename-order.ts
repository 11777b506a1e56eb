// Renames in an order in which no name is taken twice; a cycle goes through a name of our own.

/** @param wanted pairs of the name now and the name wanted */
export function orderRenames(wanted: readonly [string, string][]): [string, string][] {
  const sequence: [string, string][] = [];
  const open = [...wanted];
  const taken = new Set(open.map(([from]) => from));
  while (open.length > 0) {
    const index = open.findIndex(([, to]) => !taken.has(to));
    const next = open[Math.max(index, 0)];
    if (next === undefined) break;
    const [from, to] = next;
    const target = index === -1 ? `_shoofly_swap_${sequence.length}` : to;
    sequence.push([from, target]);
    taken.delete(from);
    taken.add(target);
    open.splice(Math.max(index, 0), 1, ...(index === -1 ? [[target, to] as [string, string]] : []));
  }
  return sequence;
}
