import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkInclusion } from '../../src/audit/proof.ts';
import { leafHash } from '../../src/audit/tlog.ts';
import { leafText } from '../../src/domain/decision.ts';
import { type Answer, ApiService, type Person } from '../support/api-service.ts';
import { customers, deliver, installSmall, SMALL } from '../support/small-campaign.ts';

const WEEKS = ['2026-W40', '2026-W41', '2026-W42', '2026-W43'];
const LAST = '2026-W43';
const COUNT = 230;

let service: ApiService;
beforeAll(async () => {
  service = await ApiService.start();
  service.harness.now = new Date('2026-10-01T09:00:00Z');
  await installSmall(service.harness, { holdoutShare: 0.3, explorationSize: 5, capacity: 40 });
  service.harness.now = new Date('2026-11-16T09:00:00Z');
  for (const week of WEEKS) {
    await deliver(service.harness, {
      week,
      // c1 is not there in the third week.
      customers: customers(COUNT, (n) => ({
        likely: n / COUNT,
        opt_in: n % 7 !== 0,
        deceased: n % 14 === 0,
      })).filter(({ party_id }) => party_id !== 'c1' || week !== '2026-W42'),
    });
    await service.harness.run(SMALL, week);
  }
  await service.sequence();
});
afterAll(() => service?.stop());

interface Paged {
  readonly query: string;
  readonly field: string;
  readonly person?: Person;
  /** Done between two pages. */
  readonly between?: () => Promise<unknown>;
}

/** All nodes of a connection, page by page; `query` takes $after. */
async function allOf({ query, field, person = 'carla', between }: Paged): Promise<readonly Answer['data'][]> {
  const nodes: Answer['data'][] = [];
  let after: string | null = null;
  for (;;) {
    const page: Answer['data'] = (await service.get(person, query, { after }))[field];
    expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null);
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
    await between?.();
  }
}
const PAGE = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor }';
const decisions = (filter: string, first = 50) =>
  `query ($after: String) { decisions(campaign: "${SMALL}", week: "${LAST}", first: ${first}, after: $after${filter}) {
     ${PAGE} totalCount nodes { customer outcome arm reasons score rank } } }`;

