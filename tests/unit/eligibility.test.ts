import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ELIGIBILITY_REASONS, type EligibilityReason } from '../../src/domain/decision.ts';
import { DATA_INCOMPLETE, EligibilityRules, reasonsOf, sendDay } from '../../src/domain/eligibility.ts';
import { layoutOf } from '../../src/domain/feed-contract.ts';
import {
  AS_OF,
  anyCase,
  anySettings,
  blockOf,
  type Case,
  CONTRACT,
  FINE,
  FLAGS,
  type Flag,
  SEND,
  SETTINGS,
} from '../support/eligibility-cases.ts';

function judge(change: Partial<Case>, settings = SETTINGS, flowDays = [7, 14]): readonly EligibilityReason[] {
  const rules = new EligibilityRules(layoutOf(CONTRACT), settings, flowDays, AS_OF);
  return reasonsOf(rules.judge(blockOf([{ ...FINE, ...change }]))[0] ?? -1);
}

describe('eligibility', () => {
  it('bars nobody without a reason', () => {
    expect(judge({})).toEqual([]);
    expect(sendDay(AS_OF)).toBe(SEND);
  });

  it.each<[string, Partial<Case>, EligibilityReason[]]>([
    ['a company', { is_private: false }, ['NOT_PRIVATE']],
    ['who has it already', { holds_product: true }, ['HOLDS_PRODUCT']],
    ['without consent', { opt_in: false }, ['NO_OPT_IN']],
    ['of whom no consent is known', { opt_in: null }, ['NO_OPT_IN']],
    ['who objected', { opted_out: true }, ['OPTED_OUT']],
    ['who objected by telephone', { optedOutElsewhere: true }, ['OPTED_OUT']],
    ['a child', { age: 17 }, ['UNDER_AGE', 'AGE_OUT_OF_RANGE']],
    ['a newborn', { age: 0 }, ['UNDER_AGE', 'AGE_OUT_OF_RANGE']],
    ['an adult below the range', { age: 18 }, ['AGE_OUT_OF_RANGE']],
    ['just below the range', { age: 20 }, ['AGE_OUT_OF_RANGE']],
    ['at the low end', { age: 21 }, []],
    ['at the high end', { age: 74 }, []],
    ['just above the range', { age: 75 }, ['AGE_OUT_OF_RANGE']],
    ['of unknown age', { age: null }, ['DATA_INCOMPLETE']],
    ['who died', { deceased: true }, ['DECEASED']],
    ['under suspicion', { fraud_flag: true }, ['FRAUD_FLAG']],
    ['who left', { relationship_ended: true }, ['NOT_A_CUSTOMER']],
    ['whom mail does not reach', { address_bounced: true }, ['ADDRESS_BOUNCED']],
    ['in the lee', { quiet: true }, ['QUIET_LIST']],
    ['whose flow begins that day', { flowStarts: [SEND] }, ['IN_FLOW', 'RECENTLY_MAILED']],
    ['whose flow ends that day', { flowStarts: [SEND - 14] }, ['IN_FLOW', 'RECENTLY_MAILED']],
    ['whose flow ended the day before', { flowStarts: [SEND - 15] }, ['RECENTLY_MAILED']],
    ['on the last day of rest', { flowStarts: [SEND - 27] }, ['RECENTLY_MAILED']],
    ['after the rest', { flowStarts: [SEND - 28] }, []],
    [
      'who rested from one flow and not from another',
      { flowStarts: [SEND - 60, SEND - 20] },
      ['RECENTLY_MAILED'],
    ],
    ['who gets another mail that day', { mails: [SEND] }, ['CONTACT_PRESSURE']],
    ['who got one the day before', { mails: [SEND - 1] }, []],
    ['who got two within the fortnight', { mails: [SEND - 13, SEND - 1] }, []],
    ['who got three within the fortnight', { mails: [SEND - 13, SEND - 7, SEND - 1] }, ['CONTACT_PRESSURE']],
    ['who got three in fifteen days', { mails: [SEND - 14, SEND - 7, SEND - 1] }, []],
    [
      'who is to get three in the next fortnight',
      { mails: [SEND + 1, SEND + 2, SEND + 13] },
      ['CONTACT_PRESSURE'],
    ],
    [
      'whom a fortnight on both sides would fill',
      { mails: [SEND - 6, SEND - 5, SEND + 7] },
      ['CONTACT_PRESSURE'],
    ],
    ['whom no fortnight would fill', { mails: [SEND - 10, SEND - 9, SEND + 10, SEND + 11] }, []],
  ])('%s', (_, change, reasons) => {
    expect(judge(change)).toEqual(reasons);
  });

  it.each(FLAGS.filter((flag) => flag !== 'opt_in'))('an unknown %s leaves the data incomplete', (flag) => {
    expect(judge({ [flag]: null })).toEqual(['DATA_INCOMPLETE']);
  });

  it('keeps minors out of a campaign that would let them in', () => {
    expect(judge({ age: 17 }, { ...SETTINGS, minAge: 12 })).toEqual(['UNDER_AGE']);
    expect(judge({ age: 18 }, { ...SETTINGS, minAge: 12 })).toEqual([]);
  });

  it('records all reasons at once, in the order in which they decide', () => {
    const everything: Case = {
      age: 12,
      is_private: false,
      holds_product: true,
      opt_in: false,
      opted_out: true,
      deceased: true,
      fraud_flag: true,
      relationship_ended: true,
      address_bounced: true,
      quiet: true,
      optedOutElsewhere: true,
      flowStarts: [SEND - 7],
      mails: [SEND],
    };
    const rules = new EligibilityRules(layoutOf(CONTRACT), SETTINGS, [7, 14], AS_OF);
    const [bits = 0] = rules.judge(blockOf([everything]));
    expect(reasonsOf(bits)).toEqual(ELIGIBILITY_REASONS.filter((reason) => reason !== 'DATA_INCOMPLETE'));
    expect(reasonsOf(bits | DATA_INCOMPLETE)).toEqual(ELIGIBILITY_REASONS);
    expect(reasonsOf(0)).toEqual([]);
  });

  it('does not judge a flag that the contract leaves out', () => {
    const flags: Flag[] = ['opt_in'];
    const columns = CONTRACT.columns.filter(
      ({ name }) => !FLAGS.includes(name as Flag) || flags.includes(name as Flag),
    );
    const rules = new EligibilityRules(layoutOf({ columns }), SETTINGS, [], AS_OF);
    const barred = { ...FINE, is_private: false, holds_product: true, deceased: null };
    expect([...rules.judge(blockOf([barred, { ...barred, opt_in: false }], flags))].map(reasonsOf)).toEqual([
      [],
      ['NO_OPT_IN'],
    ]);
  });

  it('mails nobody where no mail a day is allowed', () => {
    const none = { ...SETTINGS, maxMailsPerDay: 0 };
    for (const mails of [null, [], [SEND + 15]]) expect(judge({ mails }, none)).toEqual(['CONTACT_PRESSURE']);
  });

  it('takes a campaign of a single mail: in its flow on that day only', () => {
    expect(judge({ flowStarts: [SEND] }, { ...SETTINGS, restWeeks: 0 }, [])).toEqual(['IN_FLOW']);
    expect(judge({ flowStarts: [SEND - 1] }, { ...SETTINGS, restWeeks: 0 }, [])).toEqual([]);
  });

  it('judges as a reading of the rules one by one does, row by row', () => {
    fc.assert(
      fc.property(
        fc.array(anyCase, { maxLength: 20 }),
        anySettings,
        fc.constantFrom([], [7, 14], [3]),
        (cases, settings, flowDays) => {
          const rules = new EligibilityRules(layoutOf(CONTRACT), settings, flowDays, AS_OF);
          const judged = [...rules.judge(blockOf(cases))].map(reasonsOf);
          expect(judged).toEqual(cases.map((c) => naively(c, settings, flowDays)));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The rules of domain.md, step 5, one at a time. */
function naively(
  c: Case,
  settings: typeof SETTINGS,
  flowDays: readonly number[],
): readonly EligibilityReason[] {
  const starts = (c.flowStarts ?? []).filter((start) => start <= SEND);
  const lastMail = (start: number) => Math.max(start, ...flowDays.map((day) => start + day));
  // Every stretch of fourteen days in which the new mail would fall.
  const fullest = Math.max(
    ...Array.from({ length: 14 }, (_, i) => {
      const stretch = Array.from({ length: 14 }, (_, j) => SEND - i + j);
      return (c.mails ?? []).filter((day) => stretch.includes(day)).length;
    }),
  );
  const holds: Record<EligibilityReason, boolean> = {
    NOT_PRIVATE: c.is_private === false,
    HOLDS_PRODUCT: c.holds_product === true,
    NO_OPT_IN: c.opt_in !== true,
    OPTED_OUT: c.opted_out === true || c.optedOutElsewhere,
    UNDER_AGE: c.age !== null && c.age < 18,
    AGE_OUT_OF_RANGE: c.age !== null && !(c.age >= settings.minAge && c.age <= settings.maxAge),
    DECEASED: c.deceased === true,
    FRAUD_FLAG: c.fraud_flag === true,
    NOT_A_CUSTOMER: c.relationship_ended === true,
    ADDRESS_BOUNCED: c.address_bounced === true,
    QUIET_LIST: c.quiet,
    IN_FLOW: starts.some((start) => lastMail(start) >= SEND),
    RECENTLY_MAILED: starts.some((start) => start + 7 * settings.restWeeks > SEND),
    CONTACT_PRESSURE:
      (c.mails ?? []).filter((day) => day === SEND).length >= settings.maxMailsPerDay ||
      fullest >= settings.maxMailsPer14Days,
    DATA_INCOMPLETE: c.age === null || FLAGS.some((flag) => flag !== 'opt_in' && c[flag] === null),
  };
  return ELIGIBILITY_REASONS.filter((reason) => holds[reason]);
}
