import { FEED_CONTRACT_ENTRIES } from './feed-contract-entries.ts';
import { hasDetail, isDetail, listDetail, type Says, textDetail } from './spoken-entry.ts';

const applied: Says = (claims, spoken) => {
  const { index, entry, subject } = spoken;
  if (!isDetail(spoken, 'created')) return;
  claims.say('campaign', subject, index, {
    definition: entry.digest,
    digest: entry.digest,
    seed: textDetail(spoken, 'seed'),
    appliedBy: entry.actor,
    appliedAt: entry.at,
    paused: false,
    dataUses: listDetail(spoken, 'dataUses').join(),
  });
  const version = { createdBy: entry.actor, effectiveFrom: entry.at };
  const settings = textDetail(spoken, 'config');
  claims.say('config_version', `${subject}/1`, index, { settings, digest: settings, ...version });
  const contract = textDetail(spoken, 'contract');
  claims.say('feed_contract', `${subject}/1`, index, {
    content: contract,
    digest: contract,
    effectiveFrom: entry.at,
    fromWeek: null,
    withdrawnAt: null,
  });
  const declared = {
    campaign: subject,
    status: 'DECLARED',
    declaredBy: entry.actor,
    declaredAt: entry.at,
    decidedBy: null,
    signedBy: null,
  };
  for (const id of listDetail(spoken, 'dataUses')) claims.say('data_use', id, index, declared);
};

const switched: Says = (claims, spoken) => {
  claims.say('campaign', spoken.subject, spoken.index, { paused: textDetail(spoken, 'after') === 'PAUSED' });
  paused(claims, spoken);
};

/** Of a pause from before they were kept, no row is said. */
const paused: Says = (claims, spoken) => {
  const { entry, index } = spoken;
  const id = textDetail(spoken, 'pause');
  if (id === null) return;
  const reason = textDetail(spoken, 'reason');
  if (textDetail(spoken, 'after') === 'PAUSED') {
    claims.say('engine_pause', id, index, {
      scope: textDetail(spoken, 'scope'),
      campaign: entry.campaign,
      pausedBy: entry.actor,
      pausedAt: entry.at,
      reason,
      stopped: entry.digest,
      resumedBy: null,
    });
  } else {
    claims.say('engine_pause', id, index, {
      resumedBy: entry.actor,
      resumedAt: entry.at,
      resumeReason: reason,
    });
  }
};

const dataUse: Says = (claims, spoken) => {
  const { subject, index, entry, campaign } = spoken;
  const status = textDetail(spoken, 'after');
  claims.say('data_use', subject, index, {
    campaign,
    content: entry.digest,
    status,
    ...(status === 'DECLARED'
      ? { declaredBy: entry.actor, declaredAt: entry.at, decidedBy: null, signedBy: null, note: null }
      : { decidedBy: entry.actor, decidedAt: entry.at, note: textDetail(spoken, 'reason') }),
  });
  if (status === 'SIGNED_OFF')
    claims.say('data_use', subject, index, { signedBy: entry.actor, signedAt: entry.at });
  // The entries of 0.1.0 do not say it, and its rows do not hold it.
  if (hasDetail(spoken, 'signedNote'))
    claims.say('data_use', subject, index, { signedNote: textDetail(spoken, 'signedNote') });
};

/** What entries say of campaigns, settings and data uses. */
export const GOVERNANCE_ENTRIES: Readonly<Record<string, Says>> = {
  'campaign.apply': applied,
  'engine.pause': switched,
  'engine.resume': switched,
  'engine.pauseEverything': paused,
  'engine.resumeEverything': paused,
  'flow.pause': paused,
  'flow.resume': paused,
  'dataUse.declare': dataUse,
  'dataUse.signOff': dataUse,
  'dataUse.refuse': dataUse,
  'dataUse.withdraw': dataUse,
  ...FEED_CONTRACT_ENTRIES,
};
