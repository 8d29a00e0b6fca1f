import { sayOfRun } from './run-entries.ts';
import { isDetail, numberDetail, type Says, textDetail } from './spoken-entry.ts';

const reviewed: Says = (claims, spoken) =>
  claims.say(`sample_item ${spoken.subject}`, textDetail(spoken, 'customer') ?? '', spoken.index, {
    verdict: textDetail(spoken, 'verdict'),
    reviewer: spoken.entry.actor,
    reason: textDetail(spoken, 'reason'),
  });

const removed: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  claims.say(`recipient ${subject}`, textDetail(spoken, 'customer') ?? '', index, {
    removedBy: entry.actor,
    removedAt: entry.at,
    reason: textDetail(spoken, 'reason'),
  });
  claims.say('batch', subject, index, {
    digest: entry.digest,
    content: entry.digest,
    size: numberDetail(spoken, 'size'),
  });
};

const submitted: Says = (claims, { subject, index, entry }) =>
  claims.say('batch', subject, index, {
    status: 'SUBMITTED',
    submittedBy: entry.actor,
    submittedAt: entry.at,
    digest: entry.digest,
    content: entry.digest,
  });

const approved: Says = (claims, { subject, index, entry }) =>
  claims.say('batch', subject, index, {
    status: 'APPROVED',
    decidedBy: entry.actor,
    decidedAt: entry.at,
    approvedDigest: entry.digest,
    digest: entry.digest,
    content: entry.digest,
  });

const rejected: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  claims.say('batch', subject, index, {
    status: 'REJECTED',
    decidedBy: entry.actor,
    decidedAt: entry.at,
    heldBy: null,
    heldFrom: null,
    note: textDetail(spoken, 'reason'),
  });
  sayOfRun(claims, subject, index, 'REJECTED');
};

const held: Says = (claims, spoken) =>
  claims.say('batch', spoken.subject, spoken.index, {
    status: 'HELD',
    heldBy: spoken.entry.actor,
    heldFrom: textDetail(spoken, 'before'),
    note: textDetail(spoken, 'reason'),
  });

const lifted: Says = (claims, spoken) =>
  claims.say('batch', spoken.subject, spoken.index, {
    status: textDetail(spoken, 'after'),
    heldBy: null,
    heldFrom: null,
    note: textDetail(spoken, 'reason'),
  });

const released: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  if (isDetail(spoken, 'again')) return;
  claims.say('batch', subject, index, {
    status: 'RELEASED',
    releasedBy: entry.actor,
    releasedAt: entry.at,
    digest: entry.digest,
    content: entry.digest,
  });
  const file = textDetail(spoken, 'fileDigest');
  claims.say('hand_off', subject, index, {
    file: textDetail(spoken, 'file'),
    digest: file,
    content: file,
    rows: numberDetail(spoken, 'released'),
    deliveredAt: null,
  });
  sayOfRun(claims, subject, index, 'RELEASED');
};

const handedOff: Says = (claims, { subject, index, entry }) =>
  claims.say('hand_off', subject, index, {
    digest: entry.digest,
    content: entry.digest,
    deliveredAt: entry.at,
  });

const drawnAtRandom: Says = (claims, spoken) =>
  claims.say('batch', spoken.subject, spoken.index, {
    campaign: spoken.campaign,
    runId: null,
    snapshotRunId: textDetail(spoken, 'snapshotOf'),
    drawnBy: spoken.entry.actor,
    week: textDetail(spoken, 'week'),
    status: 'IN_REVIEW',
    size: numberDetail(spoken, 'size'),
    drawn: numberDetail(spoken, 'size'),
    sample: numberDetail(spoken, 'sample'),
    digest: spoken.entry.digest,
    content: spoken.entry.digest,
    submittedBy: null,
    decidedBy: null,
    approvedDigest: null,
    heldBy: null,
    heldFrom: null,
    releasedBy: null,
  });

/** What entries say of batches and their hand-off. */
export const BATCH_ENTRIES: Readonly<Record<string, Says>> = {
  'batch.fallback': drawnAtRandom,
  'batch.review': reviewed,
  'batch.remove': removed,
  'batch.submit': submitted,
  'batch.approve': approved,
  'batch.reject': rejected,
  'batch.hold': held,
  'batch.lift': lifted,
  'batch.release': released,
  'batch.handOff': handedOff,
};
