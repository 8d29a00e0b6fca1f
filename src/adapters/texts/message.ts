import { IntlMessageFormat } from 'intl-messageformat';

/** How numbers and dates are written, by the names that messages give them; whole days have no time zone. */
export const FORMATS = {
  number: {
    whole: { maximumFractionDigits: 0 },
    decimal: { maximumFractionDigits: 2 },
    eur: { style: 'currency', currency: 'EUR' },
    share: { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 },
    change: {
      style: 'percent',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
      signDisplay: 'exceptZero',
    },
    score: { minimumFractionDigits: 4, maximumFractionDigits: 6 },
    points: { minimumFractionDigits: 4, maximumFractionDigits: 4, signDisplay: 'exceptZero' },
    error: { maximumSignificantDigits: 2 },
  },
  date: { day: { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } },
  time: {},
} as const satisfies NonNullable<ConstructorParameters<typeof IntlMessageFormat>[2]>;

/** What a message wants to be given: a text or any value, a number, a date, or one word of a choice. */
export type Argument = 'value' | 'number' | 'date' | 'choice';

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** An ICU message of one language, parsed, with what it wants to be given. */
export interface Message {
  readonly wants: ReadonlyMap<string, Argument>;
  format(values: Readonly<Record<string, string | number | Date>>): string;
}

/** Reads an ICU message. Throws SyntaxError on what is none, on markup, and on a format without a name in FORMATS. */
export function readMessage(text: string, locale: string): Message {
  const message = new IntlMessageFormat(text, locale, FORMATS);
  const wants = new Map<string, Argument>();
  for (const [name, kind] of message.getAst().flatMap(argumentsOf)) {
    const known = wants.get(name) ?? kind;
    if (known !== kind) throw new SyntaxError(`${name} is both a ${known} and a ${kind}`);
    wants.set(name, kind);
  }
  return {
    wants,
    format(values) {
      for (const [name, kind] of wants) assertValue(values[name], name, kind);
      return String(message.format({ ...values }));
    },
  };
}

/** The library shows nothing for undefined, NaN for a text and a plain number for an unknown format; texts may not. */
function assertValue(value: unknown, name: string, kind: Argument): void {
  const fits =
    kind === 'number'
      ? Number.isFinite(value)
      : kind === 'date'
        ? value instanceof Date && !Number.isNaN(value.getTime())
        : typeof value === 'string' || (kind === 'value' && typeof value === 'number');
  if (!fits) throw new TypeError(`the phrase wants a ${kind} as ${name}`);
}

/** The library's numbers for what a message is made of. */
const PART = { argument: 1, number: 2, date: 3, time: 4, select: 5, plural: 6, tag: 8 } as const;

function argumentsOf(element: Element): readonly (readonly [string, Argument])[] {
  switch (element.type) {
    case PART.argument:
      return [[element.value, 'value']];
    case PART.number:
      assertNamed(element.value, element.style, FORMATS.number);
      return [[element.value, 'number']];
    case PART.date:
      assertNamed(element.value, element.style, FORMATS.date);
      return [[element.value, 'date']];
    case PART.select:
    case PART.plural: {
      const inside = Object.values(element.options).flatMap(({ value }) => value.flatMap(argumentsOf));
      return [[element.value, element.type === PART.plural ? 'number' : 'choice'], ...inside];
    }
    case PART.time:
    case PART.tag:
      throw new SyntaxError(`${element.value}: a text has no times of day and no markup`);
    default:
      return [];
  }
}

function assertNamed(name: string, style: unknown, formats: object): void {
  if (typeof style !== 'string' || !Object.hasOwn(formats, style)) {
    throw new SyntaxError(`${name} has none of the formats ${Object.keys(formats).join(', ')}`);
  }
}
