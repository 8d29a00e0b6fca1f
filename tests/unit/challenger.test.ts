import { expect, it } from 'vitest';
import { challengerLeafText, compareWithLive } from '../../src/domain/challenger.ts';

it('compares by counts, ranks closed up where the challenger could not score', () => {
  const summary = compareWithLive(
    {
      scores: Float64Array.of(0.9, 0.8, 0.0005, 0.3),
      ranks: Int32Array.of(1, 2, 4, 3),
      chosen: Uint8Array.of(1, 1, 0, 0),
      liveScores: Float64Array.of(0.6, 0.4, 0.7, 0.1),
      liveRanks: Int32Array.of(3, 5, 1, 9),
      liveChosen: Uint8Array.of(1, 0, 1, 0),
    },
    { eligible: 9, incomplete: 5, wouldMail: 1 },
  );
  // d = 1 − 2, 2 − 3, 4 − 1, 3 − 4: 1 − 6 · 12 / 60
  expect(summary).toEqual({
    eligible: 9,
    incomplete: 5,
    wouldMail: 1,
    chosenByBoth: 1,
    chosenByChallenger: 2,
    chosenByLive: 2,
    agreement: 0.5,
    rankCorrelation: expect.closeTo(-0.2, 12),
    scores: [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0],
    liveScores: [0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 0, 0, 0, 0],
  });
});

it('says nothing of nobody, and that the same model agrees', () => {
  const none = { scores: new Float64Array(), ranks: new Int32Array(), chosen: new Uint8Array() };
  const nobody = { ...none, liveScores: none.scores, liveRanks: none.ranks, liveChosen: none.chosen };
  const facts = { eligible: 0, incomplete: 0, wouldMail: 0 };
  expect(compareWithLive(nobody, facts)).toMatchObject({ agreement: null, rankCorrelation: null });
  const [scores, ranks, chosen] = [Float64Array.of(0.1, 0.2), Int32Array.of(2, 1), Uint8Array.of(0, 1)];
  const same = { scores, ranks, chosen, liveScores: scores, liveRanks: ranks, liveChosen: chosen };
  expect(compareWithLive(same, facts)).toMatchObject({ agreement: 1, rankCorrelation: 1 });
});

it('writes a leaf that anyone can write again', () => {
  const decision = { row: 3, customer: 'c-1', score: 0.25, rank: 2, chosen: false };
  const text = challengerLeafText(decision, '00ff');
  expect(text).toBe('["challenger/1",3,"c-1",0.25,2,false,"00ff"]');
  expect(JSON.stringify(JSON.parse(text))).toBe(text);
});
