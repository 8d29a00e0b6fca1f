import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BatchStatus } from '../domain/batch.ts';
import type { IsoWeek } from '../domain/week.ts';

@Entity('batch')
export class BatchRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  campaign!: string;
  @Column({ type: 'uuid', name: 'run_id', nullable: true })
  runId!: string | null;
  @Column({ type: 'text' })
  week!: IsoWeek;
  @Column({ type: 'boolean' })
  fallback!: boolean;
  /** Of a fallback batch: whose snapshot it was drawn from, by which settings, by whom. */
  @Column({ type: 'uuid', name: 'snapshot_run_id', nullable: true })
  snapshotRunId!: string | null;
  @Column({ type: 'uuid', name: 'config_id', nullable: true })
  configId!: string | null;
  @Column({ type: 'text', name: 'drawn_by', nullable: true })
  drawnBy!: string | null;
  @Column({ type: 'text' })
  status!: BatchStatus;
  @Column({ type: 'integer' })
  size!: number;
  @Column({ type: 'text' })
  digest!: string;
  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
  @Column({ type: 'text', name: 'submitted_by', nullable: true })
  submittedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'submitted_at', nullable: true })
  submittedAt!: Date | null;
  @Column({ type: 'text', name: 'decided_by', nullable: true })
  decidedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'decided_at', nullable: true })
  decidedAt!: Date | null;
  @Column({ type: 'text', name: 'approved_digest', nullable: true })
  approvedDigest!: string | null;
  @Column({ type: 'text', name: 'held_by', nullable: true })
  heldBy!: string | null;
  @Column({ type: 'text', name: 'held_from', nullable: true })
  heldFrom!: BatchStatus | null;
  @Column({ type: 'text', nullable: true })
  note!: string | null;
  @Column({ type: 'text', name: 'released_by', nullable: true })
  releasedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'released_at', nullable: true })
  releasedAt!: Date | null;
}
