import { join } from 'node:path';
import { describe, it } from 'vitest';
import { engineVersion } from '../../src/version.ts';
import { countedIds, countedRandomness, tellStory } from '../support/recorded-story.ts';
import { RELEASES, writeRelease } from '../support/release-fixture.ts';
import { ServiceHarness } from '../support/service-harness.ts';

// `npm run record-release`: writes what this release records for tests/integration/releases.test.ts, before it goes out.

const { version } = engineVersion();

describe.runIf(process.env.UPDATE_RELEASE === '1')(`the record of release ${version}`, () => {
  it('is written', async () => {
    const changes = { ids: countedIds(), randomness: countedRandomness(), engine: { version, commit: null } };
    const harness = await ServiceHarness.start(changes);
    try {
      await tellStory(harness);
      await writeRelease(join(RELEASES, version), version, harness);
    } finally {
      await harness.stop();
    }
  });
});
