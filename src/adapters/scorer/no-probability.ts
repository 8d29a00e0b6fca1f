/** What is wrong with scores of which one is no probability, and how to export the model instead; null where all are. */
export function noProbability(scores: Float64Array): string | null {
  const wrong = scores.find((score) => !(score >= 0 && score <= 1));
  return wrong === undefined
    ? null
    : `the model gave the score ${wrong}, which is no probability: export predict_proba, clipped to 0..1 (operator Clip) where sums of float32 may pass it`;
}
