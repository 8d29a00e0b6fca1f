import { isDetail, type Says, textDetail } from './spoken-entry.ts';

const optedOut: Says = (claims, spoken) => {
  if (isDetail(spoken, 'again')) return;
  claims.say('opt_out', spoken.subject, spoken.index, {
    day: textDetail(spoken, 'recordedOn'),
    by: spoken.entry.actor,
    reason: textDetail(spoken, 'reason'),
  });
};

const quieted: Says = (claims, spoken) => {
  const { entry, index, subject, campaign } = spoken;
  claims.say('quiet_list', `${campaign}/${subject}/${entry.at}`, index, {
    day: textDetail(spoken, 'until'),
    by: entry.actor,
    reason: textDetail(spoken, 'reason'),
  });
};

const erased: Says = (claims, spoken) => {
  const { entry, index, subject } = spoken;
  claims.say('erasure', subject, index, {
    erasedAt: entry.at,
    erasedBy: entry.actor,
    digest: entry.digest,
    content: entry.digest,
    requestedBy: textDetail(spoken, 'requestedBy'),
    of: entry.action === 'customer.erase' ? 'customer' : textDetail(spoken, 'kind'),
    keptFrom: textDetail(spoken, 'keptFrom'),
  });
};

/** What entries say of customers, by the names of the log, and of those who were erased. */
export const CUSTOMER_ENTRIES: Readonly<Record<string, Says>> = {
  'customer.optOut': optedOut,
  'customer.quiet': quieted,
  'customer.erase': erased,
  'retention.erase': erased,
};
