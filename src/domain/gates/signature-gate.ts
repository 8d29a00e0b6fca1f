import { figure, type Gate } from '../model-gate.ts';
import type { ColumnOrder } from './column-order.ts';
import { type GateLimit, gateLimitText, verdictOf } from './gate-limits.ts';

/** Orders shown in the figure, the best first. */
const SHOWN = 10;

/**
 * SIGNATURE: the model gave one finite score within 0–1 for each of the `rows` reference rows, and takes its features in the
 * order of the card. Measured for the order: how much higher the area under the curve of the training rows is in the best
 * other order; `order` is null where too few rows converted to see it, which does not count against the model.
 */
export function signatureGate(
  scores: Float64Array,
  rows: number,
  order: ColumnOrder | null,
  limit: GateLimit,
): Gate {
  const wrong = scores.reduce((count, score) => count + (score >= 0 && score <= 1 ? 0 : 1), 0);
  const sound = rows > 0 && scores.length === rows && wrong === 0;
  const [best] = order?.tried ?? [];
  const gain = order === null || best === undefined ? 0 : Math.max(best.value - order.declared, 0);
  const verdict = sound ? verdictOf(gain, limit) : 'FAIL';
  return {
    name: 'SIGNATURE',
    verdict,
    measured: `${scores.length} scores for ${rows} rows, ${wrong} outside 0–1; ${order === null ? 'order not measured' : `another order ranks better by ${gain.toFixed(3)}`}`,
    limit: `one score a row, all finite and within 0–1; gain of another order: ${gateLimitText(limit)}`,
    message: message(sound, verdict === 'PASS', order),
    figures:
      order === null
        ? []
        : [
            figure(
              'area under the curve by order of the features',
              'order',
              ['value'],
              [
                ['as the card says', order.declared],
                ...order.tried.slice(0, SHOWN).map((one) => [one.order, one.value] as const),
              ],
            ),
          ],
  };
}

function message(sound: boolean, passes: boolean, order: ColumnOrder | null): string {
  if (!sound) return 'The model does not give a probability for every reference row.';
  if (passes) return 'The model gives a probability for every reference row.';
  return `With ${order?.tried[0]?.order} the model ranks its own training rows better: the card and the model do not agree on which input, or which output, is which.`;
}
