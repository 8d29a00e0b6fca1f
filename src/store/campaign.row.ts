import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CampaignDefinition } from '../domain/campaign.ts';

@Entity('campaign')
export class CampaignRow {
  @PrimaryColumn({ type: 'text' })
  key!: string;
  @Column({ type: 'jsonb' })
  definition!: CampaignDefinition;
  @Column({ type: 'text' })
  digest!: string;
  @Column({ type: 'text' })
  seed!: string;
  @Column({ type: 'boolean' })
  paused!: boolean;
  @Column({ type: 'text', name: 'applied_by' })
  appliedBy!: string;
  @Column({ type: 'timestamptz', name: 'applied_at' })
  appliedAt!: Date;
}
