import type { GateLimits } from '../../domain/gates/gate-limits.ts';
import type { GateMaterial } from '../../domain/gates/gate-material.ts';
import { placeWeeks, weeksOfRows } from '../../domain/training-table.ts';

/** What a model is judged by, as one body: JSON of the small parts, then the training table as bytes. */
interface Head extends Pick<GateMaterial, 'features' | 'trained' | 'reference' | 'threshold'> {
  readonly limits: GateLimits;
  readonly rows: number;
  /** The weeks of the table, each once; a row has the place of its own. */
  readonly weeks: readonly string[];
}

/** The length of the JSON and the parts of the body. */
export function judgeRequest(
  { features, trained, reference, threshold, training }: GateMaterial,
  limits: GateLimits,
): { readonly headLength: number; readonly parts: readonly Uint8Array[] } {
  const { named, places } = placeWeeks(training.weeks);
  const head: Head = {
    features: features.map(({ name, direction }) => ({ name, direction })),
    trained,
    reference,
    threshold,
    limits,
    rows: training.rows,
    weeks: named,
  };
  const json = Buffer.from(JSON.stringify(head));
  return {
    headLength: json.length,
    parts: [json, bytesOf(places), bytesOf(training.matrix), training.labels],
  };
}

/** Reads what judgeRequest wrote. */
export function judgedBy(
  body: Uint8Array<ArrayBuffer>,
  headLength: number,
): { readonly material: GateMaterial; readonly limits: GateLimits } {
  const head: Head = JSON.parse(Buffer.from(body.subarray(0, headLength)).toString());
  const { limits, rows, weeks: named, ...rest } = head;
  let from = headLength;
  // Copied, so that numbers start at an aligned address.
  const take = (bytes: number) => {
    from += bytes;
    return body.slice(from - bytes, from);
  };
  const places = new Uint32Array(take(4 * rows).buffer);
  const matrix = new Float32Array(take(4 * rows * rest.features.length).buffer);
  const labels = take(rows);
  const weeks = weeksOfRows({ named, places });
  return { limits, material: { ...rest, training: { rows, weeks, matrix, labels } } };
}

function bytesOf(numbers: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
