import { describe, expect, it } from 'vitest';
import { PURPOSES, readAgent, readPurpose } from '../../src/domain/purpose.ts';
import { RefusalError } from '../../src/domain/refusal.ts';

function ruleOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof RefusalError) return `${error.refusal.code} ${error.refusal.rule}`;
    throw error;
  }
  return 'accepted';
}

describe('a purpose', () => {
  it.each(PURPOSES)('%s is one, with or without a reference', (kind) => {
    expect(readPurpose(kind)).toEqual({ kind, reference: null });
    expect(readPurpose(`${kind}; Z-2026/17`)).toEqual({ kind, reference: 'Z-2026/17' });
  });

  it.each(['', 'CURIOSITY', 'complaint', 'COMPLAINT; a; b', 'constructor'])('%j is none', (text) => {
    expect(ruleOf(() => readPurpose(text))).toBe('BAD_INPUT PURPOSE');
  });

  it.each([
    '',
    ' ',
    'Jan Jansen',
    'NL91ABNA0417164300',
    '111222333',
    'a@b.nl',
    'x'.repeat(65),
    '../..\u0000',
  ])('has no case %j, and does not repeat it', (reference) => {
    expect(ruleOf(() => readPurpose(`COMPLAINT; ${reference}`))).toBe('BAD_INPUT PURPOSE_REFERENCE');
  });
});

describe('an agent', () => {
  it.each(['a-12', 'desk|00u1', 'A'.repeat(128)])('%j is a pseudonym', (text) => {
    expect(readAgent(text)).toBe(text);
  });

  it.each(['', 'Jan Jansen', 'jan@bank.nl', 'A'.repeat(129), '\n'])('%j is none', (text) => {
    expect(ruleOf(() => readAgent(text))).toBe('BAD_INPUT AGENT');
  });
});
