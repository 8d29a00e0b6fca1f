import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { signCheckpoint } from '../src/audit/checkpoint.ts';
import { entryBytes } from '../src/audit/entry.ts';
import { type NoteSigner, signerOf } from '../src/audit/signed-note.ts';
import { bundleContent, tilePath } from '../src/audit/tile.ts';
import { TileTree } from '../src/audit/tile-tree.ts';
import { verifyExport } from '../src/audit/verify-export.ts';
import { exportFolderOf } from '../src/gateways.ts';
import { benchFolder } from './support/bench-folder.ts';

// How fast an export is verified offline, by one core: `npm run bench:audit-offline [entries]`. Floor: 100,000 leaves a second.

const FLOOR = 100_000;
/** Entries a checkpoint: what a sequencer signs at once while a thousand entries a second come in. */
const SIGNED_AT_ONCE = 1000;
const ORIGIN = 'bank.example/waarom';

const entries = Number(process.argv[2] ?? 1_000_000);
const folder = benchFolder();
try {
  const signer = signerOf(ORIGIN, new Uint8Array(32).fill(7));
  await writeExport(folder, entries, signer);
  for (let round = 1; round <= 3; round++) await measure(folder, signer);
} finally {
  await rm(folder, { recursive: true });
}

async function measure(path: string, signer: NoteSigner): Promise<void> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  const keys = [signer.verifier];
  const found = await verifyExport(exportFolderOf(path), {
    keys,
    witnesses: [],
    previous: null,
    mirror: null,
  });
  if (found.fault !== null) throw new Error(found.fault.message);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(used);
  const perCore = found.entries / ((user + system) / 1e6);
  process.stdout.write(
    `${found.entries} entries, ${found.checkpoints} checkpoints: ${seconds.toFixed(2)} s, ` +
      `${Math.round(found.entries / seconds)} leaves/s, ${Math.round(perCore)} leaves/s of CPU time ` +
      `(floor ${FLOOR}: ${perCore >= FLOOR ? 'met' : 'MISSED'})\n`,
  );
}

async function writeExport(path: string, count: number, signer: NoteSigner): Promise<void> {
  const write = async (file: string, content: Uint8Array | string) => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), content);
  };
  const tree = TileTree.empty();
  let bundle: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    bundle.push(entryAt(index));
    for (const { tile, hashes } of tree.append(entryAt(index))) {
      await write(tilePath(tile), hashes);
      if (tile.level > 0) continue;
      await write(tilePath({ ...tile, level: 'entries' }), bundleContent(bundle));
      bundle = [];
    }
    if (tree.size % SIGNED_AT_ONCE > 0 && tree.size < count) continue;
    const note = signCheckpoint({ origin: ORIGIN, size: tree.size, root: tree.root() }, signer);
    await write(`checkpoints/${tree.size}`, note);
    await write('checkpoint', note);
  }
  for (const { tile, hashes } of tree.partials()) await write(tilePath(tile), hashes);
  if (bundle.length === 0) return;
  const last = { level: 'entries', index: Math.floor(count / 256), width: bundle.length } as const;
  await write(tilePath(last), bundleContent(bundle));
}

/** The read of a decision: the most frequent entry by far. */
function entryAt(index: number): Uint8Array {
  return entryBytes({
    at: new Date(1_795_000_000_000 + index).toISOString(),
    actor: 'o.one',
    role: 'OPERATOR',
    action: 'decision.read',
    campaign: 'investing-retail',
    subject: `customer:${index.toString().padStart(22, 'a')}`,
    digest: `sha256:${index.toString(16).padStart(64, '0')}`,
    requestId: `0199c0de-0000-7000-8000-${index.toString().padStart(12, '0')}`,
    refusal: null,
    details: { week: '2026-W46', found: true, reason: 'the customer called about a mail' },
  });
}
