import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EligibilityReason } from '../domain/decision.ts';

@Entity('recipient')
export class RecipientRow {
  @PrimaryColumn({ type: 'uuid', name: 'batch_id' })
  batchId!: string;
  @PrimaryColumn({ type: 'text' })
  customer!: string;
  @Column({ type: 'text' })
  arm!: 'MODEL' | 'EXPLORATION';
  @Column({ type: 'double precision', nullable: true })
  score!: number | null;
  @Column({ type: 'text', name: 'removed_by', nullable: true })
  removedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'removed_at', nullable: true })
  removedAt!: Date | null;
  @Column({ type: 'text', name: 'removal_note', nullable: true })
  removalNote!: string | null;
  @Column({ type: 'text', nullable: true })
  dropped!: EligibilityReason | null;
}
