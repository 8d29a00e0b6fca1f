import type { Funnel } from '../domain/funnel.ts';
import type { RunManifest } from '../schema/run-manifest.type.ts';
import type { RunRow } from '../store/run.row.ts';

/** The funnel of a run that recorded no decisions: nobody was considered. */
export const EMPTY_FUNNEL: Funnel = {
  considered: 0,
  eligible: 0,
  scored: 0,
  aboveThreshold: 0,
  mailed: 0,
  heldOut: 0,
  notChosen: 0,
  notEligible: 0,
  arms: [],
  reasons: [],
};

/** The manifest as the API shows it; null before the run recorded its decisions. */
export function manifestView({ manifest, manifestDigest }: RunRow): Omit<RunManifest, 'auditIndex'> | null {
  if (manifest === null || manifestDigest === null) return null;
  return {
    digest: manifestDigest,
    snapshotDigest: manifest.snapshot.digest,
    snapshotRows: manifest.snapshot.rows,
    feedFiles: manifest.feedFiles.map((file) => ({ ...file, asOf: manifest.asOf })),
    modelDigest: manifest.model.digest,
    configDigest: manifest.config.digest,
    seed: manifest.seed,
    decisionRoot: manifest.decisionRoot,
    engineVersion: manifest.engine.version,
    engineCommit: manifest.engine.commit,
    runtime: manifest.runtime,
  };
}
