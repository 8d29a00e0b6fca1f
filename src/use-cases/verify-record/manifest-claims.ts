import type { RunManifest } from '../../domain/manifest.ts';
import type { ClaimFields } from './record-claims.ts';

/** What a run's manifest, once its digest was found right, says of the run and of what it used. */
export function manifestFields(manifest: RunManifest): ClaimFields {
  return {
    campaign: manifest.campaign,
    week: manifest.week,
    attempt: manifest.attempt,
    asOf: manifest.asOf,
    contract: manifest.contract.number,
    config: manifest.config.number,
    model: manifest.model.digest,
    seed: manifest.seed,
    snapshotDigest: manifest.snapshot.digest,
    snapshotRows: manifest.snapshot.rows,
    decisionRoot: manifest.decisionRoot,
  };
}

/** The files of the feed, by the keys under which they are kept. */
export function feedFileFields(runId: string, { feedFiles }: RunManifest): ReadonlyMap<string, ClaimFields> {
  return new Map(
    feedFiles.map(({ name, digest, rows, rejected }) => [`${runId}/${name}`, { digest, rows, rejected }]),
  );
}
