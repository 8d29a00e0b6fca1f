import { afterAll, beforeAll, expect, it } from 'vitest';
import { entryBytes } from '../../src/audit/entry.ts';
import { countEntries, type EntryFilter, readEntries } from '../../src/audit/log-reads.ts';
import { leafHash } from '../../src/audit/tlog.ts';
import { type AuditSession, createAuditLog, entryOf } from '../support/audit-log.ts';

const ALL: EntryFilter = { campaign: null, actor: null, actions: null, subject: null, from: null, to: null };
const ENTRIES = [
  entryOf({ at: '2026-11-16T09:00:00.000Z', actor: 'o.one', action: 'run.start', subject: 'r1' }),
  entryOf({ at: '2026-11-16T10:00:00.000Z', actor: 'o.one', action: 'batch.submit', subject: 'b1' }),
  entryOf({ at: '2026-11-16T11:00:00.000Z', actor: 'm.one', action: 'batch.approve', subject: 'b1' }),
  entryOf({ at: '2026-11-16T12:00:00.000Z', actor: 'o.one', action: 'run.start', campaign: 'term-deposit' }),
  entryOf({ at: '2026-11-16T13:00:00.000Z', actor: 'c.one', action: 'audit.read', campaign: null }),
];

let log: Awaited<ReturnType<typeof createAuditLog>>;
let service: AuditSession;

beforeAll(async () => {
  log = await createAuditLog();
  service = await log.service();
  await service.append(...ENTRIES);
  await service.sequence();
});

afterAll(async () => {
  await log[Symbol.asyncDispose]();
});

it.each<[string, Partial<EntryFilter>, number[]]>([
  ['everything', {}, [4, 3, 2, 1, 0]],
  ['a campaign', { campaign: 'investing-retail' }, [2, 1, 0]],
  ['an actor', { actor: 'o.one' }, [3, 1, 0]],
  ['actions', { actions: ['batch.submit', 'batch.approve'] }, [2, 1]],
  ['no action', { actions: [] }, []],
  ['a subject', { subject: 'b1' }, [2, 1]],
  ['a time from', { from: new Date('2026-11-16T12:00:00.000Z') }, [4, 3]],
  ['a time until before', { to: new Date('2026-11-16T10:00:00.000Z') }, [0]],
  [
    'all of these',
    { campaign: 'investing-retail', actor: 'o.one', actions: ['batch.submit'], subject: 'b1' },
    [1],
  ],
  ['what looks like SQL', { actor: `' or true --` }, []],
])('finds and counts %s, newest first', async (_, part, indexes) => {
  const filter = { ...ALL, ...part };
  const found = await readEntries(service, filter, null, 10);
  expect(found.map(({ index }) => index)).toEqual(indexes);
  expect(await countEntries(service, filter)).toBe(indexes.length);
});

it('answers entries as they were appended, with their leaves', async () => {
  const found = await readEntries(service, ALL, null, 10);
  expect(found.map(({ entry }) => entry).reverse()).toEqual(ENTRIES);
  for (const { entry, leaf } of found) expect(leaf).toEqual(leafHash(entryBytes(entry)));
});

it('pages by index', async () => {
  const page = async (before: number | null) =>
    (await readEntries(service, { ...ALL, actor: 'o.one' }, before, 2)).map(({ index }) => index);
  expect([await page(null), await page(1), await page(0)]).toEqual([[3, 1], [0], []]);
});

it('files the longest ids, whatever their characters', async () => {
  const longest = Array.from({ length: 256 }, (_, place) =>
    String.fromCharCode(0x4e00 + ((place * 7919) % 20_000)),
  ).join('');
  await service.append(
    entryOf({ actor: longest, action: longest, campaign: longest, subject: longest, role: longest }),
  );
  expect(await service.sequence()).toBe(1);
  expect(await countEntries(service, { ...ALL, subject: longest })).toBe(1);
});
