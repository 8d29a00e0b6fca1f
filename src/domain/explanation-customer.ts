import { dataNotUsed, legalBasisTold, withoutStop } from './explanation-data.ts';
import { checkedOnly, estimate } from './explanation-estimate.ts';
import { type Fate, fateOf, reasonsTold, whyOf } from './explanation-story.ts';
import type { ExplanationWriter, Letter } from './explanation-writer.ts';

/** The customer's letter: no amounts, no figures about the person, no advice. */
export function customerLetter(writer: ExplanationWriter): Letter {
  const { campaign, decision, facts, week } = writer.explained;
  const fate = fateOf(writer.explained);
  const product = writer.inLanguage(campaign.product);
  const when = { week: String(Number(week.slice(-2))), year: week.slice(0, 4) };
  const isEstimated = facts.attribution !== null;
  return {
    title: writer.say(`customer.title.${titleOf(fate)}`, {
      ...when,
      campaign: writer.inLanguage(campaign.name),
    }),
    paragraphs: [
      writer.say(`customer.why.${whyOf(decision)}`, { ...when, product }),
      ...(decision.outcome === 'NOT_ELIGIBLE' ? [reasons(writer)] : []),
      ...(fate === null ? [] : people(writer, fate)),
      ...(isEstimated ? estimate(writer) : [checkedOnly(writer)]),
      writer.items(writer.say('customer.neverUsed'), [writer.list(dataNotUsed(writer))]),
      ...(isEstimated ? [writer.say('customer.nature', { product }), legalBasisTold(writer)] : []),
      writer.say('customer.rights', { objection: writer.inLanguage(campaign.objection) }),
      writer.say('customer.questions', { contact: withoutStop(writer.inLanguage(campaign.contact)) }),
    ],
  };
}

/** Which title tells what became of the customer. */
export function titleOf(fate: Fate | null): 'RELEASED' | 'OPEN' | 'NONE' {
  if (fate === 'RELEASED') return fate;
  return fate === 'APPROVED' || fate === 'PROPOSED' ? 'OPEN' : 'NONE';
}

function reasons(writer: ExplanationWriter): string {
  const told: readonly string[] = reasonsTold(writer.explained, 'CUSTOMER');
  const texts = (told.length === 0 ? ['NONE'] : told).map((one) => writer.say(`reason.CUSTOMER.${one}`));
  return writer.items(writer.say('customer.reasonsAre', { count: texts.length }), texts);
}

const APPROVED: ReadonlySet<Fate> = new Set<Fate>(['RELEASED', 'APPROVED', 'DROPPED']);

/** What people did with the batch, as far as the record has it: what became of it first. */
export function people(writer: ExplanationWriter, fate: Fate): readonly string[] {
  const { mail, config } = writer.explained;
  const told = writer.say(`customer.fate.${fate}`, writer.dateOfFate(fate));
  if (!APPROVED.has(fate) || mail === null || mail.approvedAt === null) return [told];
  const phrase = config.settings.sampleSize > 0 ? 'customer.people' : 'customer.approval';
  return [told, writer.say(phrase, { date: writer.dayOf(mail.approvedAt) })];
}
