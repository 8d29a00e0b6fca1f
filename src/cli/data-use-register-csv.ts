import { openApp } from '../app.ts';
import { csvCell } from '../audit/entry-lines.ts';
import type { Settings } from '../config.ts';
import { historyOf, statusOn } from '../domain/data-use.ts';
import { dateIn } from '../domain/week.ts';
import { labelOf } from '../domain/wording.ts';
import { campaignOf } from '../store/campaign.store.ts';
import { countRunsUnder, listRunsUnder } from '../store/data-use.reads.ts';
import type { DataUseRow } from '../store/data-use.row.ts';
import type { Transaction } from '../store/transaction.ts';
import { dataUseRegister, type RegisteredColumn } from '../use-cases/data-use-register.ts';

const HEAD = [
  ...['column', 'type', 'category', 'covered', 'needed_by_live_model', 'statement'],
  ...['data_use', 'status', 'valid_until'],
  ...['source_nl', 'source_en', 'purpose_nl', 'purpose_en', 'legal_basis_nl', 'legal_basis_en'],
  ...['declared_by', 'signed_by', 'history', 'model_versions', 'runs', 'newest_run'],
];

/**
 * `waarom data-use register`: the register of a campaign as CSV (RFC 4180), a line for each column and data use about it, and one for
 * each column without any.
 */
export async function dataUseRegisterCsv(
  settings: Settings,
  key: string,
  asked: Date | null,
): Promise<string> {
  const app = await openApp(settings);
  try {
    const { manager } = app.services.db;
    const campaign = await campaignOf(manager, key);
    const at = asked ?? app.services.clock.now();
    const day = dateIn(campaign.definition.timeZone, at);
    const lines: (readonly string[])[] = [HEAD];
    for (const column of await dataUseRegister(manager, campaign, at)) {
      const start = columnCells(column);
      const models = column.models.map(({ name, version }) => `${name} ${version}`).join('; ');
      if (column.dataUses.length === 0) lines.push([...start, ...Array(12).fill(''), models, '0', '']);
      for (const use of column.dataUses)
        lines.push([
          ...start,
          ...useCells(use, day),
          models,
          ...(await runCells(manager, key, column, use, at)),
        ]);
    }
    return lines.map((cells) => cells.map(csvCell).join(',')).join('\r\n');
  } finally {
    await app.close();
  }
}

function columnCells({ name, column, covered, needed, statement }: RegisteredColumn): readonly string[] {
  const said = [covered, needed].map((so) => (so ? 'yes' : 'no'));
  return [name, column?.type ?? '', column?.category ?? '', ...said, statement];
}

function useCells(use: DataUseRow, day: string): readonly string[] {
  const texts = [use.source, use.purpose, use.legalBasis].map(labelOf).flatMap(({ nl, en }) => [nl, en]);
  const history = historyOf(use).map(
    ({ status, by, at, note }) => `${at.toISOString()} ${status} by ${by}${note ? `: ${note}` : ''}`,
  );
  return [
    use.id,
    statusOn(use, day),
    use.validUntil,
    ...texts,
    use.declaredBy,
    use.signedBy ?? '',
    history.join('; '),
  ];
}

async function runCells(
  manager: Transaction,
  campaign: string,
  { models }: RegisteredColumn,
  { id }: DataUseRow,
  until: Date,
): Promise<readonly string[]> {
  const under = { campaign, dataUses: [id], models: models.map((model) => model.id), until };
  const [newest] = await listRunsUnder(manager, under, { first: 1, after: null });
  return [String(await countRunsUnder(manager, under)), newest === undefined ? '' : newest.week];
}
