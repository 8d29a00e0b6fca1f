import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContractColumn } from '../domain/feed-contract.ts';

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
}
