import { digestOf } from '../../audit/digest.ts';
import { packageDigest } from '../../audit/package-digest.ts';
import { looseModelFile, modelFileBytes, modelFileNames } from '../../store/recorded-models.reads.ts';
import { type RecordFault, recordFault } from './record-fault.ts';
import type { RecordWalk, WalkPart } from './record-walk.ts';

/** Every byte of every model package: the files hash to what was registered, and there are no others. */
export const walkModels: WalkPart = async (walk) => {
  const models = [...walk.claims.all('model_version').keys()];
  for (const [done, id] of models.entries()) {
    walk.progress('model packages', done, models.length);
    const found = await walkModel(walk, id);
    if (found !== undefined) return found;
  }
  const loose = await looseModelFile(walk.tx);
  return loose === undefined
    ? undefined
    : recordFault('model_file', loose, 'UNSPOKEN', 'the file belongs to no model version');
};

async function walkModel({ tx, claims, counts }: RecordWalk, id: string): Promise<RecordFault | undefined> {
  const registered = claims.of('model_version', id)?.entry ?? null;
  const said = new Map(
    [...claims.all('model_version_file')].flatMap(([key, { fields }]) =>
      key.startsWith(`${id}/`) ? [[key.slice(id.length + 1), fields.get('digest')?.value]] : [],
    ),
  );
  const digests: Record<string, string> = {};
  for (const name of await modelFileNames(tx, id)) {
    const at = `${id}/${name}`;
    const bytes = await modelFileBytes(tx, id, name);
    if (bytes === null)
      return recordFault('model_file', at, 'MISSING', 'the bytes of the file are gone', {
        entry: registered,
      });
    counts.modelBytes += bytes.length;
    const digest = digestOf(bytes);
    digests[name] = digest;
    const due = said.get(name);
    if (due === undefined)
      return recordFault('model_version_file', at, 'UNSPOKEN', 'the package had no such file', {
        entry: registered,
      });
    if (due !== digest)
      return recordFault(
        'model_file',
        at,
        'DIGEST',
        'the bytes of the file are not those that were registered',
        {
          field: 'bytes',
          entry: registered,
        },
      );
  }
  const missing = [...said.keys()].find(
    (name) => name !== undefined && !Object.hasOwn(digests, String(name)),
  );
  if (missing !== undefined)
    return recordFault('model_version_file', `${id}/${missing}`, 'MISSING', 'the file is missing', {
      entry: registered,
    });
  if (packageDigest(digests) !== claims.value('model_version', id, 'digest'))
    return recordFault('model_version', id, 'DIGEST', 'the files do not hash to the digest of the package', {
      entry: registered,
    });
  return undefined;
}
