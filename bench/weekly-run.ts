/**
 * The weekly run of a million customers (16 columns, seven features, a model of a hundred trees), its steps timed one by one, and
 * its floor in the same process on the same server: the same bytes through COPY in, COPY out, onnxruntime, COPY in of the
 * decisions, and nothing else. `npm run bench:weekly-run [-- CUSTOMERS ROUNDS]`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Round } from './support/weekly-round.ts';

const customers = process.argv[2] ?? '1000000';
/** Five: a machine that others share is a third slower from one quarter of a minute to the next. */
const rounds = Number(process.argv[3] ?? 5);
const PROGRAM = join(import.meta.dirname, 'support/weekly-round.js');

const ratios: { all: number; strict: number }[] = [];
for (let round = 0; round < rounds; round++) {
  console.log(`\nround ${round + 1}`);
  const { seconds, floor } = await oneRound();
  const strict = floor.copyIn + floor.score + floor.copyOut;
  const all = strict + floor.copyDecisionsIn;
  ratios.push({ all: seconds / all, strict: seconds / strict });
  console.log(`run is ${ratioText(seconds / all, seconds / strict)}`);
}
console.log(
  `\nmedian of ${rounds}: ${ratioText(median(ratios.map(({ all }) => all)), median(ratios.map(({ strict }) => strict)))}`,
);

async function oneRound(): Promise<Round> {
  const child = fork(PROGRAM, [customers]);
  let said: Round | undefined;
  child.on('message', (round: Round) => {
    said = round;
  });
  const [code] = await once(child, 'exit');
  if (said === undefined || code !== 0) throw new Error(`the round ended with ${code}`);
  return said;
}

function ratioText(all: number, strict: number): string {
  return `${all.toFixed(2)} × the floor (${strict.toFixed(2)} × without the decisions' COPY)`;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
