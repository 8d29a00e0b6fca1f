/** How far two lists of numbers are apart in their worst place; NaN, which no test takes for small, where one is shorter or empty. */
export function largestDifference(found: Iterable<number>, expected: Iterable<number>): number {
  const [numbers, wanted] = [[...found], [...expected]];
  if (numbers.length !== wanted.length || wanted.length === 0) return Number.NaN;
  return Math.max(...numbers.map((value, place) => Math.abs(value - (wanted[place] ?? Number.NaN))));
}
