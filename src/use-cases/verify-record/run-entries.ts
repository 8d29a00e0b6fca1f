import { type RunStep, STATUS_AT_STEP } from '../../domain/run.ts';
import type { RecordClaims } from './record-claims.ts';
import {
  listDetail,
  namedDigest,
  numberDetail,
  type Says,
  type SpokenEntry,
  textDetail,
} from './spoken-entry.ts';

const started: Says = (claims, spoken) => {
  const { index, entry, subject, campaign } = spoken;
  if (spoken.entry.details.started !== true) return;
  const earlier = textDetail(spoken, 'supersedes');
  if (earlier !== null) claims.say('run', earlier, index, { current: false, status: 'SUPERSEDED' });
  claims.say('run', subject, index, {
    campaign,
    week: textDetail(spoken, 'week'),
    attempt: numberDetail(spoken, 'attempt'),
    current: true,
    trigger: textDetail(spoken, 'trigger'),
    actor: entry.actor,
    startedAt: entry.at,
    config: numberDetail(spoken, 'config'),
    configDigest: textDetail(spoken, 'configDigest'),
    model: textDetail(spoken, 'model'),
    modelId: textDetail(spoken, 'modelId'),
    contractDigest: textDetail(spoken, 'contractDigest'),
    status: 'CHECKING',
    step: 'RECEIVE',
    finishedAt: null,
    snapshotRows: null,
    snapshotDigest: null,
    decisionRoot: null,
    manifestDigest: null,
  });
};

const received: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  claims.say('run', subject, index, {
    ...stepTo(spoken, 'DECIDE'),
    asOf: textDetail(spoken, 'asOf'),
    snapshotDigest: entry.digest,
    snapshotRows: numberDetail(spoken, 'rows'),
    rejectedRows: numberDetail(spoken, 'rejected'),
  });
  for (const file of listDetail(spoken, 'files')) {
    const [name, digest] = namedDigest(file);
    claims.say('run_feed_file', `${subject}/${name}`, index, { digest });
  }
};

const decided: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  claims.say('run', subject, index, {
    ...stepTo(spoken, 'EXPLAIN'),
    decisionRoot: textDetail(spoken, 'decisionRoot'),
    snapshotDigest: textDetail(spoken, 'snapshot'),
    manifestDigest: entry.digest,
    manifest: entry.digest,
  });
  claims.say('run_funnel', subject, index, { content: textDetail(spoken, 'funnel') });
};

const explained: Says = (claims, spoken) =>
  claims.say(
    'run',
    spoken.subject,
    spoken.index,
    stepTo(spoken, textDetail(spoken, 'next') === 'CHALLENGE' ? 'CHALLENGE' : 'DRAW'),
  );

const challenged: Says = (claims, spoken) => {
  const { subject, index } = spoken;
  claims.say('run', subject, index, stepTo(spoken, 'DRAW'));
  claims.say('run_challenger', subject, index, {
    modelId: textDetail(spoken, 'modelId'),
    outcome: textDetail(spoken, 'outcome'),
    reason: textDetail(spoken, 'reason'),
    scored: numberDetail(spoken, 'scored'),
    root: textDetail(spoken, 'root'),
    summary: textDetail(spoken, 'summary'),
  });
};

const drawn: Says = (claims, spoken) => {
  const { index, entry, subject, campaign } = spoken;
  const batch = textDetail(spoken, 'batch');
  claims.say('run', subject, index, stepTo(spoken, 'DONE'));
  if (batch === null) return;
  claims.say('batch', batch, index, {
    campaign,
    runId: subject,
    week: textDetail(spoken, 'week'),
    status: 'IN_REVIEW',
    size: numberDetail(spoken, 'size'),
    drawn: numberDetail(spoken, 'size'),
    sample: numberDetail(spoken, 'sample'),
    digest: entry.digest,
    content: entry.digest,
    submittedBy: null,
    decidedBy: null,
    approvedDigest: null,
    heldBy: null,
    heldFrom: null,
    releasedBy: null,
  });
};

const halted: Says = (claims, spoken) =>
  claims.say('run', spoken.subject, spoken.index, stepTo(spoken, 'DONE'));

const failed: Says = (claims, { subject, index, entry }) =>
  claims.say('run', subject, index, { status: 'FAILED', finishedAt: entry.at });

const resumed: Says = (claims, spoken) =>
  claims.say('run', spoken.subject, spoken.index, {
    status: textDetail(spoken, 'after'),
    trigger: 'RESUME',
    finishedAt: null,
  });

const due: Says = (claims, spoken) => {
  const { subject, index, entry, campaign } = spoken;
  claims.say('scheduled_start', `${campaign}/${subject}`, index, {
    dueAt: textDetail(spoken, 'dueAt'),
    outcome: textDetail(spoken, 'outcome'),
    decidedAt: entry.at,
  });
};

const reproduced: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  claims.say('reproduction', textDetail(spoken, 'reproduction') ?? '', index, {
    runId: subject,
    at: entry.at,
    by: entry.actor,
    verdict: textDetail(spoken, 'verdict'),
    compared: numberDetail(spoken, 'compared'),
    differing: numberDetail(spoken, 'differing'),
    erased: numberDetail(spoken, 'erased'),
    decisionRoot: textDetail(spoken, 'decisionRoot'),
    certificate: entry.digest,
  });
};

/** What entries say of runs, of when they were due and executed again, and of batches when they are drawn. */
export const RUN_ENTRIES: Readonly<Record<string, Says>> = {
  'run.due': due,
  'run.start': started,
  'run.receive': received,
  'run.decide': decided,
  'run.explain': explained,
  'run.challenge': challenged,
  'run.draw': drawn,
  'run.halt': halted,
  'run.fail': failed,
  'run.resume': resumed,
  'run.reproduce': reproduced,
};

/** What the fate of its batch makes of a run. */
export function sayOfRun(
  claims: RecordClaims,
  batch: string,
  index: number,
  status: 'RELEASED' | 'REJECTED',
): void {
  const run = claims.value('batch', batch, 'runId');
  if (typeof run !== 'string') return;
  // A run that another attempt superseded stays what it is.
  if (status === 'RELEASED' || claims.value('run', run, 'current') === true)
    claims.say('run', run, index, { status });
}

/** A step done: the next one, or the end where the status waits for no step. */
function stepTo(spoken: SpokenEntry, next: RunStep) {
  const status = textDetail(spoken, 'after');
  const goesOn = next !== 'DONE' && status === STATUS_AT_STEP[next];
  return goesOn ? { status, step: next } : { status, step: 'DONE', finishedAt: spoken.entry.at };
}
