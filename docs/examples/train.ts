/**
 * A worked example without any package: trains a logistic regression from the training.csv of a model package and writes
 * model.onnx and reference.csv beside it. Node 24 runs it as it stands:
 *
 *     node docs/examples/train.ts FOLDER 2025-W12
 *
 * The week is the last one that the model learns from, `trained.to` in card.yaml; rows of later weeks are left to the gates.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NEWTON_STEPS = 15;
/** Keeps columns that say the same from blowing up. */
const RIDGE = 1e-6;
const REFERENCE_ROWS = 200;

/** Log-odds are `bias` and the sum of weights times features. */
export interface LogisticModel {
  readonly weights: readonly number[];
  readonly bias: number;
}

/** Newton's method on standardised columns, which are folded into the weights again. */
export function train(rows: readonly (readonly number[])[], labels: readonly number[]): LogisticModel {
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? 0));
  const means = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const scales = columns.map((values, column) => {
    const mean = means[column] ?? 0;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  });
  const scaled = rows.map((row) => [
    1,
    ...row.map((value, at) => (value - (means[at] ?? 0)) / (scales[at] ?? 1)),
  ]);
  let beta = new Array<number>(width + 1).fill(0);
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    const gradient = new Array<number>(width + 1).fill(0);
    const hessian = Array.from({ length: width + 1 }, (_, at) =>
      Array.from({ length: width + 1 }, (_, other) => Number(at === other) * RIDGE),
    );
    scaled.forEach((row, at) => {
      const p = sigmoid(row.reduce((sum, value, column) => sum + value * (beta[column] ?? 0), 0));
      row.forEach((value, one) => {
        gradient[one] = (gradient[one] ?? 0) + value * ((labels[at] ?? 0) - p);
        const line = hessian[one] ?? [];
        row.forEach((factor, other) => {
          line[other] = (line[other] ?? 0) + value * factor * p * (1 - p);
        });
      });
    });
    const change = solve(hessian, gradient);
    beta = beta.map((value, at) => value + (change[at] ?? 0));
  }
  const weights = scales.map((scale, at) => (beta[at + 1] ?? 0) / scale);
  return {
    weights,
    bias: (beta[0] ?? 0) - weights.reduce((sum, weight, at) => sum + weight * (means[at] ?? 0), 0),
  };
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

export function score({ weights, bias }: LogisticModel, row: readonly number[]): number {
  return sigmoid(weights.reduce((sum, weight, at) => sum + weight * (row[at] ?? 0), bias));
}

/** Gauss and Jordan; the matrix is positive definite, so that no rows need to be exchanged. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const lines = matrix.map((line, at) => [...line, right[at] ?? 0]);
  for (const [at, line] of lines.entries()) {
    const pivot = line[at] ?? 1;
    for (let column = at; column < line.length; column += 1) line[column] = (line[column] ?? 0) / pivot;
    for (const [other, target] of lines.entries()) {
      const factor = other === at ? 0 : (target[at] ?? 0);
      for (let column = at; column < line.length; column += 1)
        target[column] = (target[column] ?? 0) - factor * (line[column] ?? 0);
    }
  }
  return lines.map((line) => line.at(-1) ?? 0);
}

/**
 * The model as ONNX: features [N, width] times weights plus bias through Sigmoid gives probability [N, 1]. An ONNX file is one
 * protobuf message; the numbers of its fields are those of onnx.proto.
 */
export function toOnnx({ weights, bias }: LogisticModel): Uint8Array {
  const FLOAT = 1;
  const node = (op: string, inputs: readonly string[], output: string) =>
    bytes(1, ...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(4, op));
  const numbers = (name: string, dims: readonly number[], values: readonly number[]) =>
    bytes(
      5,
      ...dims.map((dim) => number(1, dim)),
      number(2, FLOAT),
      bytes(8, name),
      bytes(9, new Uint8Array(Float32Array.from(values).buffer)),
    );
  const matrix = (field: number, name: string, columns: number) =>
    bytes(
      field,
      bytes(1, name),
      bytes(2, bytes(1, number(1, FLOAT), bytes(2, bytes(1, bytes(2, 'N')), bytes(1, number(1, columns))))),
    );
  const graph = bytes(
    7,
    node('MatMul', ['features', 'weights'], 'sum'),
    node('Add', ['sum', 'bias'], 'logOdds'),
    node('Sigmoid', ['logOdds'], 'probability'),
    bytes(2, 'logistic regression'),
    numbers('weights', [weights.length, 1], weights),
    numbers('bias', [1], [bias]),
    matrix(11, 'features', weights.length),
    matrix(12, 'probability', 1),
  );
  return Buffer.concat([
    number(1, 8),
    bytes(2, 'docs/examples/train.ts'),
    graph,
    bytes(8, bytes(1, ''), number(2, 13)),
  ]);
}

function varint(value: number): Uint8Array {
  return value < 128
    ? Uint8Array.of(value)
    : Uint8Array.of((value % 128) + 128, ...varint(Math.floor(value / 128)));
}

function number(field: number, value: number): Uint8Array {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function bytes(field: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
}

/** Reads training.csv, trains on the weeks up to and with `last`, writes model.onnx and reference.csv. */
export function trainPackage(folder: string, last: string): LogisticModel {
  const [header = '', ...lines] = readFileSync(join(folder, 'training.csv'), 'utf8').trim().split(/\r?\n/);
  const features = header.split(',').slice(1, -1);
  const learnt = lines.map((line) => line.split(',')).filter(([week = '']) => week <= last);
  // Float32, as the model will get them.
  const rows = learnt.map((cells) => cells.slice(1, -1).map((cell) => Math.fround(Number(cell))));
  const model = train(
    rows,
    learnt.map((cells) => Number(cells.at(-1))),
  );
  // At even distances in the order of their scores, so that the mean score of the sample is that of all.
  const order = [...rows.keys()].sort((a, b) => score(model, rows[a] ?? []) - score(model, rows[b] ?? []));
  const sample = Array.from({ length: Math.min(REFERENCE_ROWS, rows.length) }, (_, at) => {
    const row = order[Math.floor(((at + 0.5) * rows.length) / Math.min(REFERENCE_ROWS, rows.length))] ?? 0;
    return learnt[row]?.slice(1, -1).join(',') ?? '';
  });
  writeFileSync(join(folder, 'model.onnx'), toOnnx(model));
  writeFileSync(join(folder, 'reference.csv'), `${features.join(',')}\n${sample.join('\n')}\n`);
  console.log(`${rows.length} rows of ${features.length} features; bias ${model.bias}`);
  for (const [at, name] of features.entries()) console.log(`${name}: ${model.weights[at]}`);
  return model;
}

if (import.meta.main) trainPackage(process.argv[2] ?? '.', process.argv[3] ?? '9999-W01');
