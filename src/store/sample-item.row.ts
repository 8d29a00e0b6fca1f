import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SampleVerdict } from '../domain/batch.ts';

@Entity('sample_item')
export class SampleItemRow {
  @PrimaryColumn({ type: 'uuid', name: 'batch_id' })
  batchId!: string;
  @PrimaryColumn({ type: 'text' })
  customer!: string;
  @Column({ type: 'integer' })
  position!: number;
  @Column({ type: 'text' })
  verdict!: SampleVerdict;
  @Column({ type: 'text', nullable: true })
  reviewer!: string | null;
  @Column({ type: 'timestamptz', name: 'reviewed_at', nullable: true })
  reviewedAt!: Date | null;
  @Column({ type: 'text', nullable: true })
  note!: string | null;
}
