import { digestOf, digestOfJson } from '../../audit/digest.ts';
import { CampaignRow } from '../../store/campaign.row.ts';
import { erasureDigest, rowOfNoErasure } from '../../store/erasure.reads.ts';
import { fundPrices } from '../../store/fund-price.store.ts';
import { funnelsOf } from '../../store/funnel.reads.ts';
import { type StateRow, type StateTable, stateOf } from '../../store/recorded-state.reads.ts';
import { RunRow } from '../../store/run.row.ts';
import { compareRows, type FoundRow } from './compare-rows.ts';
import { feedFileFields, manifestFields } from './manifest-claims.ts';
import { type RecordFault, recordFault } from './record-fault.ts';
import type { RecordWalk, WalkPart } from './record-walk.ts';
import { foundRow } from './state-rows.ts';

/** The erasures first: by them rows may be missing. */
export const walkErasures: WalkPart = async (walk) => {
  const rows: FoundRow[] = [];
  for (const row of await stateOf(walk.tx, 'erasure'))
    rows.push(foundRow({ ...row, content: await erasureDigest(walk.tx, row.id) }));
  const found = compareRows('erasure', rows, walk.claims);
  if (found !== undefined) return found;
  const orphan = await rowOfNoErasure(walk.tx);
  return orphan === undefined
    ? undefined
    : recordFault('erased_row', orphan, 'UNSPOKEN', 'there is no such erasure');
};

const GOVERNANCE: readonly StateTable[] = [
  'feed_contract',
  'feed_contract_change',
  'config_version',
  'config_change',
  'config_approval',
  'data_use',
  'model_version',
  'model_act',
  'model_activation',
  'model_challenge',
  'engine_pause',
];

/** What people decided: campaigns, settings, contracts, data uses and models, as they are and as they were written. */
export const walkGovernance: WalkPart = async (walk) => {
  const campaigns = await walkTable(walk, 'campaign', ({ seed, ...row }) => ({
    ...row,
    seed: digestOf(String(seed)),
  }));
  if (campaigns !== undefined) return campaigns;
  await sayOfDataUses(walk);
  for (const table of GOVERNANCE) {
    const found = await walkTable(walk, table);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The definitions are now known to be those of the log: the data uses that they declared say the same. */
async function sayOfDataUses({ tx, claims }: RecordWalk): Promise<void> {
  for (const { key, definition } of await tx.find(CampaignRow, { order: { key: 'ASC' } })) {
    const declared = claims.of('campaign', key)?.fields.get('dataUses');
    if (typeof declared?.value !== 'string') continue;
    for (const [place, id] of declared.value.split(',').entries()) {
      const use = definition.dataUses[place];
      if (use === undefined || claims.value('data_use', id, 'content') !== undefined) continue;
      const { columns, source, purpose, legalBasis, validUntil } = use;
      const content = digestOfJson({ campaign: key, columns, source, purpose, legalBasis, validUntil });
      claims.say('data_use', id, declared.entry, { content });
    }
  }
}

/** The runs' own rows, what their manifests say of them and of what they used, their funnels, their reproductions. */
export const walkRunRows: WalkPart = async (walk) => {
  const { tx, claims } = walk;
  const found = await walkTable(walk, 'run');
  if (found !== undefined) return found;
  // The manifest is now known to be the one of the log: what it says counts as said.
  for (const { id, manifest } of await tx.find(RunRow, { order: { startedAt: 'ASC', id: 'ASC' } })) {
    const entry = claims.of('run', id)?.fields.get('manifest')?.entry;
    if (manifest === null || entry === undefined) continue;
    claims.say('run', id, entry, manifestFields(manifest));
    claims.say('fund_price', id, entry, { content: manifest.funds });
    for (const [key, fields] of feedFileFields(id, manifest)) claims.say('run_feed_file', key, entry, fields);
  }
  const funds: FoundRow[] = [];
  for (const [id] of claims.all('fund_price'))
    funds.push({ id, fields: { content: digestOfJson(await fundPrices(tx, id)) } });
  const funnels = (await funnelsOf(tx, [...claims.all('run').keys()])).map(({ runId, ...funnel }) => ({
    id: runId,
    fields: { content: digestOfJson(funnel) },
  }));
  return (
    (await walkTable(walk, 'run')) ??
    (await walkTable(walk, 'run_feed_file')) ??
    compareRows('fund_price', funds, claims) ??
    compareRows('run_funnel', funnels, claims) ??
    (await walkTable(walk, 'run_challenger')) ??
    (await walkTable(walk, 'scheduled_start')) ??
    (await walkTable(walk, 'reproduction', ({ certificate, ...row }) => ({
      ...row,
      certificate: digestOf(String(certificate)),
    })))
  );
};

/** Incidents, and who resolved them. */
export const walkIncidents: WalkPart = (walk) =>
  walkTable(walk, 'incident', ({ summary, ...row }) => ({ ...row, summary: digestOf(String(summary)) }));

/** Compares all rows of a table with what the log says of them. */
export async function walkTable(
  { tx, claims, counts }: RecordWalk,
  table: StateTable,
  complete: (row: StateRow) => Promise<StateRow> | StateRow = (row) => row,
): Promise<RecordFault | undefined> {
  const rows: FoundRow[] = [];
  for (const row of await stateOf(tx, table)) rows.push(foundRow(await complete(row)));
  counts.rows += rows.length;
  return compareRows(table, rows, claims);
}
