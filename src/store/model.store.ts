import type { EntityManager } from 'typeorm';
import { type ModelPackage, referenceRows } from '../domain/model-card.ts';
import { modelFileBytes } from './recorded-models.reads.ts';

/** The bytes of a file of a registered model package. Throws where it has none of that name. */
export async function modelFile(
  tx: Pick<EntityManager, 'query'>,
  modelId: string,
  name: string,
): Promise<Uint8Array> {
  const bytes = await modelFileBytes(tx, modelId, name);
  if (bytes === null) throw new Error(`model version ${modelId} has no file ${name}`);
  return bytes;
}

/** The rows of a model version's reference sample, features in card order. */
export async function referenceSample(
  tx: Pick<EntityManager, 'query'>,
  modelId: string,
): Promise<ReturnType<typeof referenceRows>> {
  return referenceRows(Buffer.from(await modelFile(tx, modelId, 'reference.csv')).toString('utf8'));
}

/** The files of a registered model package. */
export async function packageFiles(
  tx: Pick<EntityManager, 'query'>,
  modelId: string,
): Promise<ModelPackage['files']> {
  const of = (name: keyof ModelPackage['files']) => modelFile(tx, modelId, name);
  return {
    'model.onnx': await of('model.onnx'),
    'card.yaml': await of('card.yaml'),
    'training.csv': await of('training.csv'),
    'reference.csv': await of('reference.csv'),
  };
}

/** Keeps the files of a package, each content once. */
export async function storeModelFiles(
  tx: EntityManager,
  modelId: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    await tx.query(
      `insert into model_file (digest, bytes) values ('sha256:' || encode(sha256($1), 'hex'), $1) on conflict do nothing`,
      [bytes],
    );
    await tx.query(
      `insert into model_version_file (model_id, name, digest) values ($1, $2, 'sha256:' || encode(sha256($3), 'hex'))`,
      [modelId, name, bytes],
    );
  }
}
