/** What if a feature were otherwise: its value, times `multiply`, plus `add`. */
export interface FeatureShift {
  readonly feature: string;
  readonly multiply: number;
  readonly add: number;
}

/** A value after the shifts of its feature, one after the other. */
export function shifted(value: number, shifts: readonly FeatureShift[]): number {
  return shifts.reduce((moved, { multiply, add }) => moved * multiply + add, value);
}
