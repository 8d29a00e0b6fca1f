import { describe, expect, test } from 'vitest';
import { judgedBy, judgeRequest } from '../../../src/adapters/scorer/judge-request.ts';
import { readJudged } from '../../../src/adapters/scorer/judged.schema.ts';
import { DEFAULT_GATE_LIMITS } from '../../../src/domain/gates/gate-limits.ts';
import { figure, type Gate } from '../../../src/domain/model-gate.ts';
import { ScoringError } from '../../../src/domain/ports.ts';
import { materialOf, SOUND_WORLD } from '../../support/gate-world.ts';

test('what a model is judged by arrives as it was sent', () => {
  const material = materialOf(SOUND_WORLD);
  const { headLength, parts } = judgeRequest(material, DEFAULT_GATE_LIMITS);
  // A frame puts the parts behind each other, wherever their numbers then start.
  for (const padded of [headLength, headLength + 1]) {
    const json = Buffer.concat([parts[0]!, Buffer.from(' '.repeat(padded - headLength))]);
    const body = Uint8Array.from(Buffer.concat([json, ...parts.slice(1)]));
    expect(judgedBy(body, padded)).toEqual({ material, limits: DEFAULT_GATE_LIMITS });
  }
});

describe('what a model process says the gates found', () => {
  const gate: Gate = {
    name: 'WEEK_KEY',
    verdict: 'FAIL',
    measured: 'm',
    limit: 'l',
    message: 'text',
    figures: [figure('weeks', 'week', ['rows', 'share'], [['2024-W01', 3, null]])],
  };
  const read = (answer: unknown) => () => readJudged(Buffer.from(JSON.stringify(answer)));
  test('is taken where it is gates', () => {
    expect(read([gate])()).toEqual([gate]);
  });
  test.each([
    ['no list', gate],
    ['another name', [{ ...gate, name: 'GOOD' }]],
    ['another verdict', [{ ...gate, verdict: 'FINE' }]],
    ['a field too many', [{ ...gate, acceptedBy: 'me' }]],
    [
      'a figure of text',
      [{ ...gate, figures: [{ ...gate.figures[0], rows: [{ label: 'a', values: ['b'] }] }] }],
    ],
  ])('is refused where it is %s', (_, answer) => {
    expect(read(answer)).toThrow(ScoringError);
  });
  test('is refused where it is no JSON or too much of it', () => {
    expect(() => readJudged(Buffer.from('[{'))).toThrow(ScoringError);
    expect(() => readJudged(Buffer.alloc(2 ** 22 + 1, ' '))).toThrow('more than gates');
  });
});
