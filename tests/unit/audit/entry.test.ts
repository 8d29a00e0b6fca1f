import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../src/audit/canonical-json.ts';
import {
  type AuditEntry,
  entryBytes,
  idFromOutside,
  MAX_ENTRY_SIZE,
  MAX_ID_LENGTH,
  parseEntry,
} from '../../../src/audit/entry.ts';

const ENTRY: AuditEntry = {
  at: '2026-11-16T09:30:00.125Z',
  actor: 'm.one',
  role: 'MARKETEER',
  action: 'batch.approve',
  campaign: 'investing-retail',
  subject: '0198a6f2',
  digest: `sha256:${'0'.repeat(64)}`,
  requestId: null,
  refusal: null,
  details: { recipients: 250, week: '2026-W46', removed: ['a', 'b'], fallback: false, note: null },
};

const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed() && !value.includes('\0'));
const id = text.filter((value) => value.length <= MAX_ID_LENGTH);
const optional = fc.option(id);
const entries: fc.Arbitrary<AuditEntry> = fc.record({
  at: fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  actor: id.filter((value) => value !== ''),
  role: optional,
  action: id.filter((value) => value !== ''),
  campaign: optional,
  subject: optional,
  digest: optional,
  requestId: optional,
  refusal: fc.option(fc.record({ code: text, rule: text })),
  details: fc.dictionary(
    text,
    fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(text),
    ),
  ),
});

describe('entryBytes', () => {
  it('are the RFC 8785 form of the entry', () => {
    expect(Buffer.from(entryBytes(ENTRY)).toString()).toBe(
      '{"action":"batch.approve","actor":"m.one","at":"2026-11-16T09:30:00.125Z","campaign":"investing-retail",' +
        '"details":{"fallback":false,"note":null,"recipients":250,"removed":["a","b"],"week":"2026-W46"},' +
        `"digest":"sha256:${'0'.repeat(64)}","refusal":null,"requestId":null,"role":"MARKETEER","subject":"0198a6f2"}`,
    );
  });

  it('are read back as the entry that they were written from', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const bytes = entryBytes(entry);
        const parsed = parseEntry(bytes) ?? expect.fail('not read');
        expect({ ...parsed, details: Object.entries(parsed.details).sort() }).toEqual({
          ...entry,
          details: Object.entries(entry.details).sort(),
        });
        expect(entryBytes(parsed)).toEqual(bytes);
      }),
    );
  });

  it.each<[string, object]>([
    ['a field too many', { more: 1 }],
    ['an instant of another zone', { at: '2026-11-16T09:30:00.125+01:00' }],
    ['an instant without milliseconds', { at: '2026-11-16T09:30:00Z' }],
    ['a day that does not exist', { at: '2026-02-30T09:30:00.125Z' }],
    ['the year 0, which the database does not have', { at: '0000-11-16T09:30:00.125Z' }],
    ['an id that the database cannot index', { subject: 'x'.repeat(MAX_ID_LENGTH + 1) }],
    ['no actor', { actor: '' }],
    ['no action', { action: '' }],
    ['a campaign that is no text', { campaign: 7 }],
    ['a subject left undefined', { subject: undefined }],
    ['U+0000, which the database cannot search', { subject: 'a\0b' }],
    ['a lone surrogate', { actor: 'a\ud800' }],
    ['a lone surrogate in the name of a detail', { details: { '\ud800': 1 } }],
    ['a refusal without its rule', { refusal: { code: 'FORBIDDEN' } }],
    ['a detail within a detail', { details: { a: { b: 1 } } }],
    ['a list of numbers', { details: { a: [1] } }],
    ['NaN', { details: { a: Number.NaN } }],
    ['more than a tile can hold', { details: { a: 'x'.repeat(MAX_ENTRY_SIZE) } }],
  ])('are refused for %s', (_, change) => {
    const entry = { ...ENTRY, ...change };
    expect(() => entryBytes(entry)).toThrow(TypeError);
  });

  it('are refused without naming a value', () => {
    expect(() => entryBytes({ ...ENTRY, subject: 'secret\0' })).toThrow(/^audit entry: subject is neither/);
  });
});

describe('parseEntry', () => {
  it.each<[string, Uint8Array]>([
    ['a missing field', canonicalBytes({ actor: 'a' })],
    ['a list', canonicalBytes([])],
    ['another spelling', Buffer.from(JSON.stringify(ENTRY))],
    ['a null character', Buffer.from(Buffer.from(entryBytes(ENTRY)).toString().replace('m.one', 'm\\u0000'))],
    ['no bytes', new Uint8Array()],
  ])('refuses %s', (_, bytes) => {
    expect(parseEntry(bytes)).toBeUndefined();
  });
});

describe('idFromOutside', () => {
  it('makes any text an id, and leaves an id as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 600 }),
        (any) => {
          const id = idFromOutside(any);
          expect(parseEntry(entryBytes({ ...ENTRY, subject: id }))?.subject).toBe(id);
          expect(idFromOutside(id)).toBe(id);
        },
      ),
    );
    expect(idFromOutside('0198a6f2')).toBe('0198a6f2');
    expect(idFromOutside(`${'x'.repeat(MAX_ID_LENGTH - 1)}\u{1f600}`)).toBe(
      `${'x'.repeat(MAX_ID_LENGTH - 1)}\ufffd`,
    );
  });
});
