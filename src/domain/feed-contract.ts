export const COLUMN_TYPES = ['id', 'integer', 'number', 'boolean', 'date', 'text'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];
export const COLUMN_CATEGORIES = ['key', 'eligibility', 'feature', 'segment'] as const;
export type ColumnCategory = (typeof COLUMN_CATEGORIES)[number];

/** A text in the languages that the service speaks. */
export interface Label {
  readonly nl: string;
  readonly en: string;
}

/** One column that a campaign may receive. `min` and `max` are inclusive; `values` is a closed list. */
export interface ContractColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly category: ColumnCategory;
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly values?: readonly string[] | undefined;
  readonly label?: Label | undefined;
}

/** The versioned list of columns that a campaign may receive; what is not on it does not get in. */
export interface FeedContract {
  readonly columns: readonly ContractColumn[];
}

/** Where a contract's columns live in a snapshot: texts apart, everything else as a number. */
export interface ColumnLayout {
  readonly key: ContractColumn;
  /** integer, number, boolean (0 and 1) and date (days since 1970-01-01) columns, in contract order. */
  readonly numbers: readonly ContractColumn[];
  /** text columns, in contract order. */
  readonly texts: readonly ContractColumn[];
}

export function layoutOf(contract: FeedContract): ColumnLayout {
  const key = contract.columns.find((column) => column.category === 'key');
  if (key === undefined) throw new Error('a feed contract has one key column');
  const rest = contract.columns.filter((column) => column !== key);
  return {
    key,
    numbers: rest.filter((column) => column.type !== 'text' && column.type !== 'id'),
    texts: rest.filter((column) => column.type === 'text' || column.type === 'id'),
  };
}
