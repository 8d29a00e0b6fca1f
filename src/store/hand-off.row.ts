import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('hand_off')
export class HandOffRow {
  @PrimaryColumn({ type: 'uuid', name: 'batch_id' })
  batchId!: string;
  @Column({ type: 'text' })
  file!: string;
  @Column({ type: 'text' })
  digest!: string;
  @Column({ type: 'integer' })
  rows!: number;
  @Column({ type: 'timestamptz', name: 'delivered_at', nullable: true })
  deliveredAt!: Date | null;
}
