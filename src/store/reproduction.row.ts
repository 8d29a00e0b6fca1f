import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ReproductionVerdict } from '../domain/reproduction.ts';

/** A decision that came out otherwise, by its row: a customer who is erased leaves nothing here. */
export interface RowDifference {
  readonly row: number;
  readonly recorded: string;
  readonly reproduced: string;
}

@Entity('reproduction')
export class ReproductionRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'uuid', name: 'run_id' })
  runId!: string;
  @Column({ type: 'timestamptz' })
  at!: Date;
  @Column({ type: 'text' })
  by!: string;
  @Column({ type: 'text' })
  verdict!: ReproductionVerdict;
  @Column({ type: 'integer' })
  compared!: number;
  @Column({ type: 'integer' })
  differing!: number;
  @Column({ type: 'integer' })
  erased!: number;
  @Column({ type: 'text', name: 'recorded_root' })
  recordedRoot!: string;
  @Column({ type: 'text', name: 'decision_root' })
  decisionRoot!: string;
  @Column({ type: 'jsonb' })
  differences!: readonly RowDifference[];
  @Column({ type: 'text', array: true })
  faults!: readonly string[];
  @Column({ type: 'text', array: true })
  environment!: readonly string[];
  @Column({ type: 'text' })
  certificate!: string;
}
