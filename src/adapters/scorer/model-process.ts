import { type ChildProcess, spawn } from 'node:child_process';
import { extname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { ScoringError } from '../../domain/ports.ts';
import { FRAME, type Frame, FrameReader, frameHead } from './scorer-frames.ts';

/** What a model may use before its process is ended. */
export interface ScorerLimits {
  readonly openMilliseconds: number;
  readonly batchMilliseconds: number;
  /** For all that the gates ask. */
  readonly judgeMilliseconds: number;
  /** For the model and its batches; what Node itself takes comes on top. */
  readonly memoryBytes: number;
}

interface Request {
  readonly milliseconds: number;
  readonly onWorking: (said: string) => void;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: ScoringError) => void;
}

/** What Node and V8 take of RLIMIT_DATA before a model is there: 576 MiB measured, 512 of them V8's code range. */
const RUNTIME_BYTES = 768 * 2 ** 20;

/** The longest answer: the scores of 16 million rows. */
const LONGEST_REPLY = 2 ** 27;

/** What is read of an error, in characters. */
const LONGEST_MESSAGE = 4000;

/**
 * A child process that holds one model and can be ended at any moment. Requests are answered in order; the time limit of a request
 * runs from the moment it is the first in line, and anew when the process says that it gets on. On Linux the kernel bounds the memory
 * (RLIMIT_DATA: what the process may allocate; reserved address space, of which Node takes a lot, does not count).
 */
export class ModelProcess {
  private readonly child: ChildProcess;
  private readonly requests: Writable;
  private readonly waiting: Request[] = [];
  private readonly exited: Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private ended: ScoringError | undefined;

  constructor(private readonly limits: ScorerLimits) {
    this.child = spawnScorer(limits.memoryBytes);
    const { stdin, stdio } = this.child;
    const replies = stdio[3];
    if (stdin === null || !(replies instanceof Readable)) throw new Error('the model process has no pipes');
    this.requests = stdin;
    // A write to a process that just died fails here; its exit says why.
    this.requests.on('error', () => undefined);
    replies.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.end(`the model process cannot be started (${error.message})`);
        resolve();
      });
      this.child.once('close', (code, signal) => {
        this.end(crashMessage(code, signal, limits));
        resolve();
      });
    });
    const reader = new FrameReader(LONGEST_REPLY);
    replies.on('data', (chunk: Uint8Array) => this.receive(reader, chunk));
  }

  /**
   * Sends a frame and waits for its answer. Throws ScoringError where the model fails, crashes or exceeds a limit.
   * @param onWorking told what the process says of its work meanwhile
   */
  request(
    kind: number,
    value: number,
    parts: readonly Uint8Array[],
    onWorking: (said: string) => void = () => {},
  ): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) {
        reject(this.ended);
        return;
      }
      const milliseconds = kind === FRAME.OPEN ? this.limits.openMilliseconds : this.limits.batchMilliseconds;
      this.waiting.push({ milliseconds, onWorking, resolve, reject });
      if (this.waiting.length === 1) this.startTimer();
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      this.requests.write(frameHead(kind, value, length));
      for (const part of parts) this.requests.write(part);
    });
  }

  /** Ends the process; whoever waits for an answer is told why. */
  giveUp(message: string): void {
    this.end(message);
  }

  /** Ends the process and waits until it is gone. */
  async close(): Promise<void> {
    this.end('the session is closed');
    await this.exited;
  }

  private receive(reader: FrameReader, chunk: Uint8Array): void {
    try {
      for (const frame of reader.push(chunk)) this.answer(frame);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.end('the model process answers with more than scores');
    }
  }

  private answer(frame: Frame): void {
    if (frame.kind === FRAME.WORKING) {
      clearTimeout(this.timer);
      if (this.waiting.length > 0) this.startTimer();
      if (frame.body.length > 0) this.waiting[0]?.onWorking(Buffer.from(frame.body).toString());
      return;
    }
    const request = this.waiting.shift();
    clearTimeout(this.timer);
    if (this.waiting.length > 0) this.startTimer();
    if (frame.kind === FRAME.ERROR) {
      request?.reject(new ScoringError(plainMessage(Buffer.from(frame.body).toString())));
    } else request?.resolve(frame);
  }

  private startTimer(): void {
    const milliseconds = this.waiting[0]?.milliseconds ?? 0;
    this.timer = setTimeout(() => {
      this.end(
        `the model did not answer within ${milliseconds / 1000} s and was ended: export a smaller model`,
      );
    }, milliseconds);
  }

  private end(message: string): void {
    if (this.ended !== undefined) return;
    this.ended = new ScoringError(message);
    clearTimeout(this.timer);
    this.child.kill('SIGKILL');
    for (const request of this.waiting.splice(0)) request.reject(this.ended);
  }
}

function spawnScorer(memoryBytes: number): ChildProcess {
  const file = join(import.meta.dirname, `scorer-process${extname(import.meta.filename)}`);
  const options = {
    // Nothing of the service's environment, no working folder of interest, three pipes.
    env: {},
    cwd: import.meta.dirname,
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'] as const satisfies readonly ('pipe' | 'ignore')[],
  };
  if (process.platform !== 'linux')
    return spawn(process.execPath, [file], { ...options, stdio: [...options.stdio] });
  // Where the limit cannot be set, a lower one is in force already.
  const kibibytes = Math.floor((RUNTIME_BYTES + memoryBytes) / 1024);
  const script = `ulimit -c 0; ulimit -d ${kibibytes}; exec "$0" "$@"`;
  return spawn('/bin/sh', ['-c', script, process.execPath, file], { ...options, stdio: [...options.stdio] });
}

function crashMessage(code: number | null, signal: string | null, { memoryBytes }: ScorerLimits): string {
  const how = signal ?? `exit code ${code}`;
  return `the model's process ended by itself (${how}): it crashed or asked for more than ${Math.round(memoryBytes / 2 ** 20)} MiB; export a smaller model with standard operators`;
}

/** What onnxruntime says, without the places in its source code, and what to do about it where that is known. */
function plainMessage(answer: string): string {
  // What a foreign file calls its parts comes back in messages, however long it is.
  const message = answer.slice(0, LONGEST_MESSAGE);
  const plain = message
    .replaceAll(/\/onnxruntime_src\/\S+ .*?[)\]](?: const)? (?=[A-Z][A-Za-z]* [A-Za-z])/gs, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
  const advice = ADVICE.find(([pattern]) => pattern.test(message))?.[1];
  return advice === undefined ? plain : `${plain} – ${advice}`;
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/IR version/, 'export for an older IR version'],
  [/Opset \d+ is under development/, 'export with a lower target_opset'],
  [
    /does not match expected type/,
    'export with FloatTensorType inputs, so that declared and produced types agree',
  ],
  [
    /invalid dimensions|Got invalid|Invalid Feature|feature/i,
    'the model takes another number of features than the card has',
  ],
  [
    /allocate|bad_alloc|bfc_arena/,
    'the model asks for more memory than a model may have: export a smaller one',
  ],
  [/tree_ensemble/, 'the trees are malformed: export the model again'],
  [
    /invalid model|ShapeInferenceError|Failed to load model|data size/i,
    'the model is not sound: export it again, and check it with onnx.checker',
  ],
  [/protobuf parsing failed/, 'the file is not an ONNX model or was cut off: export it again'],
];
