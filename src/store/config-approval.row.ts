import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ApprovingRole } from '../domain/config-change.ts';

@Entity('config_approval')
export class ConfigApprovalRow {
  @PrimaryColumn({ type: 'uuid', name: 'change_id' })
  changeId!: string;
  @PrimaryColumn({ type: 'integer' })
  revision!: number;
  @PrimaryColumn({ type: 'text' })
  role!: ApprovingRole;
  @Column({ type: 'text', name: 'approved_by' })
  approvedBy!: string;
  @Column({ type: 'timestamptz', name: 'approved_at' })
  approvedAt!: Date;
  @Column({ type: 'text', nullable: true })
  note!: string | null;
}
