import { DataUseRow } from '../../src/store/data-use.row.ts';
import { declareDataUse, signOffDataUse, withdrawDataUse } from '../../src/use-cases/data-uses.ts';
import { execute } from '../../src/use-cases/execute.ts';
import { CARLA, OLGA, type ServiceHarness } from './service-harness.ts';
import { SMALL } from './small-campaign.ts';

/** What olga and carla do with the data uses of the small campaign. */
export class DataUseActs {
  constructor(private readonly harness: ServiceHarness) {}

  declare(columns: string[], validUntil = '2035-12-31'): Promise<DataUseRow> {
    return execute(this.harness.services, OLGA, declareDataUse, {
      campaign: SMALL,
      columns,
      source: 'the tests',
      purpose: { nl: 'proberen', en: 'try it' },
      legalBasis: 'consent',
      validUntil,
    });
  }

  async signOff(columns: string[], validUntil?: string): Promise<DataUseRow> {
    const { id } = await this.declare(columns, validUntil);
    return execute(this.harness.services, CARLA, signOffDataUse, { id, note: 'as discussed' });
  }

  inForce(): Promise<DataUseRow[]> {
    return this.harness.services.db.manager.findBy(DataUseRow, { status: 'SIGNED_OFF' });
  }

  async withdrawAll(): Promise<void> {
    for (const { id } of await this.inForce())
      await execute(this.harness.services, CARLA, withdrawDataUse, { id, note: 'not like this' });
  }
}
