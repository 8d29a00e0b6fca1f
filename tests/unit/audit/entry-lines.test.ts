import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditEntry, entryBytes } from '../../../src/audit/entry.ts';
import { CSV, csvCell, JSON_LINES } from '../../../src/audit/entry-lines.ts';
import { summaryOf } from '../../../src/audit/summary.ts';

const ENTRY: AuditEntry = {
  at: '2026-11-16T09:30:00.125Z',
  actor: 'o.one',
  role: 'OPERATOR',
  action: 'batch.release',
  campaign: 'investing-retail',
  subject: 'b1',
  digest: null,
  requestId: 'r1',
  refusal: null,
  details: { reason: 'fine, "really"', rows: 3 },
};

describe('csvCell', () => {
  it.each(['=1+1', '+31', '-2', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '  =1', ' +1', '＝1'])(
    'is no formula to a spreadsheet: %j',
    (text) => {
      expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('quotes what a reader would take apart, and nothing else', () => {
    expect(csvCell('plain text')).toBe('plain text');
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('say "no"')).toBe('"say ""no"""');
    expect(csvCell('two\nlines')).toBe('"two\nlines"');
    expect(csvCell('')).toBe('');
    expect(csvCell(null)).toBe('');
    expect(csvCell('2026-11-16T09:30:00.125Z')).toBe('2026-11-16T09:30:00.125Z');
  });

  it('gives any text back to a reader of CSV, with at most an apostrophe before it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const cell = csvCell(text);
        const read = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
        expect([text, `'${text}`]).toContain(read);
        if (!cell.startsWith('"')) expect(cell).not.toMatch(/[",\r\n]/);
        expect(read).not.toMatch(/^[=+\-@\t\r]/);
      }),
    );
  });
});

describe('an entry', () => {
  it('is a line of CSV under its columns', () => {
    const line = CSV.line(7, entryBytes(ENTRY));
    expect(CSV.head).toBe(
      'index,at,actor,role,action,campaign,subject,digest,requestId,refusalCode,refusalRule,details,summary\r\n',
    );
    expect(line).toBe(
      '7,2026-11-16T09:30:00.125Z,o.one,OPERATOR,batch.release,investing-retail,b1,,r1,,,' +
        `"{""reason"":""fine, \\""really\\"""",""rows"":3}",${csvCell(summaryOf(ENTRY))}\r\n`,
    );
    const refusal = { code: 'FORBIDDEN', rule: 'batch.release' };
    expect(CSV.line(8, entryBytes({ ...ENTRY, refusal }))).toContain(',r1,FORBIDDEN,batch.release,');
  });

  it('is a line of JSON with exactly the bytes that were hashed', () => {
    const bytes = entryBytes(ENTRY);
    const line = JSON_LINES.line(7, bytes);
    expect(JSON.parse(line)).toEqual({
      index: 7,
      summary: summaryOf(ENTRY),
      entry: ENTRY,
    });
    expect(line.endsWith(`"entry":${Buffer.from(bytes).toString()}}\n`)).toBe(true);
    expect(line.split('\n')).toHaveLength(2);
  });

  it('is refused where the bytes are none', () => {
    expect(() => CSV.line(7, Buffer.from('{}'))).toThrow('entry 7 is not readable');
  });
});
