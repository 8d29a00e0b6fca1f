import { figure, type Gate, unjudgedGate } from '../model-gate.ts';
import { rowsOfWeeks, splitInTime, type TrainingWeek, trainingWeeks } from '../training-table.ts';
import { type AreaUnderCurve, areaUnderCurve, FEWEST_OF_A_KIND } from './area-under-curve.ts';
import { type GateLimit, gateLimitText, verdictOf } from './gate-limits.ts';
import type { ScoredMaterial } from './gate-material.ts';

/** Quantile of the normal distribution: a drop that chance explains one time in forty is no proof. */
const SURE = 1.96;

/**
 * OUT_OF_TIME: whether the model ranks customers of weeks after its training as well as those that it learnt from. Measured: how
 * much lower the area under the curve is after `trained.to`. A drop that chance may explain does not fail, but warns; so does a
 * model that is no better than chance on the later weeks.
 */
export function outOfTimeGate({ training, trained, scores }: ScoredMaterial, limit: GateLimit): Gate {
  const { inTime, after } = splitInTime(trainingWeeks(training), trained);
  const auc = (weeks: readonly TrainingWeek[]) => areaUnderCurve(scores, training.labels, rowsOfWeeks(weeks));
  const [before, later] = [auc(inTime), auc(after)];
  const limits = `drop of the area under the curve: ${gateLimitText(limit)}`;
  if (before === null || later === null)
    return unjudgedGate(
      'OUT_OF_TIME',
      limits,
      `training.csv has fewer than ${FEWEST_OF_A_KIND} rows that converted, or that did not, ${before === null ? 'in time' : `after ${trained.to}`}: whether the model holds beyond its training is not shown.`,
    );
  const drop = before.value - later.value;
  const sure = drop > SURE * Math.hypot(before.standardError, later.standardError);
  const chance = later.value - SURE * later.standardError <= 0.5;
  const found = verdictOf(drop, limit);
  const verdict = (found === 'FAIL' && !sure) || (found === 'PASS' && chance) ? 'WARN' : found;
  return {
    name: 'OUT_OF_TIME',
    verdict,
    measured: `${before.value.toFixed(3)} in time, ${later.value.toFixed(3)} after`,
    limit: limits,
    message:
      verdict === 'PASS'
        ? `The model ranks customers after ${trained.to} as well as before.`
        : `${chance ? `After ${trained.to} the model is hardly better than chance` : `The model ranks customers after ${trained.to} worse than those it learnt from`}: it may have learnt what does not last.`,
    figures: [
      figure(
        'area under the curve',
        'weeks',
        ['value', 'standard error', 'converted', 'others'],
        [row('in time', before), row('after', later), ...stretches(after, auc)],
      ),
    ],
  };
}

function row(label: string, auc: AreaUnderCurve): readonly [string, ...number[]] {
  return [label, auc.value, auc.standardError, auc.converted, auc.others];
}

/** The weeks after in stretches of 13, to see whether the model fades; those with too few rows are left out. */
function stretches(
  weeks: readonly TrainingWeek[],
  auc: (weeks: readonly TrainingWeek[]) => AreaUnderCurve | null,
): readonly (readonly [string, ...number[]])[] {
  return Array.from({ length: Math.ceil(weeks.length / 13) }, (_, i) =>
    weeks.slice(13 * i, 13 * i + 13),
  ).flatMap((part) => {
    const found = auc(part);
    return found === null ? [] : [row(`${part[0]?.week} to ${part.at(-1)?.week}`, found)];
  });
}
