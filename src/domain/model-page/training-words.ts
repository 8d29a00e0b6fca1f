import { percent } from '../check.ts';
import { blocks, plain, table } from './markdown.ts';
import type { ModelPageFacts } from './model-page-facts.ts';
import type { PageLanguage } from './model-page-labels.ts';

/** What stands under the name: whose model it is, how it stands, of when the page is. */
export function introduction(facts: ModelPageFacts, language: PageLanguage): string {
  const { campaign, status, registeredBy, registeredAt, at, digest } = facts;
  const day = (instant: Date) => instant.toISOString().slice(0, 10);
  const name = plain(campaign.name[language]);
  const by = plain(registeredBy);
  const words =
    language === 'nl'
      ? `Model van de campagne ${name} (${plain(campaign.key)}). Status op ${day(at)}: **${status}**. Geregistreerd op ${day(registeredAt)} door ${by}. Wat hieronder in het Engels staat, is zo geleverd of vastgelegd.`
      : `A model of the campaign ${name} (${plain(campaign.key)}). Status on ${day(at)}: **${status}**. Registered on ${day(registeredAt)} by ${by}.`;
  return blocks(words, `\`${digest}\``);
}

/** What the model learnt from, in figures. */
export function training({ card, training: found }: ModelPageFacts, language: PageLanguage): string {
  const { from, to } = card.trained;
  const parts = [
    found.weeks.filter(({ week }) => week >= from && week <= to),
    found.weeks.filter(({ week }) => week > to),
  ];
  const nl = language === 'nl';
  const names = nl ? ['waarvan het leerde', 'erna: de toets'] : ['learnt from', 'after it: its test'];
  const head = nl
    ? ['deel', 'eerste week', 'laatste week', 'weken', 'rijen', 'omgezet', 'aandeel']
    : ['part', 'first week', 'last week', 'weeks', 'rows', 'converted', 'share'];
  const rows = parts.map((weeks, part) => {
    const count = weeks.reduce((sum, week) => sum + week.rows, 0);
    const converted = weeks.reduce((sum, week) => sum + week.converted, 0);
    const cells = [
      weeks[0]?.week ?? '',
      weeks.at(-1)?.week ?? '',
      `${weeks.length}`,
      `${count}`,
      `${converted}`,
    ];
    return [names[part] ?? '', ...cells, count === 0 ? '' : percent(converted / count)];
  });
  const sample = nl
    ? `De referentiesteekproef heeft ${found.reference} rijen.`
    : `The reference sample has ${found.reference} rows.`;
  return blocks(table(head, rows, [3, 4, 5, 6]), sample);
}
