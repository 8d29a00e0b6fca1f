import type { ExplainedScore } from '../../domain/ports.ts';
import { ATTRIBUTION_METHODS } from '../../domain/shapley.ts';

/**
 * Explained rows as they go through a frame, each in as many float64: the place of its method in ATTRIBUTION_METHODS, its baseline, a
 * value a feature, and a standard error a feature, NaN where the values are exact.
 */
export function explainedBody(explained: readonly ExplainedScore[]): Uint8Array {
  const numbers = explained.flatMap(({ method, baseline, values, standardErrors }) => [
    ATTRIBUTION_METHODS.indexOf(method),
    baseline,
    ...values,
    ...(standardErrors ?? values.map(() => Number.NaN)),
  ]);
  return new Uint8Array(Float64Array.from(numbers).buffer);
}

/** What stands in such a body; undefined where it is none, for the process that wrote it holds a hostile model. */
export function readExplained(
  body: Uint8Array<ArrayBuffer>,
  width: number,
): readonly ExplainedScore[] | undefined {
  const each = 2 + 2 * width;
  if (body.length % (8 * each) !== 0) return undefined;
  const numbers = new Float64Array(body.buffer);
  const explained: ExplainedScore[] = [];
  for (let at = 0; at < numbers.length; at += each) {
    const [place = -1, baseline = Number.NaN] = numbers.subarray(at, at + 2);
    const values = numbers.slice(at + 2, at + 2 + width);
    const errors = numbers.slice(at + 2 + width, at + each);
    const method = ATTRIBUTION_METHODS[place];
    const standardErrors = method === 'SAMPLED' ? errors : null;
    if (method === undefined || ![baseline, ...values, ...(standardErrors ?? [])].every(Number.isFinite))
      return undefined;
    explained.push({ method, baseline, values, standardErrors });
  }
  return explained;
}
