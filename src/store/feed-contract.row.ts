import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContractColumn } from '../domain/feed-contract.ts';
import type { IsoWeek } from '../domain/week.ts';

@Entity('feed_contract')
export class FeedContractRow {
  @PrimaryColumn({ type: 'text' })
  campaign!: string;
  @PrimaryColumn({ type: 'integer' })
  number!: number;
  @Column({ type: 'jsonb' })
  columns!: readonly ContractColumn[];
  @Column({ type: 'text' })
  digest!: string;
  @Column({ type: 'timestamptz', name: 'effective_from' })
  effectiveFrom!: Date;
  /** The first week whose feeds are judged by it; null for the campaign's first. */
  @Column({ type: 'text', name: 'from_week', nullable: true })
  fromWeek!: IsoWeek | null;
  /** Set when it was withdrawn before its week had begun. */
  @Column({ type: 'timestamptz', name: 'withdrawn_at', nullable: true })
  withdrawnAt!: Date | null;
}
