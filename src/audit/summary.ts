import type { AuditAction } from './action.ts';
import type { AuditEntry, EntryDetail } from './entry.ts';

/** An act as a sentence has it: what someone did, and what someone wanted to do when the rules refused. */
interface Phrase {
  readonly did: string;
  readonly wanted: string;
}

/** `{subject}` stands for the id of what the act was about, `{of}` for the campaign where that is not said at the end. */
const PHRASES: Readonly<Record<AuditAction, Phrase> & Record<string, Phrase>> = {
  'campaign.apply': { did: 'applied the campaign', wanted: 'apply the campaign' },
  'campaign.read': { did: 'read the campaign', wanted: 'read the campaign' },
  'run.read': { did: 'read run {subject}', wanted: 'read run {subject}' },
  'run.due': { did: 'noted that the run of {subject}{of} was due', wanted: 'note that a run was due' },
  'run.start': { did: 'started run {subject}', wanted: 'start run {subject}' },
  'run.resume': { did: 'resumed run {subject}', wanted: 'resume run {subject}' },
  'run.receive': {
    did: 'froze the snapshot of run {subject}',
    wanted: 'freeze the snapshot of run {subject}',
  },
  'run.decide': {
    did: 'recorded the decisions of run {subject}',
    wanted: 'record the decisions of run {subject}',
  },
  'run.explain': {
    did: 'explained the decisions of run {subject}{of} on whoever is mailed',
    wanted: 'explain the decisions of run {subject}',
  },
  'run.challenge': {
    did: 'recorded what the challenger would have decided in run {subject}',
    wanted: 'record what the challenger would have decided in run {subject}',
  },
  'run.draw': { did: 'drew the batch of run {subject}', wanted: 'draw the batch of run {subject}' },
  'run.halt': { did: 'halted run {subject}', wanted: 'halt run {subject}' },
  'run.fail': {
    did: 'recorded that run {subject}{of} failed',
    wanted: 'record that run {subject}{of} failed',
  },
  'run.supersede': { did: 'superseded run {subject}', wanted: 'supersede run {subject}' },
  'run.reproduce': { did: 'reproduced run {subject}', wanted: 'reproduce run {subject}' },
  'batch.read': { did: 'read batch {subject}', wanted: 'read batch {subject}' },
  'batch.recipients': {
    did: 'read the recipients of batch {subject}',
    wanted: 'read the recipients of batch {subject}',
  },
  'batch.sample': {
    did: 'read the sample of batch {subject}',
    wanted: 'read the sample of batch {subject}',
  },
  'batch.review': {
    did: 'reviewed a customer of batch {subject}',
    wanted: 'review a customer of batch {subject}',
  },
  'batch.remove': {
    did: 'removed a customer from batch {subject}',
    wanted: 'remove a customer from batch {subject}',
  },
  'batch.submit': { did: 'submitted batch {subject}', wanted: 'submit batch {subject}' },
  'batch.approve': { did: 'approved batch {subject}', wanted: 'approve batch {subject}' },
  'batch.reject': { did: 'rejected batch {subject}', wanted: 'reject batch {subject}' },
  'batch.hold': { did: 'held batch {subject}', wanted: 'hold batch {subject}' },
  'batch.release': { did: 'released batch {subject}', wanted: 'release batch {subject}' },
  'batch.lift': { did: 'lifted the hold on batch {subject}', wanted: 'lift the hold on batch {subject}' },
  'batch.handOff': {
    did: 'handed batch {subject}{of} to the mail tool',
    wanted: 'hand batch {subject}{of} to the mail tool',
  },
  'review.readEvidence': {
    did: 'read how batches{of} were reviewed',
    wanted: 'read how batches{of} were reviewed',
  },
  'batch.fallback': { did: 'drew fallback batch {subject}', wanted: 'draw a fallback batch' },
  'engine.pause': { did: 'paused the engine', wanted: 'pause the engine' },
  'engine.resume': { did: 'resumed the engine', wanted: 'resume the engine' },
  'simulation.run': { did: 'simulated recorded weeks', wanted: 'simulate recorded weeks' },
  'config.preview': {
    did: 'looked at what other settings{of} would have done',
    wanted: 'look at what other settings{of} would have done',
  },
  'engine.pauseEverything': {
    did: 'paused everything that runs in the background',
    wanted: 'pause everything that runs in the background',
  },
  'engine.resumeEverything': {
    did: 'resumed everything that runs in the background',
    wanted: 'resume everything that runs in the background',
  },
  'flow.pause': { did: 'paused the flow', wanted: 'pause the flow' },
  'flow.resume': { did: 'resumed the flow', wanted: 'resume the flow' },
  'config.read': { did: 'read the settings', wanted: 'read the settings' },
  'config.propose': { did: 'proposed config change {subject}', wanted: 'propose a config change' },
  'config.amend': { did: 'edited config change {subject}', wanted: 'edit config change {subject}' },
  'config.withdraw': { did: 'withdrew config change {subject}', wanted: 'withdraw config change {subject}' },
  'config.approve': { did: 'approved config change {subject}', wanted: 'approve config change {subject}' },
  'config.reject': { did: 'rejected config change {subject}', wanted: 'reject config change {subject}' },
  'model.read': { did: 'read model version {subject}', wanted: 'read model version {subject}' },
  'model.register': { did: 'registered model version {subject}', wanted: 'register a model version' },
  'model.validate': {
    did: 'had model version {subject} judged again',
    wanted: 'have model version {subject} judged again',
  },
  'model.judge': { did: 'judged model version {subject}', wanted: 'judge model version {subject}' },
  'model.approve': { did: 'approved model version {subject}', wanted: 'approve model version {subject}' },
  'model.revoke': {
    did: 'revoked the approval of model version {subject}',
    wanted: 'revoke the approval of model version {subject}',
  },
  'model.challenge': { did: 'chose the challenger', wanted: 'choose the challenger' },
  'model.setChallenger': {
    did: 'made model version {subject}{of} the challenger',
    wanted: 'make model version {subject}{of} the challenger',
  },
  'model.clearChallenger': {
    did: 'ended that model version {subject}{of} is the challenger',
    wanted: 'end that model version {subject}{of} is the challenger',
  },
  'model.activate': { did: 'activated model version {subject}', wanted: 'activate model version {subject}' },
  'model.retire': { did: 'retired model version {subject}', wanted: 'retire model version {subject}' },
  'dataUse.read': { did: 'read data use {subject}', wanted: 'read data use {subject}' },
  'dataUse.declare': { did: 'declared data use {subject}', wanted: 'declare a data use' },
  'dataUse.decide': { did: 'decided on data use {subject}', wanted: 'decide on data use {subject}' },
  'dataUse.signOff': { did: 'signed off data use {subject}', wanted: 'sign off data use {subject}' },
  'dataUse.refuse': { did: 'refused data use {subject}', wanted: 'refuse data use {subject}' },
  'dataUse.withdraw': { did: 'withdrew data use {subject}', wanted: 'withdraw data use {subject}' },
  'feedContract.read': { did: 'read the feed contract', wanted: 'read the feed contract' },
  'feedContract.propose': {
    did: 'proposed feed contract change {subject}',
    wanted: 'propose a change of the feed contract',
  },
  'feedContract.decide': {
    did: 'decided on feed contract change {subject}',
    wanted: 'decide on feed contract change {subject}',
  },
  'feedContract.approve': {
    did: 'approved feed contract change {subject}',
    wanted: 'approve feed contract change {subject}',
  },
  'feedContract.reject': {
    did: 'rejected feed contract change {subject}',
    wanted: 'reject feed contract change {subject}',
  },
  'feedContract.withdraw': {
    did: 'withdrew feed contract change {subject}',
    wanted: 'withdraw feed contract change {subject}',
  },
  'customer.read': {
    did: 'read the record of customer {subject}',
    wanted: 'read the record of customer {subject}',
  },
  'customer.history': {
    did: 'read the history of customer {subject}',
    wanted: 'read the history of customer {subject}',
  },
  'decision.read': {
    did: 'read the decision on customer {subject}',
    wanted: 'read the decision on customer {subject}',
  },
  'explanation.read': {
    did: 'read why customer {subject} got their decision',
    wanted: 'read why customer {subject} got their decision',
  },
  'explanation.readInternal': {
    did: 'read an explanation for inside',
    wanted: 'read an explanation for inside',
  },
  'explanation.readCustomer': {
    did: 'read an explanation for a customer',
    wanted: 'read an explanation for a customer',
  },
  'decision.challenger': {
    did: 'read what the challenger would have decided in run {subject}',
    wanted: 'read what the challenger would have decided in run {subject}',
  },
  'decision.differences': {
    did: 'read the decisions that run {subject}{of} did not reproduce',
    wanted: 'read the decisions that run {subject}{of} did not reproduce',
  },
  'decision.list': { did: 'read decisions', wanted: 'read decisions' },
  'customer.protect': {
    did: 'protected customer {subject} from mail',
    wanted: 'protect customer {subject} from mail',
  },
  'customer.optOut': {
    did: 'recorded that customer {subject} opted out',
    wanted: 'record that customer {subject} opted out',
  },
  'customer.quiet': {
    did: 'put customer {subject} on the quiet list',
    wanted: 'put customer {subject} on the quiet list',
  },
  'customer.requestErasure': {
    did: 'asked for a customer to be erased, request {subject}',
    wanted: 'ask for a customer to be erased',
  },
  'customer.erase': { did: 'erased a customer, erasure {subject}', wanted: 'erase a customer' },
  'retention.erase': {
    did: 'erased what was past its period, erasure {subject}',
    wanted: 'erase what was past its period',
  },
  'incident.open': { did: 'opened incident {subject}', wanted: 'open an incident' },
  'incident.notify': { did: 'told of incident {subject}', wanted: 'tell of incident {subject}' },
  'incident.read': { did: 'read incident {subject}', wanted: 'read incident {subject}' },
  'incident.resolve': { did: 'resolved incident {subject}', wanted: 'resolve incident {subject}' },
  'audit.read': { did: 'read the audit log', wanted: 'read the audit log' },
  'audit.export': { did: 'exported the audit log', wanted: 'export the audit log' },
  'audit.readOwn': { did: 'read their own audit entries', wanted: 'read their own audit entries' },
};

