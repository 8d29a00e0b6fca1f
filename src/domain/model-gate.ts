import type { DataUseCover } from './data-use.ts';
import { forbiddenColumn } from './forbidden-data.ts';
import { columnsOfCard, type ModelCard } from './model-card.ts';
import type { IsoDate } from './week.ts';

export const GATE_NAMES = [
  'SIGNATURE',
  'REPRODUCIBLE',
  'CARD',
  'FORBIDDEN',
  'DATA_USE',
  'WEEK_KEY',
  'TOO_GOOD',
  'OUT_OF_TIME',
  'BACKTEST',
  'SENSITIVITY',
  'CALIBRATION',
] as const;
export type GateName = (typeof GATE_NAMES)[number];

/** FAIL bars approval, WARN needs a written acceptance by compliance. */
export const GATE_VERDICTS = ['PASS', 'WARN', 'FAIL'] as const;
export type GateVerdict = (typeof GATE_VERDICTS)[number];

/** A row of a figure; null where there is no number. */
export interface GateFigureRow {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** A table that a person can judge a gate by, to be read or drawn. */
export interface GateFigure {
  readonly name: string;
  /** What the rows are: a week, a feature. */
  readonly rowName: string;
  /** What the values of a row are, in order. */
  readonly columns: readonly string[];
  readonly rows: readonly GateFigureRow[];
}

/** What a gate found of a model version, with its figures. */
export interface Gate {
  readonly name: GateName;
  readonly verdict: GateVerdict;
  readonly measured: string;
  readonly limit: string;
  readonly message: string;
  readonly figures: readonly GateFigure[];
}

/** A figure, its numbers to six digits: what is shown need not say more. */
export function figure(
  name: string,
  rowName: string,
  columns: readonly string[],
  rows: readonly (readonly [label: string, ...values: (number | null)[]])[],
): GateFigure {
  const shown = (value: number | null) => (value === null ? null : Number(value.toPrecision(6)));
  return {
    name,
    rowName,
    columns,
    rows: rows.map(([label, ...values]) => ({ label, values: values.map(shown) })),
  };
}

/** A gate that has too little to judge by: a person must accept that, for nothing was shown. */
export function unjudgedGate(name: GateName, limit: string, message: string): Gate {
  return { name, verdict: 'WARN', measured: 'not measured', limit, message, figures: [] };
}

/** SIGNATURE of a model that could not be judged at all. */
export function unansweredGate(message: string): Gate {
  return {
    name: 'SIGNATURE',
    verdict: 'FAIL',
    measured: 'not judged',
    limit: 'the model answers all that the gates ask',
    message,
    figures: [],
  };
}

/** The worst verdict of all gates; FAIL when there are none, for nothing was shown. */
export function gateVerdict(gates: readonly Gate[]): GateVerdict {
  if (gates.length === 0 || gates.some(({ verdict }) => verdict === 'FAIL')) return 'FAIL';
  return gates.some(({ verdict }) => verdict === 'WARN') ? 'WARN' : 'PASS';
}

/**
 * REPRODUCIBLE: scores of the same rows, `again` in the same batches, `rebatched` in batches of another size, are
 * equal bit for bit. FAIL where they are not, for then a past run could not be proven.
 */
export function reproducibleGate(first: Float64Array, again: Float64Array, rebatched: Float64Array): Gate {
  const twice = differing(first, again);
  const otherwise = differing(first, rebatched);
  const passes = first.length > 0 && twice === 0 && otherwise === 0;
  return {
    name: 'REPRODUCIBLE',
    verdict: passes ? 'PASS' : 'FAIL',
    measured: `of ${first.length} scores ${twice} differ the second time, ${otherwise} in batches of another size`,
    limit: 'the same bits each time and for each batch size',
    message: passes
      ? 'The model gives the same bits each time.'
      : 'The model does not give the same bits each time: its runs could not be reproduced.',
    figures: [],
  };
}

/** CARD: the model's intended use, when not to use it, and its weaknesses are written down. */
export function cardGate(card: Pick<ModelCard, 'intendedUse' | 'notToBeUsedWhen' | 'weaknesses'>): Gate {
  const lacking = [
    written([card.intendedUse]) ? '' : 'intendedUse',
    written(card.notToBeUsedWhen) ? '' : 'notToBeUsedWhen',
    written(card.weaknesses) ? '' : 'weaknesses',
  ].filter((field) => field !== '');
  return {
    name: 'CARD',
    verdict: lacking.length === 0 ? 'PASS' : 'FAIL',
    measured: lacking.length === 0 ? 'complete' : `without ${lacking.join(', ')}`,
    limit: 'intendedUse, notToBeUsedWhen and weaknesses are written',
    message:
      lacking.length === 0
        ? 'The card says what the model is for, when not to use it, and what its weaknesses are.'
        : 'The card does not say all that a user must know.',
    figures: [],
  };
}

/** FORBIDDEN: no column that the model reads, and no feature by its name, is of a forbidden kind (feed.md §1). */
export function forbiddenGate(card: ModelCard): Gate {
  const names = new Set([...columnsOfCard(card), ...card.features.map(({ name }) => name)]);
  const found = [...names].flatMap((name) => {
    const kind = forbiddenColumn(name);
    return kind === null ? [] : [`${name} (${kind})`];
  });
  return {
    name: 'FORBIDDEN',
    verdict: found.length === 0 ? 'PASS' : 'FAIL',
    measured: found.length === 0 ? 'none' : found.join(', '),
    limit: 'no forbidden data',
    message:
      found.length === 0
        ? 'The model uses no forbidden data.'
        : `The model uses forbidden data: ${found.join(', ')}.`,
    figures: [],
  };
}

/**
 * DATA_USE: each source column is covered by a signed-off data use that is valid on a day (`validUntil` inclusive).
 * WARN where one is not yet: the sign-off may come after the model, but not after its activation.
 */
export function dataUseGate(
  columns: readonly string[],
  signedOff: readonly Pick<DataUseCover, 'columns' | 'validUntil'>[],
  on: IsoDate,
): Gate {
  const inForce = signedOff.filter(({ validUntil }) => on <= validUntil);
  const open = columns.filter((column) => !inForce.some((use) => use.columns.includes(column)));
  return {
    name: 'DATA_USE',
    verdict: open.length === 0 ? 'PASS' : 'WARN',
    measured: `${columns.length - open.length} of ${columns.length} columns signed off`,
    limit: 'every source column covered by a sign-off in force',
    message:
      open.length === 0
        ? 'Every source column is covered by a sign-off in force.'
        : `No sign-off in force covers ${open.join(', ')}.`,
    figures: [],
  };
}

function written(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.every((text) => text.trim() !== '');
}

/** How many numbers of two lists differ, compared by value of their bits; a longer list differs by what it has more. */
function differing(first: Float64Array, second: Float64Array): number {
  let count = Math.abs(first.length - second.length);
  for (let i = 0; i < Math.min(first.length, second.length); i += 1) {
    if (!Object.is(first[i], second[i])) count += 1;
  }
  return count;
}
