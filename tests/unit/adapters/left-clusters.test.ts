import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leftClusters, OWNER_FILE } from '../../../src/adapters/postgres/left-clusters.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'waarom-left-')));
});
afterEach(() => rm(folder, { recursive: true }));

describe('leftClusters', () => {
  it.each([
    ['whose data folder leads to it', 'postgres', []],
    ['that is being made', 'home', []],
    ['to which nothing leads', null, ['home']],
  ])('judges a cluster %s', async (_, link, expected) => {
    const [shared, data] = [join(folder, 'shared'), join(folder, 'data')];
    const home = join(shared, 'home');
    for (const path of [home, data]) await mkdir(path, { recursive: true });
    await writeFile(join(home, OWNER_FILE), data);
    if (link !== null) await symlink(home, join(data, link));
    expect(await leftClusters(shared)).toEqual(expected.map((name) => join(shared, name)));
  });

  it('says nothing of what does not say whose it is, nor where there is nothing', async () => {
    await mkdir(join(folder, 'other'));
    expect(await leftClusters(folder)).toEqual([]);
    expect(await leftClusters(join(folder, 'absent'))).toEqual([]);
  });
});
