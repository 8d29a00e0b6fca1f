import { numberDetail, type Says, textDetail } from './spoken-entry.ts';

const revised: Says = (claims, spoken) => {
  const { subject, index, entry, campaign } = spoken;
  const first = entry.action === 'config.propose';
  claims.say('config_change', subject, index, {
    ...(first ? { campaign, proposedBy: entry.actor, proposedAt: entry.at } : {}),
    status: textDetail(spoken, 'after'),
    digest: entry.digest,
    content: entry.digest,
    revision: numberDetail(spoken, 'revision'),
    revisedBy: entry.actor,
    revisedAt: entry.at,
    decidedBy: null,
    decidedAt: null,
    note: null,
    version: null,
  });
};

const approved: Says = (claims, spoken) => {
  const { subject, index, entry, campaign } = spoken;
  const [revision, version] = [numberDetail(spoken, 'revision'), numberDetail(spoken, 'version')];
  const status = textDetail(spoken, 'after');
  const note = textDetail(spoken, 'reason');
  claims.say('config_approval', `${subject}/${revision}/${textDetail(spoken, 'role')}`, index, {
    approvedBy: entry.actor,
    approvedAt: entry.at,
    note,
  });
  claims.say('config_change', subject, index, {
    status,
    digest: entry.digest,
    content: entry.digest,
    ...(status === 'EFFECTIVE' ? { decidedBy: entry.actor, decidedAt: entry.at, note, version } : {}),
  });
  if (status !== 'EFFECTIVE') return;
  const settings = textDetail(spoken, 'settings');
  claims.say('config_version', `${campaign}/${version}`, index, {
    settings,
    digest: settings,
    createdBy: textDetail(spoken, 'proposedBy'),
    effectiveFrom: entry.at,
  });
};

const closed: Says = (claims, spoken) =>
  claims.say('config_change', spoken.subject, spoken.index, {
    status: textDetail(spoken, 'after'),
    decidedBy: spoken.entry.actor,
    decidedAt: spoken.entry.at,
    note: textDetail(spoken, 'reason'),
  });

/** What entries say of config changes, of who approved them, and of the settings that they became. */
export const CONFIG_ENTRIES: Readonly<Record<string, Says>> = {
  'config.propose': revised,
  'config.amend': revised,
  'config.approve': approved,
  'config.reject': closed,
  'config.withdraw': closed,
};
