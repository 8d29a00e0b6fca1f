/**
 * What the audit log costs: the rate of appending against plain INSERTs, the lag from commit to signed checkpoint, size and time of
 * proofs (the rate of verifying offline is bench:audit-offline). `npm run bench:audit [-- PART…]`, parts: append, lag, proofs.
 */

import { appendRate } from './support/append-rate.ts';
import { openAuditBench } from './support/audit-bench.ts';
import { checkpointLag } from './support/checkpoint-lag.ts';
import { proofCost } from './support/proof-cost.ts';

const asked = process.argv.slice(2);
const wants = (part: string) => asked.length === 0 || asked.includes(part);

const bench = await openAuditBench();
try {
  if (wants('append')) await appendRate(bench, 7, 4);
  if (wants('lag')) await checkpointLag(bench, 1000, 30);
  if (wants('proofs')) await proofCost(bench, 1_000_000);
} finally {
  await bench.close();
}
