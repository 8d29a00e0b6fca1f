import { numberDetail, type Says, textDetail } from './spoken-entry.ts';

const proposed: Says = (claims, spoken) => {
  const { index, entry, subject, campaign } = spoken;
  claims.say('feed_contract_change', subject, index, {
    campaign,
    base: numberDetail(spoken, 'base'),
    content: entry.digest,
    digest: entry.digest,
    reason: textDetail(spoken, 'reason'),
    status: 'PROPOSED',
    proposedBy: entry.actor,
    proposedAt: entry.at,
    decidedBy: null,
    contract: null,
    withdrawnBy: null,
  });
};

const decided: Says = (claims, spoken) => {
  const { index, entry, subject } = spoken;
  claims.say('feed_contract_change', subject, index, {
    status: textDetail(spoken, 'after'),
    decidedBy: entry.actor,
    decidedAt: entry.at,
    note: textDetail(spoken, 'reason'),
  });
};

const approved: Says = (claims, spoken) => {
  const { index, entry, subject, campaign } = spoken;
  const contract = numberDetail(spoken, 'contract');
  decided(claims, spoken);
  claims.say('feed_contract_change', subject, index, { contract });
  claims.say('feed_contract', `${campaign}/${contract}`, index, {
    content: entry.digest,
    digest: entry.digest,
    effectiveFrom: textDetail(spoken, 'effectiveFrom'),
    fromWeek: textDetail(spoken, 'fromWeek'),
    withdrawnAt: null,
  });
};

const withdrawn: Says = (claims, spoken) => {
  const { index, entry, subject, campaign } = spoken;
  const contract = numberDetail(spoken, 'contract');
  claims.say('feed_contract_change', subject, index, {
    status: 'WITHDRAWN',
    withdrawnBy: entry.actor,
    withdrawnAt: entry.at,
    withdrawalNote: textDetail(spoken, 'reason'),
  });
  if (contract !== null)
    claims.say('feed_contract', `${campaign}/${contract}`, index, { withdrawnAt: entry.at });
};

/** What entries say of changes of the feed contract, and of the contracts that they became. */
export const FEED_CONTRACT_ENTRIES: Readonly<Record<string, Says>> = {
  'feedContract.propose': proposed,
  'feedContract.approve': approved,
  'feedContract.reject': decided,
  'feedContract.withdraw': withdrawn,
};
