import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { FileModelPackageReader } from '../../src/adapters/package/model-package-reader.ts';
import { readOnnxModel } from '../../src/adapters/scorer/onnx-model.ts';
import { OnnxScorer } from '../../src/adapters/scorer/onnx-scorer.ts';
import { planScoring } from '../../src/adapters/scorer/scoring-plan.ts';
import { Random } from '../../src/demo/random.ts';
import { modelSpec } from '../../src/domain/model-spec.ts';
import { PackageError, ScoringError } from '../../src/domain/ports.ts';
import { mutant, SPOILT, type Spoilt } from './package-mutants.ts';

/** How a mutated package was answered; anything else is a fault. */
type Answer = 'package refused' | 'model refused' | 'sound' | 'opened' | 'refused when opened';

/** What the program prints when it is through. */
export interface FuzzReport {
  readonly seed: number;
  readonly mutants: number;
  readonly answers: Readonly<Record<Spoilt, Partial<Record<Answer, number>>>>;
  /** Faults by the number of the mutant, with their stacks; ten at most. */
  readonly faults: readonly string[];
  /** Open descriptors before and after; null where the system does not tell. */
  readonly descriptors: { readonly before: number | null; readonly after: number | null };
  /** Child processes that are left. */
  readonly children: number | null;
  readonly peakMebibytes: number;
  readonly seconds: number;
}

const HANGS_AFTER_MILLISECONDS = 90_000;
const LIMITS = {
  openMilliseconds: 20_000,
  batchMilliseconds: 20_000,
  memoryBytes: 512 * 2 ** 20,
  judgeMilliseconds: 20_000,
};

const { values: given } = parseArgs({
  options: {
    mutants: { type: 'string' },
    opened: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});
const mutants = Number(given.mutants ?? 100_000);
/** How many of the packages that can be read have their model opened, in a process each. */
const opened = Number(given.opened ?? 1000);
const seed = Number(given.seed ?? Math.floor(Date.now() / 1000));
const only = given.only === undefined ? null : Number(given.only);
process.stderr.write(`seed ${seed}: again with --seed ${seed}, one mutant alone with --only <number>\n`);

const at = new Int32Array(new SharedArrayBuffer(4));
watch(at);
const report = await fuzz();
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
for (const fault of report.faults) process.stderr.write(`${fault}\n`);
process.exit(report.faults.length === 0 ? 0 : 1);

async function fuzz(): Promise<FuzzReport> {
  const started = performance.now();
  const answers = { zip: {}, onnx: {}, yaml: {}, csv: {} } satisfies FuzzReport['answers'];
  const faults: string[] = [];
  const scorer = new OnnxScorer(LIMITS);
  // The first look costs descriptors that stay.
  await tryPackage(mutant(new Random(seed, -1), 'csv'), scorer);
  await tryPackage(mutant(new Random(seed, -2), 'onnx'), null);
  const before = descriptors();
  let tried = 0;
  for (let number = only ?? 0; number < mutants && faults.length < 10; number++) {
    Atomics.store(at, 0, number);
    const random = new Random(seed, number);
    const spoilt = SPOILT[number % SPOILT.length] ?? 'zip';
    const due = only !== null || tried < (opened * (number + 1)) / mutants;
    try {
      const answer = await tryPackage(mutant(random, spoilt), due && spoilt === 'onnx' ? scorer : null);
      if (answer === 'opened' || answer === 'refused when opened') tried += 1;
      const counts: Partial<Record<Answer, number>> = answers[spoilt];
      counts[answer] = (counts[answer] ?? 0) + 1;
    } catch (error) {
      faults.push(
        `mutant ${number} of seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`,
      );
    }
    if (only !== null) break;
  }
  return {
    seed,
    mutants,
    answers,
    faults,
    descriptors: { before, after: descriptors() },
    children: children(),
    peakMebibytes: Math.round(process.resourceUsage().maxRSS / 1024),
    seconds: Math.round((performance.now() - started) / 1000),
  };
}

/** @param scorer opens the model, scores and explains with it; null where the file is only looked at */
async function tryPackage(zip: Uint8Array, scorer: OnnxScorer | null): Promise<Answer> {
  try {
    const { card, files, reference } = await new FileModelPackageReader().fromZip(zip);
    const spec = modelSpec(card, files['model.onnx']);
    planScoring(readOnnxModel(spec.model), spec);
    if (scorer === null) return 'sound';
    return await openModel(scorer, spec, Float32Array.from(reference.flat()));
  } catch (error) {
    if (error instanceof PackageError && error.message !== '') return 'package refused';
    if (error instanceof ScoringError && error.message !== '') return 'model refused';
    throw error;
  }
}

async function openModel(
  scorer: OnnxScorer,
  spec: ReturnType<typeof modelSpec>,
  reference: Float32Array,
): Promise<Answer> {
  try {
    const session = await scorer.open(spec);
    try {
      await session.score(reference, reference.length / spec.features.length);
      await session.explain(reference, reference.slice(0, spec.features.length));
    } finally {
      await session.close();
    }
    return 'opened';
  } catch (error) {
    if (error instanceof ScoringError && error.message !== '') return 'refused when opened';
    throw error;
  }
}

function descriptors(): number | null {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : null;
}

function children(): number | null {
  if (process.platform !== 'linux') return null;
  const pids = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim();
  return pids === '' ? 0 : pids.split(' ').length;
}

/** Ends the program, naming the mutant, where one is not answered: a look from another thread, as a hang would stop this one. */
function watch(number: Int32Array<SharedArrayBuffer>): void {
  const program = `
    const { workerData: at } = require('node:worker_threads');
    const { writeSync } = require('node:fs');
    let seen = at[0];
    setInterval(() => {
      if (at[0] === seen && seen > 0) {
        writeSync(2, 'mutant ' + seen + ' hangs\\n');
        process.kill(process.pid, 'SIGKILL');
      }
      seen = at[0];
    }, ${HANGS_AFTER_MILLISECONDS});`;
  new Worker(program, { eval: true, workerData: number }).unref();
}