/** More of a reason is read in the entry. */
const LONGEST_REASON = 200;

/**
 * An entry as one English sentence, with the change of status and the reason where it has them, for instance
 * `o.one (OPERATOR) released batch 7 of investing-retail, from APPROVED to RELEASED.`
 */
export function summaryOf(entry: AuditEntry): string {
  const { actor, role, action, campaign, subject, refusal, details } = entry;
  const phrase = Object.hasOwn(PHRASES, action) ? PHRASES[action] : undefined;
  const { did, wanted } = phrase ?? generic(action, subject);
  const where = campaign === null ? '' : ` of ${campaign}`;
  const phrased = refusal === null ? did : `wanted to ${wanted}`;
  const act = (phrased.includes('{of}') ? phrased : `${phrased}{of}`)
    .replace('customer {subject}', () => customerIn(subject))
    .replace('run {subject}', () => (subject === null ? 'a run' : `run ${subject}`))
    .replace('{subject}', () => subject ?? 'unknown')
    .replace('{of}', () => where);
  const who = role === null ? actor : `${actor} (${role})`;
  const end = refusal === null ? '' : ` and was refused: ${refusal.code}, ${refusal.rule}`;
  const kind = action.startsWith('incident.') && isWord(details.kind) ? `, ${details.kind}` : '';
  return `${who} ${act}${kind}${purposeIn(details)}${changeIn(details)}${end}.`;
}

