import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { IncidentKind } from '../domain/incident.ts';

@Entity('incident')
export class IncidentRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  kind!: IncidentKind;
  @Column({ type: 'text', nullable: true })
  campaign!: string | null;
  @Column({ type: 'uuid', name: 'run_id', nullable: true })
  runId!: string | null;
  @Column({ type: 'text' })
  summary!: string;
  @Column({ type: 'timestamptz', name: 'opened_at' })
  openedAt!: Date;
  @Column({ type: 'timestamptz', name: 'notified_at', nullable: true })
  notifiedAt!: Date | null;
  @Column({ type: 'text', name: 'resolved_by', nullable: true })
  resolvedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;
  @Column({ type: 'text', nullable: true })
  note!: string | null;
}
