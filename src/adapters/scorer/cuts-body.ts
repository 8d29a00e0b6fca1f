/** Cuts as they go through a frame: of each feature how many there are, and behind it these; nothing at all for none that are known. */
export function cutsBody(cuts: readonly Float32Array[] | null): Uint8Array {
  const numbers = Float32Array.from((cuts ?? []).flatMap((values) => [values.length, ...values]));
  return new Uint8Array(numbers.buffer);
}

/** What stands in such a body; undefined where it is none, for the process that wrote it holds a hostile model. */
export function readCuts(
  body: Uint8Array<ArrayBuffer>,
  features: number,
): readonly Float32Array[] | null | undefined {
  if (body.length === 0) return null;
  const numbers = new Float32Array(body.buffer, 0, Math.floor(body.length / 4));
  const cuts: Float32Array[] = [];
  let at = 0;
  while (cuts.length < features) {
    const count = numbers[at] ?? Number.NaN;
    const values = numbers.slice(at + 1, at + 1 + count);
    if (values.length !== count || !values.every((value, i) => i === 0 || (values[i - 1] ?? 0) < value))
      break;
    cuts.push(values);
    at += 1 + count;
  }
  return cuts.length === features && at * 4 === body.length ? cuts : undefined;
}
