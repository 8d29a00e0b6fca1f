import type { AskModel } from '../mixtures.ts';
import { evenly, rowsOfWeeks, splitInTime, trainingWeeks } from '../training-table.ts';
import { areaUnderCurve } from './area-under-curve.ts';
import { type FeatureInput, type GateMaterial, scoreRows } from './gate-material.ts';

const MOST_CONVERTED = 500;
const MOST_OTHERS = 1500;
/** Of more features than this, only neighbours are exchanged. */
const MOST_EXCHANGED = 30;

/** How the features rank the training rows in the order of the card, and in the best other order that was tried. */
export interface ColumnOrder {
  /** The area under the curve in the order of the card. */
  readonly declared: number;
  readonly tried: readonly { readonly order: string; readonly value: number }[];
}

/**
 * Whether training rows are ranked better when the model gets its features in another order than the card's: any two of them
 * exchanged, all from the last to the first, all by the alphabet; or when the other class is taken for the score. A model that
 * learnt from these rows, in this order, is not. Features that the model takes by name have no order. Null where too few rows in
 * time converted.
 */
export async function columnOrder(
  ask: AskModel,
  { features, training, trained }: GateMaterial,
  input: FeatureInput,
): Promise<ColumnOrder | null> {
  const { inTime } = splitInTime(trainingWeeks(training), trained);
  const learnt = rowsOfWeeks(inTime);
  const ofKind = (kind: number) => learnt.filter((row) => training.labels[row] === kind);
  const rows = [...evenly(ofKind(1), MOST_CONVERTED), ...evenly(ofKind(0), MOST_OTHERS)];
  const labels = Uint8Array.from(rows, (row) => training.labels[row] ?? 0);
  const places = [...rows.keys()];
  const width = features.length;
  const rank = async (order: readonly number[]) => {
    const matrix = new Float32Array(rows.length * width);
    for (const [place, row] of rows.entries())
      for (const [to, from] of order.entries())
        matrix[place * width + to] = training.matrix[row * width + from] ?? Number.NaN;
    return areaUnderCurve(await scoreRows(ask, matrix, width), labels, places)?.value ?? null;
  };
  const own = await rank([...features.keys()]);
  if (own === null) return null;
  const tried = [{ order: 'the other class as the score', value: 1 - own }];
  const others = input === 'NAMED' ? [] : otherOrders(features.map(({ name }) => name));
  for (const { name, order } of others) tried.push({ order: name, value: (await rank(order)) ?? 0 });
  return { declared: own, tried: tried.sort((a, b) => b.value - a.value) };
}

function otherOrders(
  names: readonly string[],
): readonly { readonly name: string; readonly order: readonly number[] }[] {
  const own = [...names.keys()];
  const exchanged = own.flatMap((one) =>
    own
      .filter((other) => other > one && (names.length <= MOST_EXCHANGED || other === one + 1))
      .map((other) => ({
        name: `${names[one]} and ${names[other]} exchanged`,
        order: own.with(one, other).with(other, one),
      })),
  );
  const alphabetical = own.toSorted((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
  const whole = [
    { name: 'from the last to the first', order: own.toReversed() },
    { name: 'by the alphabet', order: alphabetical },
  ].filter(({ order }) => names.length > 2 && order.some((from, to) => from !== to));
  return [...exchanged, ...whole];
}
