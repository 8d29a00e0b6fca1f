import { describe, expect, test } from 'vitest';
import type { ModelCard } from '../../src/domain/model-card.ts';
import {
  cardGate,
  dataUseGate,
  forbiddenGate,
  type Gate,
  gateVerdict,
  reproducibleGate,
} from '../../src/domain/model-gate.ts';

const scores = (...values: number[]) => Float64Array.from(values);

describe('REPRODUCIBLE', () => {
  const nearly = 0.1 + 0.2;
  test('passes equal bits only', () => {
    expect(reproducibleGate(scores(0.3, 1), scores(0.3, 1), scores(0.3, 1)).verdict).toBe('PASS');
    expect(reproducibleGate(scores(0.3, 1), scores(nearly, 1), scores(0.3, 1))).toMatchObject({
      verdict: 'FAIL',
      measured: 'of 2 scores 1 differ the second time, 0 in batches of another size',
    });
    expect(reproducibleGate(scores(0.3), scores(0.3), scores(nearly)).verdict).toBe('FAIL');
    expect(reproducibleGate(scores(0.3), scores(0.3), scores()).verdict).toBe('FAIL');
    expect(reproducibleGate(scores(0), scores(0), scores(-0)).verdict).toBe('FAIL');
    expect(reproducibleGate(scores(), scores(), scores()).verdict).toBe('FAIL');
  });
});

describe('CARD', () => {
  const card = { intendedUse: 'ranks', notToBeUsedWhen: ['a crash'], weaknesses: ['one'] };
  test('asks for all that a user must know', () => {
    expect(cardGate(card).verdict).toBe('PASS');
    expect(cardGate({ ...card, intendedUse: ' ', weaknesses: [] })).toMatchObject({
      verdict: 'FAIL',
      measured: 'without intendedUse, weaknesses',
    });
    expect(cardGate({ ...card, notToBeUsedWhen: ['x', ''] }).measured).toBe('without notToBeUsedWhen');
  });
});

describe('FORBIDDEN', () => {
  const card = (name: string, column: string): ModelCard => ({
    format: 'model-package/1',
    campaign: 'c',
    name: 'm',
    version: '1',
    builder: 'b',
    output: { name: 'p', index: 1 },
    trained: { from: '2020-W01', to: '2020-W02' },
    features: [{ name, label: { nl: '', en: '' }, recipe: { column }, direction: 0, changeable: false }],
    intendedUse: '',
    notToBeUsedWhen: [],
    weaknesses: [],
  });
  test('looks at columns and at what features call themselves', () => {
    expect(forbiddenGate(card('balance', 'balance'))).toMatchObject({ verdict: 'PASS', measured: 'none' });
    expect(forbiddenGate(card('area', 'postcode'))).toMatchObject({
      verdict: 'FAIL',
      measured: 'postcode (postal code)',
    });
    expect(forbiddenGate(card('gender', 'code'))).toMatchObject({
      verdict: 'FAIL',
      measured: 'gender (gender)',
    });
  });
});

describe('DATA_USE', () => {
  const uses = [
    { columns: ['age', 'balance'], validUntil: '2026-06-30' },
    { columns: ['job'], validUntil: '2030-01-01' },
  ];
  test('passes columns that a sign-off covers to its last day', () => {
    expect(dataUseGate(['age', 'job'], uses, '2026-06-30').verdict).toBe('PASS');
    expect(dataUseGate([], [], '2026-06-30').verdict).toBe('PASS');
    expect(dataUseGate(['age', 'job'], uses, '2026-07-01')).toMatchObject({
      verdict: 'WARN',
      measured: '1 of 2 columns signed off',
      message: 'No sign-off in force covers age.',
    });
  });
});

test('the verdict of all gates is the worst', () => {
  const gates = (...verdicts: Gate['verdict'][]) =>
    verdicts.map(
      (verdict): Gate => ({ name: 'CARD', verdict, measured: '', limit: '', message: '', figures: [] }),
    );
  expect(gateVerdict(gates('PASS', 'PASS'))).toBe('PASS');
  expect(gateVerdict(gates('PASS', 'WARN', 'PASS'))).toBe('WARN');
  expect(gateVerdict(gates('WARN', 'FAIL', 'PASS'))).toBe('FAIL');
  expect(gateVerdict([])).toBe('FAIL');
});
