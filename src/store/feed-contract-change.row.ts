import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ChangeStatus } from '../domain/change-status.ts';
import type { ContractColumn } from '../domain/feed-contract.ts';

@Entity('feed_contract_change')
export class FeedContractChangeRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  campaign!: string;
  @Column({ type: 'integer' })
  base!: number;
  @Column({ type: 'jsonb' })
  columns!: readonly ContractColumn[];
  @Column({ type: 'text' })
  digest!: string;
  @Column({ type: 'text' })
  reason!: string;
  @Column({ type: 'text' })
  status!: Exclude<ChangeStatus, 'EFFECTIVE'>;
  @Column({ type: 'text', name: 'proposed_by' })
  proposedBy!: string;
  @Column({ type: 'timestamptz', name: 'proposed_at' })
  proposedAt!: Date;
  @Column({ type: 'text', name: 'decided_by', nullable: true })
  decidedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'decided_at', nullable: true })
  decidedAt!: Date | null;
  @Column({ type: 'text', nullable: true })
  note!: string | null;
  @Column({ type: 'integer', nullable: true })
  contract!: number | null;
  @Column({ type: 'text', name: 'withdrawn_by', nullable: true })
  withdrawnBy!: string | null;
  @Column({ type: 'timestamptz', name: 'withdrawn_at', nullable: true })
  withdrawnAt!: Date | null;
  @Column({ type: 'text', name: 'withdrawal_note', nullable: true })
  withdrawalNote!: string | null;
}
