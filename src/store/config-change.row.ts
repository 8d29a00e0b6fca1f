import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Config } from '../domain/campaign.ts';
import type { ChangeStatus } from '../domain/change-status.ts';
import type { ApprovingRole } from '../domain/config-change.ts';
import type { ConfigImpact } from '../domain/config-impact.ts';
import type { ConfigPatch, Difference } from '../domain/config-patch.ts';

@Entity('config_change')
export class ConfigChangeRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  campaign!: string;
  @Column({ type: 'text' })
  status!: ChangeStatus;
  @Column({ type: 'text' })
  reason!: string;
  @Column({ type: 'jsonb' })
  patch!: ConfigPatch;
  @Column({ type: 'integer' })
  base!: number;
  @Column({ type: 'jsonb' })
  settings!: Config;
  @Column({ type: 'jsonb' })
  differences!: readonly Difference[];
  @Column({ type: 'jsonb' })
  impact!: ConfigImpact;
  @Column({ type: 'text', name: 'cuts_evaluation', nullable: true })
  cutsEvaluation!: string | null;
  @Column({ type: 'boolean', name: 'accepts_evaluation_loss' })
  acceptsEvaluationLoss!: boolean;
  @Column({ type: 'text' })
  digest!: string;
  @Column({ type: 'integer' })
  revision!: number;
  @Column({ type: 'text', array: true })
  hands!: string[];
  @Column({ type: 'text', array: true })
  needs!: ApprovingRole[];
  @Column({ type: 'text', name: 'proposed_by' })
  proposedBy!: string;
  @Column({ type: 'timestamptz', name: 'proposed_at' })
  proposedAt!: Date;
  @Column({ type: 'text', name: 'revised_by' })
  revisedBy!: string;
  @Column({ type: 'timestamptz', name: 'revised_at' })
  revisedAt!: Date;
  @Column({ type: 'text', name: 'decided_by', nullable: true })
  decidedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'decided_at', nullable: true })
  decidedAt!: Date | null;
  @Column({ type: 'text', nullable: true })
  note!: string | null;
  @Column({ type: 'integer', nullable: true })
  version!: number | null;
}