describe('the decisions of a week', () => {
  it.each([
    ['all', '', 'true'],
    ['by outcome', ', outcome: [MAIL, HELD_OUT]', 'outcome in (0, 1)'],
    ['by arm', ', arm: [EXPLORATION]', 'arm = 2'],
    ['by a reason among others', ', reason: [DECEASED]', '11 = any (reasons)'],
    [
      'by all of these',
      ', outcome: [NOT_ELIGIBLE], reason: [NO_OPT_IN, DECEASED]',
      'outcome = 3 and reasons && array[7, 11]::smallint[]',
    ],
    ['that are not there', ', outcome: [MAIL], reason: [DECEASED]', 'false'],
    ['of no outcome', ', outcome: []', 'false'],
  ])('are those of the table, %s, page by page', async (_name, filter, where) => {
    const stored: { customer: string }[] = await service.harness.services.db.query(
      `select customer from decision d join run r on r.id = d.run_id where r.week = $1 and ${where} order by customer`,
      [LAST],
    );
    const found = await allOf({ query: decisions(filter, 17), field: 'decisions' });
    expect(found.map(({ customer }) => customer)).toEqual(stored.map(({ customer }) => customer));
    const { decisions: page } = await service.get('olga', decisions(filter, 0));
    expect(page).toMatchObject({ totalCount: stored.length, nodes: [], edges: [] });
  });

  it('say what the record says', async () => {
    const { decision } = await service.get(
      'olga',
      `{ decision(campaign: "${SMALL}", week: "${LAST}", customer: "c14") { customer outcome arm reasons score rank run { week status } } }`,
    );
    expect(decision).toEqual({
      customer: 'c14',
      outcome: 'NOT_ELIGIBLE',
      arm: null,
      reasons: ['NO_OPT_IN', 'DECEASED'],
      score: null,
      rank: null,
      run: { week: LAST, status: 'AWAITING_REVIEW' },
    });
  });

  it.each([
    [
      'of a customer who is in no snapshot',
      `decision(campaign: "${SMALL}", week: "${LAST}", customer: "c9999") { rank }`,
    ],
    ['of a week without a run', `decision(campaign: "${SMALL}", week: "2020-W01", customer: "c1") { rank }`],
    ['of an unknown campaign', 'decision(campaign: "none", week: "2020-W01", customer: "c1") { rank }'],
    ['of an unknown run', 'run(campaign: "none", week: "2020-W01") { id }'],
    ['of an attempt that never was', `run(campaign: "${SMALL}", week: "${LAST}", attempt: 7) { id }`],
    ['of a batch whose id is none', 'batch(id: "1; drop table batch") { id }'],
    ['of a model version whose id is none', 'modelVersion(id: "x") { id }'],
    ['of the settings of an unknown campaign', 'config(campaign: "none") { id }'],
  ])('%s: null', async (_name, query) => {
    expect(Object.values(await service.get('olga', `{ ${query} }`))).toEqual([null]);
  });

  it.each([
    ['of no campaign', 'decisions(campaign: "none", week: "2020-W01") { totalCount }', 'NOT_FOUND CAMPAIGN'],
    ['of no run', `decisions(campaign: "${SMALL}", week: "2020-W01") { totalCount }`, 'NOT_FOUND RUN'],
    ['of nobody', 'customerHistory(customer: "Jan Jansen") { totalCount }', 'BAD_INPUT CUSTOMER'],
    [
      'after nothing',
      `decisions(campaign: "${SMALL}", week: "${LAST}", after: "abc") { totalCount }`,
      'BAD_INPUT CURSOR',
    ],
    [
      'after the cursor of another list',
      `runs(campaign: "${SMALL}", after: "WyJjMSJd") { totalCount }`,
      'BAD_INPUT CURSOR',
    ],
    [
      'after a cursor that would break a statement',
      `batches(campaign: "${SMALL}", after: "${Buffer.from('["x","y"]').toString('base64url')}") { totalCount }`,
      'BAD_INPUT CURSOR',
    ],
    ['of a text that no database keeps', 'campaign(key: "a\\u0000b") { key }', 'BAD_INPUT TEXT'],
    ['of a text without end', `campaign(key: "${'a'.repeat(10_001)}") { key }`, 'LIMIT_EXCEEDED TEXT_LENGTH'],
    [
      'in too long a page',
      `runs(campaign: "${SMALL}", first: 201) { totalCount }`,
      'LIMIT_EXCEEDED PAGE_SIZE',
    ],
  ])('%s: refused', async (_name, query, refusal) => {
    expect(await service.refusal('olga', `{ ${query} }`)).toBe(refusal);
    expect(service.log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each([
    ['submitBatch(input: { batchId: "x" }) { batch { id } }', 'NOT_FOUND BATCH'],
    ['resumeRun(input: { runId: "x" }) { run { id } }', 'NOT_FOUND RUN'],
    ['activateModel(input: { modelId: "x" }) { model { id } }', 'NOT_FOUND MODEL'],
    ['resolveIncident(input: { incidentId: "x", note: "n" }) { incident { id } }', 'NOT_FOUND INCIDENT'],
    ['startRun(input: { campaign: "none" }) { started }', 'NOT_FOUND CAMPAIGN'],
  ])('%s', async (mutation, refusal) => {
    expect(await service.refusal('olga', `mutation { ${mutation} }`)).toBe(refusal);
  });
});

describe('the history of a customer', () => {
  const history = (customer: string, first: number) =>
    `query ($after: String) { customerHistory(customer: "${customer}", first: ${first}, after: $after) {
       ${PAGE} totalCount nodes { outcome run { week } } } }`;
  const weeksOf = (nodes: readonly Answer['data'][]) => nodes.map(({ run }) => run.week);

  it('has every week that decided on them, the newest first', async () => {
    for (const first of [1, 2, 60]) {
      const nodes = await allOf({ query: history('c2', first), field: 'customerHistory' });
      expect(weeksOf(nodes)).toEqual(WEEKS.toReversed());
      expect(weeksOf(await allOf({ query: history('c1', first), field: 'customerHistory' }))).toEqual([
        '2026-W43',
        '2026-W41',
        '2026-W40',
      ]);
    }
    const { customerHistory } = await service.get('olga', history('c1', 2));
    expect(customerHistory.totalCount).toBe(3);
  });

  it('is empty for who never was a customer', async () => {
    const { customerHistory } = await service.get('olga', history('stranger', 10));
    expect(customerHistory).toMatchObject({ totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } });
  });
});

describe('lists', () => {
  it('of runs and batches go on from where the page before ended, whatever was added since', async () => {
    const query = (list: string) =>
      `query ($after: String) { ${list}(campaign: "${SMALL}", first: 1, after: $after) { ${PAGE} nodes { id } } }`;
    const before = await service.get('olga', `{ runs(campaign: "${SMALL}") { nodes { id batch { id } } } }`);
    let week = 43;
    const between = async () => {
      week += 1;
      await deliver(service.harness, {
        week: `2026-W${week}`,
        customers: customers(60, (n) => ({ likely: n / 60 })),
      });
      await service.harness.run(SMALL, `2026-W${week}`);
    };
    const runs = await allOf({ query: query('runs'), field: 'runs', between });
    expect(runs.map(({ id }) => id)).toEqual(before.runs.nodes.map(({ id }: { id: string }) => id));
    const batches = await allOf({ query: query('batches'), field: 'batches' });
    expect(batches).toHaveLength(week - 39);
  }, 60_000);

  it('ask together what their items ask for one by one', async () => {
    const wide = (first: number) => `{ runs(campaign: "${SMALL}", first: ${first}) { nodes {
      campaign { key config { number } liveModel { id } } checks { name } funnel { considered } model { id campaign { key } } config { id }
      recordedManifest { auditIndex } batch { id handOff { file } run { id } } } } }`;
    const two = await service.statements(() => service.get('mark', wide(2)));
    const many = await service.statements(() => service.get('mark', wide(6)));
    expect(many.length).toBe(two.length);
    const page = (first: number) =>
      decisions('', first).replace(
        'rank }',
        'rank proof { leaf audit { index } } run { week campaign { key } } }',
      );
    const few = await service.statements(() => service.get('olga', page(2)));
    const full = await service.statements(() => service.get('olga', page(100)));
    expect(full.length).toBe(few.length);
    const { batches } = await service.get(
      'olga',
      `{ batches(campaign: "${SMALL}", first: 1) { nodes { id } } }`,
    );
    const recipients = (first: number) =>
      `{ batch(id: "${batches.nodes[0].id}") { recipients(first: ${first}) { nodes { customer decision { outcome run { week } } } } } }`;
    const some = await service.statements(() => service.get('olga', recipients(2)));
    const all = await service.statements(() => service.get('olga', recipients(30)));
    expect(all.length).toBe(some.length);
  });

  it('count only when they are asked', async () => {
    const query = (extra: string) => `{ runs(campaign: "${SMALL}") { nodes { id } ${extra} } }`;
    const without = await service.statements(() => service.get('olga', query('')));
    const counted = await service.statements(() => service.get('olga', query('totalCount')));
    expect(counted.length).toBe(without.length + 1);
  });
});

describe('the proof of a decision', () => {
  const hash = (digest: string) => Buffer.from(digest.slice('sha256:'.length), 'hex');

  it('leads from what was decided to the signed checkpoint', async () => {
    await service.sequence();
    for (const customer of ['c5', 'c14', 'c230']) {
      const { decision } = await service.get(
        'olga',
        `{ decision(campaign: "${SMALL}", week: "${LAST}", customer: "${customer}") {
           customer outcome arm reasons score rank run { recordedManifest { decisionRoot auditIndex } }
           proof { leaf salt index size path root audit { index treeSize leaf path } checkpoint { size root signedNote } } } }`,
      );
      const { proof, run, ...decided } = decision;
      const salt = Buffer.from(proof.salt, 'base64').toString('hex');
      const leaf = leafHash(Buffer.from(leafText(proof.index, decided, salt)));
      expect(proof.leaf).toBe(`sha256:${Buffer.from(leaf).toString('hex')}`);
      expect(proof.root).toBe(run.recordedManifest.decisionRoot);
      expect(checkInclusion(proof.index, proof.size, leaf, proof.path.map(hash), hash(proof.root))).toBe(
        true,
      );
      const { audit, checkpoint } = proof;
      expect(audit.index).toBe(run.recordedManifest.auditIndex);
      expect(audit.treeSize).toBe(checkpoint.size);
      expect(
        checkInclusion(
          audit.index,
          audit.treeSize,
          hash(audit.leaf),
          audit.path.map(hash),
          hash(checkpoint.root),
        ),
      ).toBe(true);
    }
  });
});
