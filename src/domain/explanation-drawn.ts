import type { Audience, ExplainedDecision } from './explanation.ts';
import { customerLetter, people, titleOf } from './explanation-customer.ts';
import { dataNotUsed, legalBasisTold, withoutStop } from './explanation-data.ts';
import { checkedOnly } from './explanation-estimate.ts';
import { internalLetter, whatBecame } from './explanation-internal.ts';
import { decidingRules } from './explanation-rules.ts';
import { fateOf } from './explanation-story.ts';
import type { ExplanationWriter, Letter } from './explanation-writer.ts';

/** The letter on who was drawn into a fallback batch. */
export function drawnLetter(writer: ExplanationWriter, audience: Audience): Letter {
  const { campaign } = writer.explained;
  if (audience === 'INTERNAL') return { title: internalTitle(writer), paragraphs: internalStory(writer) };
  return {
    title: customerTitle(writer),
    paragraphs: [
      ...customerStory(writer),
      writer.items(writer.say('customer.neverUsed'), [writer.list(dataNotUsed(writer))]),
      writer.say('customer.rights', { objection: writer.inLanguage(campaign.objection) }),
      writer.say('customer.questions', { contact: withoutStop(writer.inLanguage(campaign.contact)) }),
    ],
  };
}

/**
 * The letter on a decision of a run whose week had a draw too: the draw first, because it is what brought the mail, unless the run's
 * batch was released.
 */
export function letterBesideDraw(
  writer: ExplanationWriter,
  draw: ExplanationWriter,
  audience: Audience,
): Letter {
  const internal = audience === 'INTERNAL';
  const ofRun = internal ? internalLetter(writer) : customerLetter(writer);
  const story = internal ? internalStory(draw) : customerStory(draw);
  const isOfDraw = fateOf(writer.explained) !== 'RELEASED';
  const titleOfDraw = internal ? internalTitle(draw) : customerTitle(draw);
  return {
    title: isOfDraw ? titleOfDraw : ofRun.title,
    paragraphs: [...story, writer.say(`drawn.${audience}.beside`), ...ofRun.paragraphs],
  };
}

function customerTitle(writer: ExplanationWriter): string {
  const { campaign } = writer.explained;
  return writer.say(`customer.title.${titleOf(fateOf(writer.explained))}`, {
    ...weekOf(writer.explained),
    campaign: writer.inLanguage(campaign.name),
  });
}

/** What is told of the draw itself: chance, no estimate, people, what was looked at and when, the consent. */
function customerStory(writer: ExplanationWriter): readonly string[] {
  const { campaign } = writer.explained;
  const product = writer.inLanguage(campaign.product);
  const fate = fateOf(writer.explained);
  const told = fate === null ? [] : people(writer, fate);
  return [
    writer.say('drawn.CUSTOMER.why', { ...weekOf(writer.explained), product }),
    ...(fate === 'DROPPED' ? [writer.say('drawn.CUSTOMER.dropped'), ...told.slice(1)] : told),
    checkedOnly(writer),
    writer.say('drawn.CUSTOMER.since', dayOfDraw(writer)),
    legalBasisTold(writer),
  ];
}

function internalTitle(writer: ExplanationWriter): string {
  const { campaign, week } = writer.explained;
  return writer.say('drawn.INTERNAL.title', { campaign: writer.inLanguage(campaign.name), week });
}

function internalStory(writer: ExplanationWriter): readonly string[] {
  const { drawn, facts, config } = writer.explained;
  const fate = fateOf(writer.explained);
  const reason = drawn?.dropped ?? null;
  const dropped =
    fate === 'DROPPED' && reason !== null
      ? writer.say('drawn.INTERNAL.dropped', { reason: writer.say(`reason.INTERNAL.${reason}`) })
      : null;
  return [
    writer.say('drawn.INTERNAL.why', {
      ...dayOfDraw(writer),
      batch: drawn?.batch ?? '',
      asOf: writer.day(facts.asOf),
    }),
    ...(fate === null ? [] : [dropped ?? whatBecame(writer, fate)]),
    [writer.say('drawn.INTERNAL.rules', { config: String(config.number) }), ...decidingRules(writer)].join(
      '\n',
    ),
    writer.say('drawn.INTERNAL.proof'),
  ];
}

function dayOfDraw(writer: ExplanationWriter): { readonly date?: Date } {
  const { drawn } = writer.explained;
  return drawn === undefined ? {} : { date: writer.dayOf(drawn.at) };
}

function weekOf({ week }: ExplainedDecision) {
  return { week: String(Number(week.slice(-2))), year: week.slice(0, 4) };
}
