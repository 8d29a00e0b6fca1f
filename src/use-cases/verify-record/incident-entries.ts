import { type Says, textDetail } from './spoken-entry.ts';

const opened: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  claims.say('incident', subject, index, {
    kind: textDetail(spoken, 'kind'),
    campaign: entry.campaign,
    runId: textDetail(spoken, 'run'),
    summary: entry.digest,
    openedAt: entry.at,
    notifiedAt: null,
    resolvedBy: null,
  });
};

const resolved: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  claims.say('incident', subject, index, {
    resolvedBy: entry.actor,
    resolvedAt: entry.at,
    note: textDetail(spoken, 'reason'),
  });
};

/** What entries say of incidents. */
export const INCIDENT_ENTRIES: Readonly<Record<string, Says>> = {
  'incident.open': opened,
  'incident.notify': (claims, { subject, index, entry }) =>
    claims.say('incident', subject, index, { notifiedAt: entry.at }),
  'incident.resolve': resolved,
};
