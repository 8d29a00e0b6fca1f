import type { JudgingProgress } from '../domain/judging.ts';
import type { RunStep } from '../domain/run.ts';
import type { RunProgress } from '../use-cases/services.ts';

const WIDTH = 24;
const STEPS: Readonly<Record<string, string>> = {
  RECEIVE: 'receiving',
  DECIDE: 'deciding',
  EXPLAIN: 'explaining',
  CHALLENGE: 'scoring with the challenger',
  DRAW: 'drawing the batch',
  DONE: 'done',
} satisfies Record<RunStep, string>;

/** Where long work shows how far it is: one line that is written over on a terminal, nothing in a pipe. */
export class ProgressBar {
  constructor(readonly stream: NodeJS.WriteStream) {}

  /** Whether there is anybody to see it. */
  get isSeen(): boolean {
    return this.stream.isTTY === true;
  }

  readonly run = ({ campaign, week, step, done, total }: RunProgress): void =>
    this.show(`${campaign} ${week} ${STEPS[step] ?? step}`, done, total);

  readonly judging = ({ step, done, total }: JudgingProgress): void =>
    this.show(`judging: ${step}, gates`, done, total);

  show(what: string, done: number, total: number): void {
    if (!this.isSeen) return;
    const share = total === 0 ? 0 : Math.min(1, done / total);
    const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '·');
    this.stream.write(
      `\r\u001b[2K${bar} ${what}${total === 0 ? '' : ` ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`}`,
    );
  }

  clear(): void {
    if (this.isSeen) this.stream.write('\r\u001b[2K');
  }
}
