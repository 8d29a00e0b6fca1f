import { writeFile } from 'node:fs/promises';
import { openApp } from '../app.ts';
import type { Settings } from '../config.ts';
import type { Purpose } from '../domain/purpose.ts';
import { proveDecision } from '../use-cases/prove-decision.ts';
import { type AskedExplanation, readExplanation } from '../use-cases/read-explanation.ts';
import { COMMAND_LINE } from './command-line.ts';
import { explanationTables } from './explanation-tables.ts';

/**
 * `waarom explain`: why a week's run decided on a customer as it did, for inside with every rule and contribution.
 * @param proofFile where to write the proof of the decision, null for nowhere
 * @param purpose for what, in the log
 */
export async function explainDecision(
  settings: Settings,
  asked: AskedExplanation,
  proofFile: string | null,
  purpose: Purpose = { kind: 'INVESTIGATION', reference: null },
): Promise<string> {
  const caller = { ...COMMAND_LINE, purpose };
  const app = await openApp(settings);
  try {
    const explained = await readExplanation(app.services, caller, asked);
    const { title, text } = explained.words;
    const parts = [title, text];
    if (asked.audience === 'INTERNAL') parts.push(explanationTables(explained));
    if (proofFile !== null) {
      await writeFile(proofFile, await proveDecision(app.services, caller, asked));
      parts.push(`The proof of the decision is in ${proofFile}.`);
    }
    return parts.join('\n\n');
  } finally {
    await app.close();
  }
}
