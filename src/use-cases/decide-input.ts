/** A decision about what somebody declared or proposed. */
export interface DecideInput {
  readonly id: string;
  readonly note: string | null;
}
