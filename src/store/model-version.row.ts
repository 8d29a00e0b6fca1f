import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ModelCard } from '../domain/model-card.ts';
import type { JudgedGate, ModelStatus } from '../domain/model-version.ts';

@Entity('model_version')
export class ModelVersionRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  campaign!: string;
  @Column({ type: 'text' })
  name!: string;
  @Column({ type: 'text' })
  version!: string;
  @Column({ type: 'text' })
  digest!: string;
  @Column({ type: 'text', name: 'model_digest' })
  modelDigest!: string;
  @Column({ type: 'text', name: 'card_digest' })
  cardDigest!: string;
  @Column({ type: 'jsonb' })
  card!: ModelCard;
  @Column({ type: 'jsonb' })
  gates!: readonly JudgedGate[];
  @Column({ type: 'text' })
  status!: ModelStatus;
  /** When and by which settings it was judged last. */
  @Column({ type: 'timestamptz', name: 'judged_at', nullable: true })
  judgedAt!: Date | null;
  @Column({ type: 'uuid', name: 'judged_config', nullable: true })
  judgedConfig!: string | null;
  @Column({ type: 'text', name: 'registered_by' })
  registeredBy!: string;
  @Column({ type: 'timestamptz', name: 'registered_at' })
  registeredAt!: Date;
  @Column({ type: 'text', name: 'approved_by', nullable: true })
  approvedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'approved_at', nullable: true })
  approvedAt!: Date | null;
  @Column({ type: 'timestamptz', name: 'live_from', nullable: true })
  liveFrom!: Date | null;
  @Column({ type: 'timestamptz', name: 'live_until', nullable: true })
  liveUntil!: Date | null;
}
