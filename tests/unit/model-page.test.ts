import fc from 'fast-check';
import markdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { htmlPages } from '../../src/adapters/texts/html-pages.ts';
import { plain, visible } from '../../src/domain/model-page/markdown.ts';
import { modelPage } from '../../src/domain/model-page/model-page.ts';
import type { ModelPageFacts } from '../../src/domain/model-page/model-page-facts.ts';
import { PAGE_LABELS } from '../../src/domain/model-page/model-page-labels.ts';

/** A reader that obeys all it can. */
const credulous = markdownIt({ html: true, linkify: true, typographer: false });
const textOf = (html: string) =>
  html
    .replace(/<\/?p>|\n$/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[a link](https://example.com)',
  '![an image](https://example.com/x.png)',
  '<https://example.com>',
  'https://example.com and www.example.com and a@example.com',
  'a | b | c',
  '| a |\n| --- |\n| b |',
  '# a heading\n\n- an item',
  '1. an item',
  '+ an item',
  '=== ',
  '```\ncode',
  '`code`',
  '**bold** _slanted_ ~~struck~~',
  '&lt;script&gt; &#60;b&#62;',
  '[x]: https://example.com',
  'a\\',
  '<!-- a comment',
  'left \u202Eright\u2066 and\u200B joined\uFEFF',
  '$x$',
];

describe('delivered text', () => {
  it('is shown as it is by a reader that obeys all it can', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 40 }),
          fc.string({ unit: fc.constantFrom(...'<>[]()!|`*_~#&;:/\\.-+=1a@$ \n{}^"'), maxLength: 30 }),
          fc.constantFrom(...HOSTILE),
        ),
        (text) => {
          const shown = visible(text);
          expect(textOf(credulous.render(plain(text)))).toBe(shown);
          const [, , , row = ''] = credulous.render(`| a |\n| --- |\n| ${plain(text)} |`).split('<td>');
          expect(row).toBe('');
          expect(credulous.render(`- ${plain(text)}`).match(/<(?!\/?(ul|li)>)/g)).toBeNull();
        },
      ),
      { numRuns: 500, examples: HOSTILE.map((text): [string] => [text]) },
    );
  });

  it('keeps nothing unseen that turns or joins what is read', () => {
    expect(visible('a\u202Eb\u200Fc\u200Dd\u0000e\u0007f\u00ADg \u2029 h')).toBe('abcdefg h');
  });
});

