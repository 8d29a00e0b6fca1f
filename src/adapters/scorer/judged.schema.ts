import { z } from 'zod';
import { GATE_NAMES, GATE_VERDICTS, type Gate } from '../../domain/model-gate.ts';
import { ScoringError } from '../../domain/ports.ts';

/** The gates of a model fill some ten thousand bytes. */
const LONGEST = 2 ** 22;

const gate = z.strictObject({
  name: z.enum(GATE_NAMES),
  verdict: z.enum(GATE_VERDICTS),
  measured: z.string(),
  limit: z.string(),
  message: z.string(),
  figures: z.array(
    z.strictObject({
      name: z.string(),
      rowName: z.string(),
      columns: z.array(z.string()),
      rows: z.array(z.strictObject({ label: z.string(), values: z.array(z.number().nullable()) })),
    }),
  ),
});

/** The gates that a model's process found; the process holds a hostile model, so nothing else is taken for one. Throws ScoringError. */
export function readJudged(body: Uint8Array): readonly Gate[] {
  if (body.length > LONGEST) throw new ScoringError('the model process answers with more than gates');
  const read = z.array(gate).safeParse(parsed(body));
  if (!read.success) throw new ScoringError('the model process answers with other things than gates');
  return read.data;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
