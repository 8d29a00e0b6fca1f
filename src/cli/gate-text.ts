import type { GateFigure } from '../domain/model-gate.ts';
import type { JudgedGate } from '../domain/model-version.ts';
import { textTable } from './text-table.ts';

/** What the gates found, a line each, those that do not pass with measure and limit; and all figures, if asked for. */
export function gateText(gates: readonly JudgedGate[], withFigures: boolean): string {
  return gates
    .flatMap(({ name, verdict, measured, limit, message, figures = [] }) => [
      `  ${verdict.padEnd(5)} ${name.padEnd(13)} ${message}`,
      ...(verdict === 'PASS' ? [] : [`${' '.repeat(22)}measured: ${measured}; limit: ${limit}`]),
      ...(withFigures ? figures.map(figureText) : []),
    ])
    .join('\n');
}

function figureText({ name, rowName, columns, rows }: GateFigure): string {
  const cells = rows.map(({ label, values }) => [
    label,
    ...values.map((value) => (value === null ? '' : String(value))),
  ]);
  return `\n${name}\n${textTable([rowName, ...columns], cells)}\n`;
}
