import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PauseScope, Stopped } from '../domain/engine-pause.ts';

@Entity('engine_pause')
export class EnginePauseRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  scope!: PauseScope;
  @Column({ type: 'text', nullable: true })
  campaign!: string | null;
  @Column({ type: 'text', name: 'paused_by' })
  pausedBy!: string;
  @Column({ type: 'timestamptz', name: 'paused_at' })
  pausedAt!: Date;
  @Column({ type: 'text' })
  reason!: string;
  @Column({ type: 'jsonb' })
  stopped!: readonly Stopped[];
  @Column({ type: 'text', name: 'resumed_by', nullable: true })
  resumedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'resumed_at', nullable: true })
  resumedAt!: Date | null;
  @Column({ type: 'text', name: 'resume_reason', nullable: true })
  resumeReason!: string | null;
}
