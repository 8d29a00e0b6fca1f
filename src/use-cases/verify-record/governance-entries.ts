import type { RecordClaims } from './record-claims.ts';
import { isDetail, listDetail, namedDigest, type Says, textDetail } from './spoken-entry.ts';

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
  });
  const declared = {
    campaign: subject,
    status: 'DECLARED',
    declaredBy: entry.actor,
    declaredAt: entry.at,
    decidedBy: null,
  };
  for (const id of listDetail(spoken, 'dataUses')) claims.say('data_use', id, index, declared);
};

const switched: Says = (claims, spoken) =>
  claims.say('campaign', spoken.subject, spoken.index, { paused: textDetail(spoken, 'after') === 'PAUSED' });

const registered: Says = (claims, spoken) => {
  const { index, entry, subject, campaign } = spoken;
  if (isDetail(spoken, 'again')) return;
  claims.say('model_version', subject, index, {
    campaign,
    name: textDetail(spoken, 'name'),
    version: textDetail(spoken, 'version'),
    digest: entry.digest,
    modelDigest: textDetail(spoken, 'modelDigest'),
    cardDigest: textDetail(spoken, 'cardDigest'),
    card: textDetail(spoken, 'card'),
    gates: textDetail(spoken, 'gatesAfter'),
    registeredBy: entry.actor,
    registeredAt: entry.at,
    status: textDetail(spoken, 'after'),
    approvedBy: null,
    liveFrom: null,
  });
  for (const file of listDetail(spoken, 'files')) {
    const [name, digest] = namedDigest(file);
    claims.say('model_version_file', `${subject}/${name}`, index, { digest });
  }
};

const judged: Says = (claims, spoken) =>
  claims.say('model_version', spoken.subject, spoken.index, {
    status: textDetail(spoken, 'after'),
    gates: textDetail(spoken, 'gatesAfter'),
  });

const approved: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  judged(claims, spoken);
  claims.say('model_version', subject, index, { approvedBy: entry.actor, approvedAt: entry.at });
};

const activated: Says = (claims, spoken) => {
  const { subject, index, entry, campaign } = spoken;
  retireLive(claims, campaign, index, entry.at);
  claims.say('model_version', subject, index, { status: 'LIVE', liveFrom: entry.at, liveUntil: null });
  claims.say('model_activation', `${campaign}/${entry.at}`, index, {
    modelId: subject,
    activatedBy: entry.actor,
  });
};

const retired: Says = (claims, spoken) => {
  const { subject, index, entry, campaign } = spoken;
  if (claims.value('model_version', subject, 'status') === 'LIVE') {
    retireLive(claims, campaign, index, entry.at);
    claims.say('model_activation', `${campaign}/${entry.at}`, index, {
      modelId: null,
      activatedBy: entry.actor,
    });
  }
  claims.say('model_version', subject, index, { status: 'RETIRED' });
};

function retireLive(claims: RecordClaims, campaign: string, index: number, at: string): void {
  for (const [id, { fields }] of claims.all('model_version')) {
    if (fields.get('campaign')?.value === campaign && fields.get('status')?.value === 'LIVE')
      claims.say('model_version', id, index, { status: 'RETIRED', liveUntil: at });
  }
}

const dataUse: Says = (claims, spoken) => {
  const { subject, index, entry, campaign } = spoken;
  const status = textDetail(spoken, 'after');
  claims.say('data_use', subject, index, {
    campaign,
    content: entry.digest,
    status,
    ...(status === 'DECLARED'
      ? { declaredBy: entry.actor, declaredAt: entry.at, decidedBy: null, note: null }
      : { decidedBy: entry.actor, decidedAt: entry.at, note: textDetail(spoken, 'reason') }),
  });
};

/** What entries say of campaigns, settings, data uses and models. */
export const GOVERNANCE_ENTRIES: Readonly<Record<string, Says>> = {
  'campaign.apply': applied,
  'engine.pause': switched,
  'engine.resume': switched,
  'dataUse.declare': dataUse,
  'dataUse.signOff': dataUse,
  'dataUse.withdraw': dataUse,
  'model.register': registered,
  'model.validate': judged,
  'model.approve': approved,
  'model.activate': activated,
  'model.retire': retired,
};
