import type { Transaction } from './transaction.ts';

/** The names of the files of a model version. */
export async function modelFileNames(tx: Transaction, modelId: string): Promise<readonly string[]> {
  const rows: { name: string }[] = await tx.query(
    'select name from model_version_file where model_id = $1 order by name',
    [modelId],
  );
  return rows.map(({ name }) => name);
}

/** The digests under which the files of a model version are kept, by name. */
export async function modelFileDigests(
  tx: Transaction,
  modelId: string,
): Promise<Readonly<Record<string, string>>> {
  const rows: { name: string; digest: string }[] = await tx.query(
    'select name, digest from model_version_file where model_id = $1',
    [modelId],
  );
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** The bytes that stand for a file of a model version, null where there are none. */
export async function modelFileBytes(
  tx: Pick<Transaction, 'query'>,
  modelId: string,
  name: string,
): Promise<Uint8Array | null> {
  const [file]: { bytes: Buffer }[] = await tx.query(
    'select f.bytes from model_version_file v join model_file f using (digest) where v.model_id = $1 and v.name = $2',
    [modelId, name],
  );
  return file?.bytes ?? null;
}

/** A file that belongs to no model version, undefined where there is none. */
export async function looseModelFile(tx: Transaction): Promise<string | undefined> {
  const [file]: { digest: string }[] = await tx.query(
    `select digest from model_file f where not exists (select from model_version_file v where v.digest = f.digest)
     order by digest limit 1`,
  );
  return file?.digest;
}
