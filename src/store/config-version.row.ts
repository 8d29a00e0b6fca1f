import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Config } from '../domain/campaign.ts';

@Entity('config_version')
export class ConfigVersionRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  campaign!: string;
  @Column({ type: 'integer' })
  number!: number;
  @Column({ type: 'jsonb' })
  settings!: Config;
  @Column({ type: 'text' })
  digest!: string;
  @Column({ type: 'timestamptz', name: 'effective_from' })
  effectiveFrom!: Date;
  @Column({ type: 'text', name: 'created_by' })
  createdBy!: string;
}
