import { expect, it } from 'vitest';
import { appendEntry } from '../../src/audit/append.ts';
import { openCheckpoint } from '../../src/audit/checkpoint.ts';
import { hashReader, newestCheckpoint, readEntries } from '../../src/audit/log-reads.ts';
import { checkConsistency, checkInclusion, proveConsistency, proveInclusion } from '../../src/audit/proof.ts';
import { sequence, startSequencer } from '../../src/audit/sequencer.ts';
import { serviceDataSource } from '../../src/store/data-source.ts';
import { type AuditSession, CLOCK, createAuditLog, entryOf, LOG, OTHER_KEY } from '../support/audit-log.ts';

const ALL = { campaign: null, actor: null, actions: null, subject: null, from: null, to: null };

async function subjects(session: AuditSession): Promise<(string | null)[]> {
  const entries = await readEntries(session, ALL, null, 100_000);
  return entries.map(({ entry }) => entry.subject).toReversed();
}

function numbered(count: number, prefix = '') {
  return Array.from({ length: count }, (_, index) => entryOf({ subject: `${prefix}${index}` }));
}

it('signs the empty log first, then every entry in the order in which it was staged', async () => {
  await using log = await createAuditLog();
  const service = await log.service();
  expect(await newestCheckpoint(service)).toBeUndefined();
  expect(await service.sequence()).toBe(0);
  expect(await newestCheckpoint(service)).toMatchObject({ size: 0, origin: LOG.origin, at: CLOCK.now() });
  await service.append(...numbered(10));
  expect(await service.verify()).toMatchObject({ entries: 0, staged: 10, fault: null });
  expect([await service.sequence(4), await service.sequence(4), await service.sequence(4)]).toEqual([
    4, 4, 2,
  ]);
  expect(await service.sequence(4)).toBe(0);
  expect(await subjects(service)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  expect(await service.verify()).toMatchObject({ entries: 10, checkpoints: 4, staged: 0, fault: null });
});

it('proves from what it stored that an entry is in the log and that the log only grew', async () => {
  await using log = await createAuditLog();
  const service = await log.service();
  await service.append(...numbered(5));
  await service.sequence();
  const earlier = (await newestCheckpoint(service)) ?? expect.fail('no checkpoint');
  await service.append(...numbered(6));
  await service.sequence();
  const newest = (await newestCheckpoint(service)) ?? expect.fail('no checkpoint');
  const reader = hashReader(service);
  for (const { index, leaf } of await readEntries(service, ALL, null, 20)) {
    const path = await proveInclusion(index, newest.size, reader);
    expect(checkInclusion(index, newest.size, leaf, path, newest.root)).toBe(true);
  }
  const path = await proveConsistency(5, 11, reader);
  expect(checkConsistency(5, 11, earlier.root, newest.root, path)).toBe(true);
  expect(openCheckpoint(newest.note, LOG.signer.verifier)?.size).toBe(11);
});

it('has no entry of a transaction that did not commit', async () => {
  await using log = await createAuditLog();
  const service = await log.service();
  const undone = service.transaction(async (tx) => {
    await appendEntry(tx, entryOf({ subject: 'undone' }));
    throw new Error('business failed');
  });
  await expect(undone).rejects.toThrow('business failed');
  await service.append(entryOf({ subject: 'done' }));
  await service.sequence();
  expect(await subjects(service)).toEqual(['done']);
});

it('works in transactions of TypeORM', async () => {
  await using log = await createAuditLog();
  const db = await serviceDataSource(log.databaseUrl, []).initialize();
  try {
    await db.transaction((tx) => appendEntry(tx, entryOf({ subject: 'typeorm' })));
    expect(await db.transaction((tx) => sequence(tx, LOG, CLOCK))).toBe(1);
    expect(await readEntries(db, ALL, null, 1)).toMatchObject([{ index: 0, entry: { subject: 'typeorm' } }]);
  } finally {
    await db.destroy();
  }
  expect(await (await log.service()).verify()).toMatchObject({ entries: 1, fault: null });
});

it('keeps what depends on each other in order while writers come and go, some of them long', async () => {
  await using log = await createAuditLog();
  const [owner, reader, sequencer] = [await log.owner(), await log.service(), await log.service()];
  await owner.query('create table counter (n integer not null)');
  await owner.query('insert into counter values (0)');
  await owner.query('grant select, update on counter to waarom_app');
  const errors: unknown[] = [];
  const running = startSequencer({
    transaction: (work) => sequencer.transaction(work),
    log: LOG,
    clock: CLOCK,
    onError: (error) => errors.push(error),
    limit: 7,
    pause: 1,
  });
  const long = await log.service();
  await long.query('begin');
  await appendEntry(long, entryOf({ subject: 'long' }));
  const write = async (session: AuditSession, writer: number) => {
    for (let step = 0; step < 25; step++) {
      await session.transaction(async (tx) => {
        if (step % 5 === writer % 5) await appendEntry(tx, entryOf({ subject: `early ${writer}.${step}` }));
        await tx.query('update counter set n = n + 1');
        const [{ n = -1 } = {}] = await session.rows<{ n: number }>('select n from counter');
        await appendEntry(tx, entryOf({ action: 'count', subject: `${n}`, details: { writer, step } }));
      });
    }
  };
  const writers = await Promise.all(Array.from({ length: 8 }, () => log.service()));
  await Promise.all(writers.map(write));
  await running.stop();
  while ((await reader.sequence()) > 0);
  await long.query('commit');
  expect(await reader.sequence()).toBe(1);
  expect(errors).toEqual([]);
  const entries = (await readEntries(reader, ALL, null, 1000)).toReversed();
  expect(entries.map(({ index }) => index)).toEqual(entries.map((_, place) => place));
  const counts = entries.filter(({ entry }) => entry.action === 'count');
  // Each count saw the one before it committed.
  expect(counts.map(({ entry }) => entry.subject)).toEqual(Array.from({ length: 200 }, (_, n) => `${n + 1}`));
  expect(entries.filter(({ entry }) => entry.subject?.startsWith('early'))).toHaveLength(40);
  expect(entries.at(-1)?.entry.subject).toBe('long');
  expect(await reader.verify()).toMatchObject({ entries: 241, staged: 0, fault: null });
});

it('lets one sequencer work and sends the others away', async () => {
  await using log = await createAuditLog();
  const [one, two] = [await log.service(), await log.service()];
  await one.append(...numbered(3));
  await one.query('begin');
  expect(await sequence(one, LOG, CLOCK)).toBe(3);
  expect(await two.sequence()).toBe(0);
  await one.query('commit');
  expect(await two.sequence()).toBe(0);
  expect(await two.verify()).toMatchObject({ entries: 3, staged: 0, fault: null });
});

it('gives no index twice with sequencers racing', async () => {
  await using log = await createAuditLog();
  const writer = await log.service();
  const sessions = [await log.service(), await log.service(), await log.service()];
  const sequencers = sessions.map((session) =>
    startSequencer({
      transaction: (work) => session.transaction(work),
      log: LOG,
      clock: CLOCK,
      onError: (error) => expect.fail(String(error)),
      limit: 5,
      pause: 1,
    }),
  );
  await writer.append(...numbered(200));
  await Promise.all(sequencers.map((sequencer) => sequencer.stop()));
  while ((await writer.sequence()) > 0);
  expect(await subjects(writer)).toEqual(numbered(200).map(({ subject }) => subject));
  expect(await writer.verify()).toMatchObject({ entries: 200, fault: null });
});

it('loses nothing and doubles nothing when it is cut off before it commits', async () => {
  await using log = await createAuditLog();
  const [owner, service] = [await log.owner(), await log.service()];
  await service.append(...numbered(5));
  const cut = await log.service();
  await cut.query('begin');
  expect(await sequence(cut, LOG, CLOCK, 3)).toBe(3);
  const [{ pid = 0 } = {}] = await cut.rows<{ pid: number }>('select pg_backend_pid() as pid');
  await owner.query('select pg_terminate_backend($1, 10000)', [pid]);
  expect(await service.verify()).toMatchObject({ entries: 0, staged: 5, fault: null });
  expect(await service.sequence()).toBe(5);
  expect(await subjects(service)).toEqual(['0', '1', '2', '3', '4']);
  expect(await service.verify()).toMatchObject({ entries: 5, staged: 0, fault: null });
});

it('loses nothing and doubles nothing wherever it is cut off, also where its commit is not heard of', async () => {
  await using log = await createAuditLog();
  const [owner, service] = [await log.owner(), await log.service()];
  // The lock, what is staged, the checkpoint, its hashes and the move; before each of them, and at last after the commit.
  const statements = 5;
  for (let cutAt = 0; cutAt <= statements; cutAt++) {
    await service.append(...numbered(3, `${cutAt}.`));
    const cut = await log.service();
    const [{ pid = 0 } = {}] = await cut.rows<{ pid: number }>('select pg_backend_pid() as pid');
    const end = () => owner.query('select pg_terminate_backend($1, 10000)', [pid]);
    let asked = 0;
    const tx = {
      query: async (sql: string, parameters?: unknown[]) => {
        if (asked++ === cutAt) await end();
        return cut.query(sql, parameters);
      },
    };
    await cut.query('begin');
    const work = sequence(tx, LOG, CLOCK);
    if (cutAt < statements) await expect(work).rejects.toThrow();
    else {
      await work;
      await cut.query('commit');
      await end();
    }
    expect((await service.verify()).fault).toBeNull();
    expect(await service.sequence()).toBe(cutAt === statements ? 0 : 3);
    expect(await service.verify()).toMatchObject({ entries: 3 * (cutAt + 1), staged: 0, fault: null });
  }
  expect(await subjects(service)).toEqual(
    Array.from({ length: 6 }, (_, n) => numbered(3, `${n}.`).map(({ subject }) => subject)).flat(),
  );
});

it('goes on after a failure, and says so', async () => {
  await using log = await createAuditLog();
  const service = await log.service();
  await service.append(...numbered(2));
  const errors: unknown[] = [];
  let attempts = 0;
  const moved = Promise.withResolvers<void>();
  const sequencer = startSequencer({
    transaction: async (work) => {
      attempts += 1;
      if (attempts === 1) throw new Error('the database is away');
      const count = await service.transaction(work);
      moved.resolve();
      return count;
    },
    log: LOG,
    clock: CLOCK,
    onError: (error) => errors.push(error),
    pause: 1,
  });
  await moved.promise;
  await sequencer.stop();
  expect(errors).toEqual([new Error('the database is away')]);
  expect(await service.verify()).toMatchObject({ entries: 2, staged: 0, fault: null });
});

it('signs nothing more once the log is not what it signed', async () => {
  await using log = await createAuditLog();
  const [owner, service] = [await log.owner(), await log.service()];
  await service.append(...numbered(3));
  await service.sequence();
  await service.append(entryOf({ subject: 'next' }));
  await expect(service.sequence(10, { ...LOG, signer: OTHER_KEY })).rejects.toThrow(
    'of size 3 is not one of',
  );
  await expect(service.sequence(10, { ...LOG, origin: 'other.example' })).rejects.toThrow(
    'of size 3 is not one',
  );
  await owner.query('alter table audit_hash disable trigger user');
  await owner.query('update audit_hash set hash = sha256(hash) where index = 2');
  await expect(service.sequence()).rejects.toThrow(
    'the stored hashes are not those of the checkpoint of size 3',
  );
  expect(await service.verify()).toMatchObject({
    staged: 1,
    fault: { part: 'hash', index: 2, rule: 'HASH' },
  });
});
