import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RunManifest } from '../domain/manifest.ts';
import type { RunStatus, RunStep, RunTrigger } from '../domain/run.ts';
import type { IsoDate, IsoWeek } from '../domain/week.ts';

@Entity('run')
export class RunRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  campaign!: string;
  @Column({ type: 'text' })
  week!: IsoWeek;
  @Column({ type: 'integer' })
  attempt!: number;
  @Column({ type: 'boolean' })
  current!: boolean;
  @Column({ type: 'text' })
  trigger!: RunTrigger;
  @Column({ type: 'text' })
  status!: RunStatus;
  @Column({ type: 'text' })
  step!: RunStep;
  @Column({ type: 'text' })
  actor!: string;
  @Column({ type: 'timestamptz', name: 'started_at' })
  startedAt!: Date;
  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
  @Column({ type: 'uuid', name: 'config_id' })
  configId!: string;
  @Column({ type: 'uuid', name: 'model_id' })
  modelId!: string;
  @Column({ type: 'integer' })
  contract!: number;
  @Column({ type: 'text' })
  seed!: string;
  @Column({ type: 'date', name: 'as_of', nullable: true })
  asOf!: IsoDate | null;
  @Column({ type: 'integer', name: 'snapshot_rows', nullable: true })
  snapshotRows!: number | null;
  @Column({ type: 'integer', name: 'rejected_rows', nullable: true })
  rejectedRows!: number | null;
  @Column({ type: 'text', name: 'snapshot_digest', nullable: true })
  snapshotDigest!: string | null;
  @Column({ type: 'text', name: 'decision_root', nullable: true })
  decisionRoot!: string | null;
  @Column({ type: 'jsonb', nullable: true })
  manifest!: RunManifest | null;
  @Column({ type: 'text', name: 'manifest_digest', nullable: true })
  manifestDigest!: string | null;
}
