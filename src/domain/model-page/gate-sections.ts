import type { GateFigure } from '../model-gate.ts';
import type { JudgedGate } from '../model-version.ts';
import { blocks, plain, table } from './markdown.ts';
import { PAGE_LABELS, type PageLanguage } from './model-page-labels.ts';

/** What the gates found, which warnings were accepted, and all their figures. */
export function gateSections(gates: readonly JudgedGate[], language: PageLanguage): readonly string[] {
  const say = PAGE_LABELS[language];
  const accepted = gates.filter(({ acceptance }) => acceptance !== null);
  const figures = gates.flatMap(({ name, figures: found = [] }) => found.map((one) => figure(name, one)));
  return [
    `## ${say.gates}`,
    gates.length === 0
      ? say.none
      : table(
          [say.gate, say.verdict, say.finding, say.measured, say.limit],
          gates.map(({ name, verdict, message, measured, limit }) => [
            plain(name),
            verdict,
            plain(message),
            plain(measured),
            plain(limit),
          ]),
        ),
    `### ${say.acceptances}`,
    accepted.length === 0
      ? say.none
      : table(
          [say.gate, say.acceptedBy, say.reason],
          accepted.map(({ name, acceptedBy, acceptance }) => [
            plain(name),
            plain(acceptedBy ?? ''),
            plain(acceptance ?? ''),
          ]),
        ),
    ...(figures.length === 0 ? [] : [`### ${say.figures}`, ...figures]),
  ];
}

function figure(gate: string, { name, rowName, columns, rows }: GateFigure): string {
  return blocks(
    `#### ${plain(gate)}: ${plain(name)}`,
    table(
      [plain(rowName), ...columns.map(plain)],
      rows.map(({ label, values }) => [
        plain(label),
        ...values.map((value) => (value === null ? '' : `${value}`)),
      ]),
      columns.map((_, column) => column + 1),
    ),
  );
}
