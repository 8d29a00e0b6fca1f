/**
 * How many cuts (ascending) a value is above as the model gets it, −1 where it is missing. Within a band, the cut above it included, a
 * model that steps at its cuts alone scores the same.
 */
export function bandOf(value: number, cuts: Float32Array): number {
  if (Number.isNaN(value)) return -1;
  const given = Math.fround(value);
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] ?? 0) < given) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of ascending numbers the first and the last of each band: those between them are never the nearest to a value elsewhere. */
export function endsOfBands(numbers: readonly number[], cuts: Float32Array): readonly number[] {
  const bands = numbers.map((number) => bandOf(number, cuts));
  return numbers.filter((_, at) => bands[at] !== bands[at - 1] || bands[at] !== bands[at + 1]);
}

/** Of the steps into each band the smallest; none into the band of `own`, where the score is what it is. */
export function smallestOfBands<Step extends { readonly to: number; readonly size: number }>(
  steps: readonly Step[],
  own: number,
  cuts: Float32Array,
): readonly Step[] {
  const ownBand = bandOf(own, cuts);
  const smallest = new Map<number, Step>();
  for (const step of steps) {
    const band = bandOf(step.to, cuts);
    const known = smallest.get(band);
    if (band !== ownBand && (known === undefined || step.size < known.size)) smallest.set(band, step);
  }
  return [...smallest.values()];
}