/** A customer by the name that the log has for them, which says what it is. */
function customerIn(subject: string | null): string {
  if (subject === null) return 'a customer';
  return subject.startsWith('customer:') ? subject : `customer ${subject}`;
}

/** What customers were read for, a word of a closed list, and by whom of a portal's people. */
function purposeIn({ purpose, reference, agent }: AuditEntry['details']): string {
  const what = typeof purpose === 'string' && /^[A-Z_]+$/.test(purpose) ? `, for ${purpose}` : '';
  const which = what !== '' && typeof reference === 'string' ? ` ${JSON.stringify(reference)}` : '';
  return `${what}${which}${typeof agent === 'string' ? `, by agent ${agent}` : ''}`;
}

function changeIn({ before, after, outcome, reason }: AuditEntry['details']): string {
  const status = isWord(before) && isWord(after) && before !== after ? `, from ${before} to ${after}` : '';
  const result = isWord(outcome) ? `: ${outcome}` : '';
  const why =
    typeof reason === 'string' && !isDigest(reason) && reason !== ''
      ? `, because: ${JSON.stringify(cut(reason))}`
      : '';
  return `${status}${result}${why}`;
}

function isWord(detail: EntryDetail | undefined): detail is string {
  return typeof detail === 'string' && !isDigest(detail);
}

const isDigest = (text: string) => text.startsWith('sha256:');

function cut(text: string): string {
  return text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON).toWellFormed()}…`;
}

function generic(action: string, subject: string | null): Phrase {
  const what = subject === null ? action : `${action} on {subject}`;
  return { did: `did ${what}`, wanted: `do ${what}` };
}
