/** Whether a build can match two patterns, in which `*` is any text. */
export function canBothMatch(one: string, two: string): boolean {
  // Regular expressions are not compared.
  if (one.startsWith("^") || two.startsWith("^")) return true;
  const known = new Map<string, boolean>();
  const meet = (a: number, b: number): boolean => {
    const key = `${a},${b}`;
    const found = known.get(key) ?? compute(a, b);
    known.set(key, found);
    return found;
  };
  const compute = (a: number, b: number): boolean => {
    if (a === one.length && b === two.length) return true;
    if (one[a] === "*") return meet(a + 1, b) || (b < two.length && meet(a, b + 1));
    if (two[b] === "*") return meet(a, b + 1) || (a < one.length && meet(a + 1, b));
    return a < one.length && one[a] === two[b] && meet(a + 1, b + 1);
  };
  return meet(0, 0);
}
