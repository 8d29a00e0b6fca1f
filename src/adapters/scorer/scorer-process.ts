import { Socket } from 'node:net';
import { constants, getPriority, setPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FeatureInput } from '../../domain/gates/gate-material.ts';
import { cutsBody } from './cuts-body.ts';
import { explainedBody } from './explained-body.ts';
import { judgedBy } from './judge-request.ts';
import { noProbability } from './no-probability.ts';
import type { OnnxExplainer } from './onnx-explainer.ts';
import type { OnnxSession } from './onnx-session.ts';
import { FRAME, FrameReader, frameHead } from './scorer-frames.ts';
import type { ScoringPlan } from './scoring-plan.ts';

const PROGRESS_MILLISECONDS = 100;
/** By how much a process that judges stands behind the service; it cannot take it back. */
const JUDGING_NICENESS = 10;

/**
 * The process that holds one model. Frames come in on stdin, answers go out on descriptor 3 in the same order; it
 * ends with its stdin. Standard output stays free for whatever native code likes to print.
 */
async function serve(): Promise<void> {
  const replies = new Socket({ fd: 3 });
  const reader = new FrameReader(2 ** 32 - 1);
  let session: OnnxSession | undefined;
  let explainer: OnnxExplainer | undefined;
  let input: FeatureInput = 'MATRIX';
  for await (const chunk of process.stdin) {
    for (const { kind, value, body } of reader.push(chunk)) {
      try {
        if (kind === FRAME.OPEN) {
          ({ session, explainer, input } = await open(body, value, progress(replies)));
          reply(replies, FRAME.OPENED, 0, Buffer.from(session.runtime));
        } else if (kind === FRAME.SCORE && session !== undefined) {
          const scores = await session.score(new Float32Array(body.buffer), value);
          reply(replies, FRAME.SCORES, value, new Uint8Array(scores.buffer));
        } else if (kind === FRAME.EXPLAIN && explainer !== undefined) {
          const explained = await explainer.explain(new Float32Array(body.buffer), value);
          reply(replies, FRAME.EXPLAINED, explained.length, explainedBody(explained));
        } else if (kind === FRAME.CUTS && explainer !== undefined) {
          reply(replies, FRAME.CUT, 0, cutsBody(await explainer.cuts(new Float32Array(body.buffer))));
        } else if (kind === FRAME.JUDGE && session !== undefined) {
          const gates = await judge(session, input, body, value, replies);
          reply(replies, FRAME.JUDGED, 0, Buffer.from(JSON.stringify(gates)));
        }
      } catch (error) {
        reply(replies, FRAME.ERROR, 0, Buffer.from(error instanceof Error ? error.message : 'unknown error'));
      }
    }
  }
}

async function open(body: Uint8Array, planLength: number, onProgress: () => void) {
  const plan: ScoringPlan = JSON.parse(Buffer.from(body.subarray(0, planLength)).toString());
  const { OnnxSession } = await import('./onnx-session.ts');
  const { OnnxExplainer } = await import('./onnx-explainer.ts');
  const model = body.slice(planLength);
  const session = await OnnxSession.open(model, plan);
  const input: FeatureInput = plan.input.kind === 'columns' ? 'NAMED' : 'MATRIX';
  return { session, input, explainer: new OnnxExplainer(session, model, plan, onProgress) };
}

async function judge(
  session: OnnxSession,
  input: FeatureInput,
  body: Uint8Array<ArrayBuffer>,
  headLength: number,
  replies: Socket,
) {
  // Judging takes seconds that nobody waits for at a screen: whoever answers those who do goes first.
  setPriority(Math.min(getPriority() + JUDGING_NICENESS, constants.priority.PRIORITY_LOW));
  const { judgeModel } = await import('../../domain/gates/judge-model.ts');
  const { material, limits } = judgedBy(body, headLength);
  const onProgress = progress(replies);
  const ask = async (rows: Float32Array<ArrayBuffer>, count: number) => {
    const scores = await session.score(rows, count);
    onProgress();
    const wrong = noProbability(scores);
    if (wrong !== null) throw new Error(wrong);
    return scores;
  };
  return judgeModel(ask, material, limits, input, (gate) =>
    reply(replies, FRAME.WORKING, 0, Buffer.from(gate)),
  );
}

/** Says that the request under way goes on, now and then. */
function progress(replies: Socket): () => void {
  let said = performance.now();
  return () => {
    if (performance.now() - said < PROGRESS_MILLISECONDS) return;
    said = performance.now();
    reply(replies, FRAME.WORKING, 0, new Uint8Array(0));
  };
}

function reply(replies: Socket, kind: number, value: number, body: Uint8Array): void {
  replies.write(frameHead(kind, value, body.length));
  replies.write(body);
}

// A model that computes blocks this thread, and with it the end of stdin: another thread looks whether the
// service is still there.
new Worker(
  `const parent = process.ppid; setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500);`,
  { eval: true },
).unref();

await serve();
process.exit(0);
