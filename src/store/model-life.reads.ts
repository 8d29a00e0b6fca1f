import type { ModelPeriod, PastAct } from '../domain/model-life.ts';
import type { Transaction } from './transaction.ts';

type Reader = Pick<Transaction, 'query'>;

/** The acts on a model version, the first one first. */
export async function actsOn(db: Reader, modelId: string): Promise<readonly PastAct[]> {
  return db.query(
    'select at, actor as by, act, before, after, note from model_act where model_id = $1 order by number',
    [modelId],
  );
}

/** When a model version was in production (`model_activation`) or the challenger (`model_challenge`), the first time first. */
export async function periodsOf(
  db: Reader,
  table: 'model_activation' | 'model_challenge',
  { id, campaign }: { readonly id: string; readonly campaign: string },
): Promise<readonly ModelPeriod[]> {
  return db.query(
    `select active_from as "from", until
     from (select model_id, active_from, lead(active_from) over (order by active_from) as until from ${table} where campaign = $2) p
     where model_id = $1 order by active_from`,
    [id, campaign],
  );
}

/** The runs that were started with a model version, by week and attempt. */
export async function runsWith(
  db: Reader,
  modelId: string,
): Promise<readonly { readonly week: string; readonly attempt: number; readonly status: string }[]> {
  return db.query('select week, attempt, status from run where model_id = $1 order by week, attempt', [
    modelId,
  ]);
}

/** The files of a model version, by name. */
export async function filesOf(
  db: Reader,
  modelId: string,
): Promise<readonly { readonly name: string; readonly bytes: number; readonly digest: string }[]> {
  return db.query(
    `select name, length(bytes)::int as bytes, digest from model_version_file join model_file using (digest)
     where model_id = $1 order by name`,
    [modelId],
  );
}
