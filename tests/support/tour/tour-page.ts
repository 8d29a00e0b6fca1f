import { type Answer, PEOPLE } from '../api-service.ts';
import type { Played } from './tour.ts';
import type { Ask, Chapter, Happening } from './tour-step.ts';

/** As wide as a line of an answer is at most. */
const WIDE = 124;
/** As long as a text within an answer is at most. */
const LONG = 220;
const SHOWN = 3;

const NAMES = {
  OPERATOR: 'operator',
  MARKETEER: 'marketeer',
  COMPLIANCE_REVIEWER: 'compliance',
  CONTACT_CENTRE: 'contact centre',
} as const;

/** Everything that is not the same on another day, and how it is shown. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '‹id›'],
  [/sha256:[0-9a-f]{64}/g, 'sha256:…'],
  [/(?<=customer:)[A-Za-z0-9_-]{16,}/g, '…'],
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{22,}={1,2}/g, '…'],
  [/\b[0-9a-f]{32,}\b/g, '…'],
  [/(0\.0*[1-9]\d{3})\d{5,}/g, '$1…'],
];

/** docs/tour.md: the chapters with every step as it was played. */
export function tourPage(
  chapters: readonly Chapter[],
  played: readonly Played[],
  kept: ReadonlyMap<string, unknown>,
): string {
  const named = [...kept].flatMap(([name, value]) =>
    typeof value === 'string' ? [[value, `‹${name}›`] as const] : [],
  );
  const stable = (text: string) => {
    const known = named.reduce((shown, [value, name]) => shown.replaceAll(value, name), text);
    return CHANGING.reduce((shown, [what, how]) => shown.replace(what, how), known);
  };
  const contents = chapters.map(({ title }) => `- [${title}](#${anchor(title)})`);
  const told = chapters.flatMap(({ title, about, steps }) => [
    `## ${title}`,
    about,
    ...steps.flatMap((step) => played.filter((one) => one.step === step).map(stepText)),
  ]);
  return `${[INTRODUCTION, contents.join('\n'), ...told].map(stable).join('\n\n')}\n`;
}

const INTRODUCTION = `# A tour

Four people run a campaign for two weeks, from an empty database to a week that is executed again and comes out the same, and answer a
customer who asks why. Each step is a request to \`POST /graphql\` with the token of whoever asks. \`tests/integration/tour.test.ts\` plays
it, holds the answers against what they must be, and compares them with this page: what you read is what the service says.
\`UPDATE_GOLDEN=1 npx vitest run tests/integration/tour.test.ts\` writes the page anew.

| | |
|---|---|
| **olga** | operator: runs the engine, reviews the batch, registers models |
| **mark** | marketeer: owns the proposition, approves what is mailed, sees no customer |
| **carla** | compliance reviewer: signs for data and models, reads the log |
| **cees** | contact centre: talks to customers |

\`‹name›\` stands for an id that an earlier answer gave. Long lists, texts and digests are cut with \`…\`, other numbers than whole ones are rounded.
The database was brought to this release by \`waarom migrate\` and holds nothing else; the bank has 2,000 generated customers.`;

function stepText({ step, came, times }: Played): string {
  return 'who' in step ? askText(step, came, times) : happeningText(step, came);
}

function askText(step: Ask, came: Played['came'], times: number): string {
  const { who, why, document, variables, purpose, each, shows = (data) => data, most = SHOWN } = step;
  const [role] = PEOPLE[who];
  const given = variables === undefined ? '' : jsonText(shortened(variables, 9));
  const answer = typeof came !== 'object' ? came : (refusalShown(came) ?? shows(came.data));
  const texts: string[] = [];
  const shown = jsonText(shortened(answer, most, texts));
  return [
    `**${who}, ${NAMES[role]}.** ${why}`,
    fence('graphql', unindented(document)),
    ...(given.includes('\n') ? ['with', fence('json', given)] : []),
    [
      ...(given === '' || given.includes('\n') ? [] : [`with \`${given}\``]),
      ...(purpose === undefined ? [] : [`and the header \`X-Purpose: ${purpose}\``]),
      ...(each === undefined ? [] : [`, once for each of the ${times}; the last answer`]),
      'gives',
    ]
      .join(' ')
      .replace(' ,', ','),
    fence('json', shown),
    ...texts.map((text) => (text.includes('   ') ? fence('text', text) : quote(text))),
  ].join('\n');
}

function happeningText({ command, why }: Happening, came: Played['came']): string {
  const said = typeof came === 'string' ? came : '';
  const lines = [...(command === null ? [] : [`$ ${command}`]), said].filter((line) => line !== '');
  const heading = command === null ? '**Meanwhile.**' : '**At the command line.**';
  return [`${heading} ${why}`, ...(lines.length === 0 ? [] : [fence('text', lines.join('\n'))])].join('\n');
}

/** The one refusal of an answer; undefined where there is none. */
function refusalShown({ errors: [error] = [] }: Answer): object | undefined {
  if (error === undefined) return undefined;
  const { code, rule } = error.extensions;
  return { error: error.message, code, rule };
}

/** An answer with the beginnings of its lists and texts; texts of several lines are put into `texts` instead. */
function shortened(value: unknown, most: number, texts: string[] = []): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(4));
  if (typeof value === 'string') {
    if (value.trimEnd().includes('\n')) return `(text ${texts.push(value.trimEnd())} below)`;
    return value.length > LONG ? `${value.slice(0, LONG).trimEnd()}…` : value;
  }
  if (Array.isArray(value)) {
    const rest = value.length - most;
    const first = value.slice(0, rest > 1 ? most : value.length).map((one) => shortened(one, most, texts));
    return rest > 1 ? [...first, `… and ${rest} more`] : first;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortened(one, most, texts)]));
}

/** JSON with as much on a line as fits. */
function jsonText(value: unknown, indent = ''): string {
  const flat = flatText(value);
  if (isSentence(value)) return flat;
  if (indent.length + flat.length <= WIDE || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return `[\n${value.map((one) => inner + jsonText(one, inner)).join(',\n')}\n${indent}]`;
  const fields = Object.entries(value).map(
    ([name, one]) => `${inner}${JSON.stringify(name)}: ${jsonText(one, inner)}`,
  );
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

/** An object of a single text has no line of its own for it, however long it is. */
function isSentence(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [only, more] = Object.values(value);
  return typeof only === 'string' && more === undefined;
}

function flatText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(flatText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${flatText(one)}`);
  return `{ ${fields.join(', ')} }`;
}

function unindented(text: string): string {
  const lines = text.replace(/^\n|\s+$/g, '').split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(least)).join('\n');
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

function quote(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