const hostile = HOSTILE.join(' \n ');
const FACTS: ModelPageFacts = {
  at: new Date('2026-11-16T09:30:00Z'),
  day: '2026-11-16',
  card: {
    format: 'model-package/1',
    campaign: 'small',
    name: hostile,
    version: hostile,
    builder: hostile,
    output: { name: hostile, index: 1 },
    trained: { from: '2025-W01', to: '2025-W10' },
    features: [
      feature('kept', { column: hostile }),
      feature('summed', { weighted: { a: 0.5, [hostile]: 2 }, clip: [0, 1], missing: 0 }),
      feature('grown', { difference: ['a', 'b'] }),
      feature('part', { ratio: ['a', 'b'] }),
      feature('changed', { relativeChange: ['a', 'b'] }),
      feature('market', { fundChange: { days: 28 } }),
      feature('job', { category: 'job', codes: { [hostile]: 1 }, otherwise: -1 }),
    ],
    intendedUse: hostile,
    notToBeUsedWhen: [hostile],
    weaknesses: [hostile],
  },
  status: 'LIVE',
  digest: `sha256:${'0'.repeat(64)}`,
  campaign: { key: 'small', name: { nl: hostile, en: hostile } },
  registeredBy: hostile,
  registeredAt: new Date('2026-11-01T09:30:00Z'),
  contract: {
    columns: [
      {
        name: 'a',
        type: 'number',
        category: 'feature',
        unit: hostile,
        min: 0,
        max: 5,
        label: { nl: hostile, en: hostile },
      },
      { name: 'job', type: 'text', category: 'feature', values: [hostile] },
    ],
  },
  gates: [
    {
      name: 'CALIBRATION',
      verdict: 'WARN',
      measured: hostile,
      limit: hostile,
      message: hostile,
      figures: [
        { name: hostile, rowName: hostile, columns: [hostile], rows: [{ label: hostile, values: [null] }] },
      ],
      acceptedBy: hostile,
      acceptance: hostile,
    },
  ],
  dataUses: [
    {
      columns: ['a', 'unread'],
      source: hostile,
      purpose: hostile,
      legalBasis: hostile,
      validUntil: '2027-01-01',
      status: 'SIGNED_OFF',
      decidedBy: hostile,
    },
  ],
  history: [
    {
      at: new Date('2026-11-01T09:30:00Z'),
      by: hostile,
      act: 'REGISTER',
      before: null,
      after: 'REGISTERED',
      note: hostile,
    },
  ],
  live: [{ from: new Date('2026-11-02T09:30:00Z'), until: null }],
  challenger: [],
  runs: Array.from({ length: 110 }, (_, i) => ({
    week: `2026-W${10 + (i % 40)}`,
    attempt: i + 1,
    status: 'RELEASED',
  })),
  files: [{ name: 'card.yaml', bytes: 12, digest: `sha256:${'1'.repeat(64)}` }],
  training: {
    weeks: [
      { week: '2025-W09', rows: 10, converted: 2 },
      { week: '2025-W11', rows: 5, converted: 0 },
    ],
    reference: 50,
  },
};

function feature(name: string, recipe: ModelPageFacts['card']['features'][number]['recipe']) {
  return {
    name,
    label: { nl: hostile, en: hostile },
    unit: hostile,
    description: hostile,
    recipe,
    direction: 1,
    changeable: true,
  } as const;
}

describe.each(['nl', 'en'] as const)('the page of a hostile card (%s)', (language) => {
  const page = modelPage(FACTS, language);
  const html = htmlPages.html({ title: '</title><script>', language, markdown: page });

  it('is tables, lists and headings, and nothing else, even to a reader that obeys all it can', () => {
    const allowed =
      /<\/?(h[1-4]|p|ul|li|table|thead|tbody|tr|code|strong|t[hd]( style="text-align:right")?)>/g;
    for (const body of [
      credulous.render(page),
      html.slice(html.indexOf('<body>') + 6, html.indexOf('</body>')),
    ])
      expect(body.replace(allowed, '')).not.toContain('<');
    expect(html).not.toMatch(/<(script|img|a|link)\b/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain(`<title>&lt;/title&gt;&lt;script&gt;</title>`);
    expect(html).toContain("default-src 'none'");
  });

  it('has each row in as many cells as its head, and each section once', () => {
    for (const [, table = ''] of credulous.render(page).matchAll(/<table>(.*?)<\/table>/gs)) {
      const counts = table
        .split('<tr>')
        .slice(1)
        .map((row) => row.match(/<t[hd]/g)?.length);
      expect(new Set(counts).size).toBe(1);
    }
    const say = PAGE_LABELS[language];
    for (const section of [
      say.intendedUse,
      say.weaknesses,
      say.features,
      say.dataUses,
      say.gates,
      say.history,
      say.reproduce,
    ])
      expect(page.split(`\n## ${section}\n`)).toHaveLength(2);
  });

  it('says which columns no data use covers, what was learnt and how many runs are not listed', () => {
    expect(page).toContain(`**${PAGE_LABELS[language].uncovered} `);
    expect(page).toContain('2025-W09 | 2025-W09 | 1 | 10 | 2 | 20.00 %');
    expect(page).toContain('2025-W11 | 2025-W11 | 1 | 5 | 0 | 0.00 %');
    expect(page).toMatch(language === 'nl' ? /En 6 eerdere\./ : /And 6 before\./);
    expect(page).not.toContain('unread');
  });
});
