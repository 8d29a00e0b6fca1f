import type { ChangeStatus } from './change-status.ts';
import { missingColumns } from './feature.ts';
import type { ContractColumn, FeedContract } from './feed-contract.ts';
import { COLUMN_NAME, columnFaults, columnsFaults, LONGEST } from './feed-contract-rules.ts';
import { columnsOfCard, type ModelCard } from './model-card.ts';
import type { IsoWeek } from './week.ts';

/** What a change makes of one field of one column; null where there is none. `column` stands for the column as a whole. */
export interface ColumnDifference {
  readonly column: string;
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What a change of the contract would do to the live model and the rules; one that bars keeps it from being approved. */
export interface ContractFinding {
  readonly rule: 'NEEDED' | 'RETYPED' | 'VALUES' | 'NOT_COVERED' | 'ELIGIBILITY' | 'KEY';
  readonly column: string;
  readonly bars: boolean;
  readonly message: string;
}

const FIELDS = [
  'type',
  'category',
  'unit',
  'min',
  'max',
  'values',
  'label',
] as const satisfies readonly (keyof ContractColumn)[];

/** What differs, column by column: those of the contract before first, in its order, then those that are new. */
export function contractDifferences(before: FeedContract, after: FeedContract): readonly ColumnDifference[] {
  const names = new Set([...before.columns, ...after.columns].map(({ name }) => name));
  return [...names].flatMap((column): readonly ColumnDifference[] => {
    const [was, becomes] = [columnIn(before, column), columnIn(after, column)];
    if (was === undefined || becomes === undefined) {
      const whole = (one: ContractColumn | undefined) => (one === undefined ? null : inWords(one));
      return [{ column, field: 'column', before: whole(was), after: whole(becomes) }];
    }
    return FIELDS.flatMap((field) => {
      const [from, to] = [said(was[field]), said(becomes[field])];
      return from === to ? [] : [{ column, field, before: from, after: to }];
    });
  });
}

/**
 * What a change would do. `live` is the card of the live model, null where there is none; `covered` are the columns that a data use in
 * force covers. A column that the live model needs must stay and be read as before; all else is for the reviewer to weigh.
 */
export function contractFindings(
  before: FeedContract,
  after: FeedContract,
  { live, covered }: { readonly live: ModelCard | null; readonly covered: ReadonlySet<string> },
): readonly ContractFinding[] {
  const needed = live === null ? [] : columnsOfCard(live);
  const lacking = live === null ? [] : missingColumns(live, after);
  const model = live === null ? '' : `the live model ${live.name} ${live.version}`;
  return [
    ...lacking.map((column) =>
      finding('NEEDED', column, true, `${column} is no longer there as ${model} needs it`),
    ),
    ...needed
      .filter((column) => !lacking.includes(column))
      .flatMap((column) => changed(before, after, column, model)),
    ...after.columns.flatMap(({ name, category }) => notCovered(before, name, category, needed, covered)),
    ...before.columns
      .filter(({ name, category }) => category === 'eligibility' && columnIn(after, name) === undefined)
      .map(({ name }) =>
        finding('ELIGIBILITY', name, false, `${name} is removed: nobody is barred by it any more`),
      ),
    ...otherKey(before, after),
  ];
}

function changed(before: FeedContract, after: FeedContract, column: string, model: string) {
  const differences = contractDifferences(
    { columns: before.columns.filter(({ name }) => name === column) },
    { columns: after.columns.filter(({ name }) => name === column) },
  );
  return differences.flatMap(({ field, before: was, after: becomes }) => {
    if (field === 'label' || field === 'column') return [];
    const rule = field === 'type' ? 'RETYPED' : 'VALUES';
    const change = `${field} of ${column} changes from ${was ?? 'none'} to ${becomes ?? 'none'}`;
    return [finding(rule, column, false, `${change}, and ${model} reads it`)];
  });
}

/** A column that is new, or that becomes one that a model may read or a report show, has a purpose that somebody signed off. */
function notCovered(
  before: FeedContract,
  column: string,
  category: ContractColumn['category'],
  needed: readonly string[],
  covered: ReadonlySet<string>,
): readonly ContractFinding[] {
  const was = columnIn(before, column)?.category;
  const comesIn = (category === 'feature' || category === 'segment') && was !== category;
  if (covered.has(column) || !(comesIn || needed.includes(column))) return [];
  return [finding('NOT_COVERED', column, false, `no data use in force covers ${column}`)];
}

function otherKey(before: FeedContract, after: FeedContract): readonly ContractFinding[] {
  const keyOf = ({ columns }: FeedContract) => columns.find(({ category }) => category === 'key')?.name ?? '';
  const [was, becomes] = [keyOf(before), keyOf(after)];
  if (was === becomes) return [];
  const message = `customers are known by ${becomes} instead of ${was}: opt-outs and mails are found only if it holds the same ids`;
  return [finding('KEY', becomes, false, message)];
}

/** What is wrong with columns as they are proposed, each as a sentence that names the column; nothing where they may be a contract. */
export function proposalFaults({ columns }: FeedContract): readonly string[] {
  return [
    ...columns.flatMap((column) => [
      ...columnFaults(column).map(({ field, rule }) => `${column.name}, ${field} ${rule}`),
      ...shapeFaults(column).map((rule) => `${column.name}, ${rule}`),
    ]),
    ...columnsFaults(columns).map(({ rule }) => (rule.startsWith('must') ? `the contract ${rule}` : rule)),
  ];
}

/** What the form of a request does not keep out, and that of a campaign's file does. */
function shapeFaults({ name, unit, label, values, min, max }: ContractColumn): readonly string[] {
  const texts = [
    ['unit', LONGEST.unit, [unit]],
    ['label', LONGEST.label, [label?.nl, label?.en]],
    ['values', LONGEST.value, values ?? []],
  ] as const;
  return [
    ...(COLUMN_NAME.test(name)
      ? []
      : ['name must be a lower-case letter, then lower-case letters, digits and _']),
    ...texts
      .filter(([, longest, found]) => !found.every((text) => text === undefined || isText(text, longest)))
      .map(([field, longest]) => `${field} must have 1 to ${longest} characters`),
    ...(values === undefined || (values.length > 0 && values.length <= LONGEST.values)
      ? []
      : [`values must be 1 to ${LONGEST.values}`]),
    ...([min, max].every((limit) => limit === undefined || Math.abs(limit) <= 3.4e38)
      ? []
      : ['min and max must be within ±3.4e38']),
  ];
}

function isText(text: string, longest: number): boolean {
  return text.trim() !== '' && text.length <= longest;
}

/** How far a change is in a week: an approved one is effective from its first week on. */
export function statusInWeek(
  status: Exclude<ChangeStatus, 'EFFECTIVE'>,
  fromWeek: IsoWeek | null,
  week: IsoWeek,
): ChangeStatus {
  return status === 'APPROVED' && fromWeek !== null && fromWeek <= week ? 'EFFECTIVE' : status;
}

function columnIn({ columns }: FeedContract, name: string): ContractColumn | undefined {
  return columns.find((column) => column.name === name);
}

function finding(
  rule: ContractFinding['rule'],
  column: string,
  bars: boolean,
  message: string,
): ContractFinding {
  return { rule, column, bars, message };
}

function inWords(column: ContractColumn): string {
  const rest = FIELDS.slice(2).flatMap((field) => {
    const value = said(column[field]);
    return value === null ? [] : [`${field} ${value}`];
  });
  return [`${column.type}, ${column.category}`, ...rest].join(', ');
}

function said(value: ContractColumn[(typeof FIELDS)[number]]): string | null {
  if (value === undefined) return null;
  if (typeof value !== 'object') return String(value);
  return 'nl' in value ? `${value.nl} / ${value.en}` : value.join(', ');
}
