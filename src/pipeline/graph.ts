// The dependency graph of tables: an order in which each comes after all it depends on, or the cycle that forbids one.

export interface GraphNode {
  readonly name: string;
  readonly needs: readonly string[];
}

export type Ordered<T> =
  { readonly ok: true; readonly order: readonly T[] } | { readonly ok: false; readonly cycle: readonly string[] };

/** Orders nodes by what they need, otherwise as they come. A cycle is told with its path, its first node again at its end. */
export function dependencyOrder<T extends GraphNode>(nodes: readonly T[]): Ordered<T> {
  const byName = new Map(nodes.map(node => [node.name, node]));
  const done = new Set<string>();
  const order: T[] = [];
  for (const start of nodes) {
    // An explicit stack: a chain of ten thousand tables is deep.
    const path: { readonly node: T; next: number }[] = [];
    const onPath = new Set<string>();
    const enter = (node: T): void => {
      path.push({ node, next: 0 });
      onPath.add(node.name);
    };
    if (!done.has(start.name)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const need = top.node.needs[top.next++];
      if (need === undefined) {
        path.pop();
        onPath.delete(top.node.name);
        done.add(top.node.name);
        order.push(top.node);
        continue;
      }
      const next = byName.get(need);
      if (next === undefined || done.has(need)) continue;
      if (onPath.has(need)) {
        const names = path.map(({ node }) => node.name);
        return { ok: false, cycle: [...names.slice(names.indexOf(need)), need] };
      }
      enter(next);
    }
  }
  return { ok: true, order };
}
