import { join } from 'node:path';
import { type GraphQLField, getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../src/domain/permissions.ts';
import { buildApiSchema, RESOLVERS } from '../../src/resolvers/api-schema.ts';
import { permissionsOf } from '../../src/resolvers/boot-check.ts';
import { type Answer, ApiService } from '../support/api-service.ts';
import { FieldWalk, isRequired, may, type Way } from '../support/field-walk.ts';
import { expectGolden } from '../support/golden.ts';
import { everythingOnRecord, type OnRecord } from '../support/on-record.ts';
import { SMALL } from '../support/small-campaign.ts';

const GOLDEN = join(import.meta.dirname, '../golden');
const WALK = new FieldWalk(buildApiSchema(), permissionsOf(RESOLVERS));

let service: ApiService;
let record: OnRecord;
beforeAll(async () => {
  service = await ApiService.start();
  record = await everythingOnRecord(service);
});
afterAll(() => service?.stop());

/** What the arguments of queries are, by name; `id` by the query. A new one that must be given belongs here. */
function argumentsOf(role: Role): Readonly<Record<string, string>> {
  const { week, customer, batch, model, run } = record;
  return {
    ...{ campaign: `"${SMALL}"`, key: `"${SMALL}"`, week: `"${week}"`, customer: `"${customer}"` },
    ...{ index: '0', treeSize: '1', from: '1', to: '1' },
    audience: role === 'CONTACT_CENTRE' ? 'CUSTOMER' : 'INTERNAL',
    ...{ 'batch.id': `"${batch}"`, 'modelVersion.id': `"${model}"`, 'run.id': `"${run}"` },
  };
}

function callOf({ name, args }: GraphQLField<unknown, unknown>, role: Role): string | null {
  const known = argumentsOf(role);
  const given = args
    .filter((arg) => isRequired(arg) || arg.name === 'audience')
    .map((arg) => [arg.name, known[`${name}.${arg.name}`] ?? known[arg.name]] as const);
  if (given.some(([, value]) => value === undefined)) return null;
  return given.length === 0 ? name : `${name}(${given.map(([arg, value]) => `${arg}: ${value}`).join(', ')})`;
}

/** The query of a way; null where an argument of it is not known here. */
function queryOf({ fields }: Way, leaf: string, role: Role): string | null {
  let query = leaf;
  for (const field of fields.toReversed()) {
    const call = callOf(field, role);
    if (call === null) return null;
    query = `${call} { ${query} }`;
  }
  return `{ ${query} }`;
}

/** Whether an answer has something at the end of a way. */
function isReached(data: unknown, names: readonly string[]): boolean {
  if (data === null || data === undefined) return false;
  if (Array.isArray(data)) return data.some((item) => isReached(item, names));
  const [name, ...rest] = names;
  return name === undefined || isReached(Object.entries(data).find(([key]) => key === name)?.[1], rest);
}

const tokenOf = (...roles: Role[]) =>
  service.tokens.issue({ subject: `a-${roles.join()}`, name: null, roles, hours: 8 });
const isForbidden = ({ errors = [] }: Answer) =>
  errors.some(({ extensions }) => extensions.code === 'FORBIDDEN');

/** The way that a role may go, and one that it may not, each the shortest whose start it may take where there is one. */
function waysOf(role: Role, type: string): readonly Way[] {
  const ways = WALK.ways(type).filter((way) => queryOf(way, '__typename', role) !== null);
  const open = ways.find(({ needs }) => needs.every((need) => may(role, need)));
  const shut = ways.filter(({ needs }) => !needs.every((need) => may(role, need)));
  const barred = shut.find(({ needs: [first = ''] }) => may(role, first)) ?? shut[0];
  return [open, barred].filter((way) => way !== undefined);
}

/** Types of which something was read. */
const SEEN = new Set<string>();

/** Asks for fields of a type on a way; says what came otherwise than it should. */
async function tried(role: Role, way: Way, leaf: string): Promise<readonly string[]> {
  const query = queryOf(way, leaf, role);
  if (query === null) return [];
  const names = way.fields.map(({ name }) => name);
  const answer = await service.askWith(await tokenOf(role), query);
  if (way.needs.every((need) => may(role, need))) {
    if (isReached(answer.data, names)) SEEN.add(way.type.name);
    return isForbidden(answer) ? [`${role} is refused ${query}`] : [];
  }
  if (isForbidden(answer)) return [];
  // Where nothing is on record at the end of a way, nobody is refused there.
  const { data } = await service.askWith(await tokenOf(...ROLES), query);
  return isReached(data, names) ? [`${role} is not refused ${query}`] : [];
}

/** Types that tell of one customer, or by which others are reached: the test is worth nothing where it reads none of them. */
const MUST_BE_SEEN = [
  'Batch',
  'ConfigVersion',
  'Decision',
  'DecisionProof',
  'Explanation',
  'HandOff',
  'ModelVersion',
  'Recipient',
  'Reproduction',
  'Run',
  'SampleItem',
];

describe('each field of each type', () => {
  it.each(
    ROLES.toSorted((a, b) => Number(b === 'COMPLIANCE_REVIEWER') - Number(a === 'COMPLIANCE_REVIEWER')),
  )(
    'is for %s what the table says, by every kind of way',
    async (role) => {
      const wrong: string[] = [];
      for (const type of WALK.types) {
        const fields = Object.values(type.getFields()).filter(({ args }) => !args.some(isRequired));
        const own = fields.filter(({ type: of }) => !isObjectType(getNamedType(of))).map(({ name }) => name);
        const ways = waysOf(role, type.name);
        for (const way of ways) wrong.push(...(await tried(role, way, ['__typename', ...own].join(' '))));
        const [way] = ways;
        if (way === undefined || !way.needs.every((need) => may(role, need))) continue;
        for (const { field, to, needs } of WALK.steps(type.name)) {
          const further = { fields: [...way.fields, field], needs: [...way.needs, ...needs], type: to };
          wrong.push(...(await tried(role, further, '__typename')));
        }
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it('was tried on what there is', () => {
    expect([...SEEN]).toEqual(expect.arrayContaining(MUST_BE_SEEN));
  });

  it('is in the golden table', async () => {
    const rows = WALK.rows();
    const [width, word] = [
      Math.max(...rows.map(({ field }) => field.length)),
      Math.max(...rows.map(({ takes }) => takes.length)),
    ];
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    const text = [
      line(['field'.padEnd(width), 'takes'.padEnd(word), ...ROLES]),
      line(['-'.repeat(width), '-'.repeat(word), ...ROLES.map(({ length }) => '-'.repeat(length))]),
      ...rows.map(({ field, takes, roles }) =>
        line([
          field.padEnd(width),
          takes.padEnd(word),
          ...ROLES.map((role) => (roles.includes(role) ? '✓' : '–').padEnd(role.length)),
        ]),
      ),
    ];
    await expectGolden(`${text.join('\n')}\n`, join(GOLDEN, 'field-matrix.md'));
  });
});
