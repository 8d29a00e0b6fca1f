import type { ModelAct } from '../../domain/model-life.ts';
import type { RecordClaims } from './record-claims.ts';
import {
  isDetail,
  listDetail,
  namedDigest,
  numberDetail,
  type Says,
  type SpokenEntry,
  textDetail,
} from './spoken-entry.ts';

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
    judgedAt: null,
    judgedConfig: null,
    approvedBy: null,
    liveFrom: null,
  });
  for (const file of listDetail(spoken, 'files')) {
    const [name, digest] = namedDigest(file);
    claims.say('model_version_file', `${subject}/${name}`, index, { digest });
  }
  sayAct(claims, spoken, 'REGISTER');
};

const validated: Says = (claims, spoken) => {
  if (isDetail(spoken, 'again')) return;
  restated(claims, spoken);
  sayAct(claims, spoken, 'VALIDATE');
};

const judged: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  restated(claims, spoken);
  const judgedConfig = numberDetail(spoken, 'config');
  claims.say('model_version', subject, index, { judgedAt: entry.at, judgedConfig });
  sayAct(claims, spoken, 'JUDGE');
};

const approved: Says = (claims, spoken) => {
  const { subject, index, entry } = spoken;
  restated(claims, spoken);
  claims.say('model_version', subject, index, { approvedBy: entry.actor, approvedAt: entry.at });
  sayAct(claims, spoken, 'APPROVE');
};

const revoked: Says = (claims, spoken) => {
  takenOut(claims, spoken);
  restated(claims, spoken);
  claims.say('model_version', spoken.subject, spoken.index, { approvedBy: null, approvedAt: null });
  sayAct(claims, spoken, 'REVOKE');
};

const activated: Says = (claims, spoken) => {
  const { subject, index, entry, campaign } = spoken;
  stoodDown(claims, spoken);
  const before = liveOf(claims, campaign);
  if (before !== undefined) {
    claims.say('model_version', before, index, { status: 'RETIRED', liveUntil: entry.at });
    const act = { before: 'LIVE', after: 'RETIRED', note: null };
    sayRow(claims, spoken, before, { act: 'REPLACE', ...act });
  }
  claims.say('model_version', subject, index, { status: 'LIVE', liveFrom: entry.at, liveUntil: null });
  claims.say('model_activation', `${campaign}/${entry.at}`, index, {
    modelId: subject,
    activatedBy: entry.actor,
  });
  sayAct(claims, spoken, 'ACTIVATE');
};

const retired: Says = (claims, spoken) => {
  takenOut(claims, spoken);
  claims.say('model_version', spoken.subject, spoken.index, { status: 'RETIRED' });
  sayAct(claims, spoken, 'RETIRE');
};

const challenging: Says = (claims, spoken) => {
  sayChallenger(claims, spoken, spoken.subject);
  sayAct(claims, spoken, 'SET_CHALLENGER');
};

const cleared: Says = (claims, spoken) => {
  sayChallenger(claims, spoken, null);
  sayAct(claims, spoken, 'CLEAR_CHALLENGER');
};

/** Status and gates. */
function restated(claims: RecordClaims, spoken: SpokenEntry): void {
  claims.say('model_version', spoken.subject, spoken.index, {
    status: textDetail(spoken, 'after'),
    gates: textDetail(spoken, 'gatesAfter'),
  });
}

/** The version is in production or challenger no more. */
function takenOut(claims: RecordClaims, spoken: SpokenEntry): void {
  const { subject, index, entry, campaign } = spoken;
  stoodDown(claims, spoken);
  if (liveOf(claims, campaign) !== subject) return;
  claims.say('model_version', subject, index, { liveUntil: entry.at });
  claims.say('model_activation', `${campaign}/${entry.at}`, index, {
    modelId: null,
    activatedBy: entry.actor,
  });
}

/** As the activation, the retirement and the revocation of a challenger imply. */
function stoodDown(claims: RecordClaims, spoken: SpokenEntry): void {
  if (claims.value('campaign', spoken.campaign, 'challenger') === spoken.subject)
    sayChallenger(claims, spoken, null);
}

function sayChallenger(
  claims: RecordClaims,
  { campaign, index, entry }: SpokenEntry,
  modelId: string | null,
) {
  claims.say('campaign', campaign, index, { challenger: modelId });
  claims.say('model_challenge', `${campaign}/${entry.at}`, index, { modelId, setBy: entry.actor });
}

function liveOf(claims: RecordClaims, campaign: string): string | undefined {
  for (const [id, { fields }] of claims.all('model_version')) {
    if (fields.get('campaign')?.value === campaign && fields.get('status')?.value === 'LIVE') return id;
  }
  return undefined;
}

function sayAct(claims: RecordClaims, spoken: SpokenEntry, act: ModelAct): void {
  const noted = act !== 'REGISTER' && act !== 'VALIDATE' && act !== 'JUDGE';
  sayRow(claims, spoken, spoken.subject, {
    act,
    before: textDetail(spoken, 'before'),
    after: textDetail(spoken, 'after'),
    note: noted ? textDetail(spoken, 'reason') : null,
  });
}

/** The acts on a version are numbered in the order of their entries. */
function sayRow(
  claims: RecordClaims,
  { index, entry }: SpokenEntry,
  modelId: string,
  said: {
    readonly act: ModelAct;
    readonly before: string | null;
    readonly after: string | null;
    readonly note: string | null;
  },
): void {
  const before = claims.value('model_version', modelId, 'acts');
  const number = typeof before === 'number' ? before + 1 : 1;
  claims.say('model_version', modelId, index, { acts: number });
  claims.say('model_act', `${modelId}/${number}`, index, { at: entry.at, actor: entry.actor, ...said });
}

/** What entries say of model versions and challengers. */
export const MODEL_ENTRIES: Readonly<Record<string, Says>> = {
  'model.register': registered,
  'model.validate': validated,
  'model.judge': judged,
  'model.approve': approved,
  'model.revoke': revoked,
  'model.activate': activated,
  'model.retire': retired,
  'model.setChallenger': challenging,
  'model.clearChallenger': cleared,
};
