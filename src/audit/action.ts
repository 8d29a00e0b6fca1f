import type { EntryDetails } from './entry.ts';

/** What of an entry itself an action may need. */
const FIELDS = ['campaign', 'subject', 'digest'] as const;

/** What `before` and `after` say is the status that the act changed; other names say what they are of. */
const CHANGE = ['campaign', 'subject', 'before', 'after'] as const;
const DIGESTED = [...CHANGE, 'digest'] as const;
const BATCH = [...DIGESTED, 'week', 'run', 'size'] as const;
const PAUSE = ['pause', 'scope', 'reason'] as const;
const RUN = [...CHANGE, 'week', 'attempt'] as const;
const DATA_USE = [...DIGESTED, 'columns', 'source', 'purpose', 'legalBasis', 'validUntil'] as const;
const CONFIG = [...DIGESTED, 'revision', 'base', 'settings', 'fields', 'reason'] as const;
const FEED_CONTRACT = [...DIGESTED, 'base'] as const;
const MODEL = [...DIGESTED, 'name', 'version'] as const;

/**
 * Everything that is recorded and what an entry must say of it, beside who, when, under which role and by which request. What
 * a person wrote about one customer is in no entry but by its digest: it goes with the customer's rows.
 */
export const ACTION_NEEDS = {
  'campaign.apply': ['campaign', 'subject', 'digest', 'created', 'config', 'contract', 'seed', 'dataUses'],
  'dataUse.declare': DATA_USE,
  'dataUse.signOff': [...DATA_USE, 'declaredBy', 'reason', 'signedNote'],
  'dataUse.refuse': [...DATA_USE, 'declaredBy', 'reason'],
  'dataUse.withdraw': [...DATA_USE, 'declaredBy', 'reason', 'uncovered', 'models'],
  'feedContract.propose': [...FEED_CONTRACT, 'reason', 'findings'],
  'feedContract.approve': [
    ...FEED_CONTRACT,
    'proposedBy',
    'reason',
    'contract',
    'fromWeek',
    'effectiveFrom',
    'findings',
  ],
  'feedContract.reject': [...FEED_CONTRACT, 'proposedBy', 'reason'],
  'feedContract.withdraw': [...FEED_CONTRACT, 'proposedBy', 'reason', 'contract'],
  'model.register': [...MODEL, 'modelDigest', 'cardDigest', 'card', 'files', 'gatesAfter'],
  'model.validate': [...MODEL, 'gatesBefore', 'gatesAfter'],
  'model.judge': [...MODEL, 'config', 'configDigest', 'gates', 'verdicts', 'gatesBefore', 'gatesAfter'],
  'config.propose': [...CONFIG, 'needs', 'cutsEvaluation'],
  'config.amend': [...CONFIG, 'needs', 'cutsEvaluation', 'voided'],
  'config.approve': [...CONFIG, 'role', 'proposedBy', 'version'],
  'config.reject': CONFIG,
  'config.withdraw': CONFIG,
  'model.approve': [...MODEL, 'registeredBy', 'accepted', 'gatesBefore', 'gatesAfter', 'reason'],
  'model.revoke': [...MODEL, 'approvedBy', 'gatesBefore', 'gatesAfter', 'reason'],
  'model.activate': [...MODEL, 'replaces'],
  'model.setChallenger': [...MODEL, 'replaces'],
  'model.clearChallenger': [...MODEL, 'reason'],
  'model.retire': [...MODEL, 'reason'],
  'engine.pause': [...DIGESTED, ...PAUSE, 'stopped'],
  'engine.resume': [...CHANGE, ...PAUSE],
  'engine.pauseEverything': ['subject', 'digest', 'before', 'after', ...PAUSE, 'stopped'],
  'engine.resumeEverything': ['subject', 'before', 'after', ...PAUSE],
  'flow.pause': [...DIGESTED, ...PAUSE, 'stopped'],
  'flow.resume': [...CHANGE, ...PAUSE],
  'run.due': ['campaign', 'subject', 'dueAt', 'outcome', 'refusal'],
  'run.start': [
    ...RUN,
    'started',
    'trigger',
    'config',
    'configDigest',
    'model',
    'modelId',
    'contractDigest',
    'supersedes',
  ],
  'run.resume': [...RUN, 'step', 'trigger'],
  'run.receive': [...RUN, 'digest', 'asOf', 'files', 'rows', 'rejected'],
  'run.decide': [
    ...RUN,
    'digest',
    'decisionRoot',
    'snapshot',
    'model',
    'configDigest',
    'contractDigest',
    'dataUses',
    'considered',
    'mailed',
    'funnel',
    'halted',
  ],
  'run.explain': [...RUN, 'manifest', 'explained', 'method'],
  'run.challenge': [...RUN, 'manifest', 'modelId', 'model', 'outcome', 'reason', 'scored', 'root', 'summary'],
  'run.draw': [...RUN, 'manifest', 'batch', 'size', 'sample'],
  'run.halt': [...RUN, 'step', 'checks'],
  'run.fail': [...RUN, 'step', 'reason'],
  'run.reproduce': [
    'campaign',
    'subject',
    'digest',
    'week',
    'attempt',
    'reproduction',
    'verdict',
    'compared',
    'differing',
    'erased',
    'decisionRoot',
  ],
  'simulation.run': ['campaign', 'digest', 'from', 'to', 'weeks', 'model', 'settings', 'shifts'],
  'config.preview': ['campaign', 'weeks', 'settings'],
  'batch.review': ['campaign', 'subject', 'customer', 'verdict', 'before', 'after', 'reason'],
  'batch.remove': [...BATCH, 'customer', 'reason'],
  'batch.submit': BATCH,
  'batch.approve': [...BATCH, 'manifest', 'configDigest', 'submittedBy'],
  'batch.reject': [...BATCH, 'reason'],
  'batch.hold': [...BATCH, 'reason'],
  'batch.lift': [...BATCH, 'reason'],
  'batch.release': [...BATCH, 'approvedBy', 'released', 'dropped', 'file', 'fileDigest'],
  'batch.fallback': [
    ...BATCH,
    'sample',
    'asked',
    'eligible',
    'snapshotOf',
    'snapshot',
    'configDigest',
    'reason',
  ],
  'batch.handOff': ['campaign', 'subject', 'digest', 'file', 'rows', 'approvedDigest'],
  'customer.optOut': ['subject', 'recordedOn', 'reason'],
  'customer.quiet': ['campaign', 'subject', 'until', 'reason'],
  'customer.requestErasure': ['subject', 'reason'],
  'customer.erase': ['subject', 'digest', 'requestedBy', 'request', 'reason', 'rows', 'files'],
  'retention.erase': ['subject', 'digest', 'kind', 'owner', 'rows', 'keptFrom', 'period'],
  'incident.open': ['subject', 'digest', 'kind', 'run'],
  'incident.notify': ['subject', 'kind'],
  'incident.resolve': ['subject', 'before', 'after', 'kind', 'run', 'reason'],
  'decision.read': ['campaign', 'week', 'found', 'purpose'],
  'decision.list': ['campaign', 'week', 'customers', 'purpose'],
  'decision.challenger': ['campaign', 'subject', 'week', 'customers', 'purpose'],
  'decision.differences': ['subject', 'reproduction', 'customers', 'purpose'],
  'customer.history': ['decisions', 'purpose'],
  'explanation.read': ['campaign', 'week', 'audience', 'language', 'texts', 'found', 'purpose'],
  'batch.recipients': ['campaign', 'subject', 'week', 'customers', 'purpose'],
  'batch.sample': ['campaign', 'subject', 'week', 'customers', 'purpose'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type AuditAction = keyof typeof ACTION_NEEDS;

/** What an entry says, as much as is judged here. */
interface Said {
  readonly campaign: string | null;
  readonly subject: string | null;
  readonly digest?: string | null;
  readonly details?: EntryDetails;
}

/**
 * What an entry of an action leaves out that it must say; a detail may be null, where there was nothing. An act that was done before
 * and changed nothing says so (`again`) and needs no more.
 */
export function missingFrom(action: AuditAction, said: Said): readonly string[] {
  const { details = {} } = said;
  if (details.again === true) return [];
  const needs: readonly string[] = ACTION_NEEDS[action];
  return needs.filter((need) => {
    const field = FIELDS.find((name) => name === need);
    return field === undefined ? !Object.hasOwn(details, need) : (said[field] ?? null) === null;
  });
}
