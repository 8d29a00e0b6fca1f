/** Of ascending numbers the first and the last between each two cuts: those between them are never the nearest to a value elsewhere. */
export function endsOfPieces(numbers: readonly number[], cuts: Float32Array): readonly number[] {
  const pieces = numbers.map((number) => pieceOf(number, cuts));
  return numbers.filter((_, at) => pieces[at] !== pieces[at - 1] || pieces[at] !== pieces[at + 1]);
}

/** Of the steps within each piece the smallest; none of the piece that `own` lies in, where the score is what it is. */
export function smallestOfPieces<Step extends { readonly to: number; readonly size: number }>(
  steps: readonly Step[],
  own: number,
  cuts: Float32Array,
): readonly Step[] {
  const at = pieceOf(own, cuts);
  const smallest = new Map<number, Step>();
  for (const step of steps) {
    const piece = pieceOf(step.to, cuts);
    const known = smallest.get(piece);
    if (piece !== at && (known === undefined || step.size < known.size)) smallest.set(piece, step);
  }
  return [...smallest.values()];
}

/** How many cuts lie below a value as the model gets it: between two cuts, the upper one included, the score is the same. */
function pieceOf(value: number, cuts: Float32Array): number {
  const given = Math.fround(value);
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] ?? 0) < given) low = middle + 1;
    else high = middle;
  }
  return low;
}
