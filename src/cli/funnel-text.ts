import type { Funnel } from '../domain/funnel.ts';

/** A run's funnel as a person reads it on a terminal. */
export function funnelText(funnel: Funnel): string {
  const count = (value: number) => value.toLocaleString('en').padStart(10);
  const arm = (name: string) => funnel.arms.find((each) => each.arm === name)?.count ?? 0;
  const rows: readonly (readonly [number, string])[] = [
    [funnel.considered, 'customers considered'],
    [funnel.notEligible, 'not eligible'],
    [funnel.eligible, 'eligible and scored'],
    [funnel.aboveThreshold, 'at or above the threshold'],
    [funnel.notChosen, 'not chosen'],
    [funnel.heldOut, 'held out'],
    [
      funnel.mailed,
      `proposed for mailing (${arm('MODEL')} by the model, ${arm('EXPLORATION')} drawn at random)`,
    ],
  ];
  const reasons = funnel.reasons.map(
    ({ reason, count: all, decisive }) => `${count(decisive)}${count(all)}  ${reason}`,
  );
  return [
    ...rows.map(([value, what]) => `${count(value)}  ${what}`),
    '',
    '  decisive     found  reason',
    ...reasons,
  ].join('\n');
}
