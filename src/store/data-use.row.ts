import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DataUseStatus } from '../domain/data-use.ts';
import type { Wording } from '../domain/wording.ts';

@Entity('data_use')
export class DataUseRow {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;
  @Column({ type: 'text' })
  campaign!: string;
  @Column({ type: 'text', array: true })
  columns!: string[];
  @Column({ type: 'jsonb' })
  source!: Wording;
  @Column({ type: 'jsonb' })
  purpose!: Wording;
  @Column({ type: 'jsonb', name: 'legal_basis' })
  legalBasis!: Wording;
  @Column({ type: 'date', name: 'valid_until' })
  validUntil!: string;
  @Column({ type: 'text' })
  status!: Exclude<DataUseStatus, 'EXPIRED'>;
  @Column({ type: 'text', name: 'declared_by' })
  declaredBy!: string;
  @Column({ type: 'timestamptz', name: 'declared_at' })
  declaredAt!: Date;
  @Column({ type: 'text', name: 'signed_by', nullable: true })
  signedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'signed_at', nullable: true })
  signedAt!: Date | null;
  @Column({ type: 'text', name: 'signed_note', nullable: true })
  signedNote!: string | null;
  @Column({ type: 'text', name: 'decided_by', nullable: true })
  decidedBy!: string | null;
  @Column({ type: 'timestamptz', name: 'decided_at', nullable: true })
  decidedAt!: Date | null;
  @Column({ type: 'text', nullable: true })
  note!: string | null;
}
