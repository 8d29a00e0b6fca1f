/**
 * What column names tell of the data behind them, Dutch and English, in the order in which kinds are tried (feed.md §1).
 * Names come in as words of lower case with `_` between; `_?` lets them be written in one.
 */
const COLUMN_NAMES: readonly (readonly [kind: string, name: RegExp])[] = [
  ['e-mail address', /(^|_)e_?mail(_?(address|adres))?$/],
  [
    'telephone',
    /(^|_)((tele)?(phone|foon)|mobile_?phone|mobiele_?telefoon|tel|gsm)(_?(no|nr|number|nummer))?$|(^|_)(mobile|mobiel)_?(no|nr|number|nummer)$|^(mobile|mobiel)$/,
  ],
  [
    'citizen number',
    /(^|_)(bsn|sofi|ssn|burger_?service|citizen|social_?security|national_?id)(_?(no|nr|number|nummer|code))?$/,
  ],
  [
    'account number',
    /(^|_)(iban|bban|tegen_?rekening)(_|$)|(^|_)((bank_?)?account|iban|(bank_?)?reken(ing)?)_?(no|nr|number|nummer)(_|$)/,
  ],
  ['postal code', /(^|_)(post(al)?_?code|zip|zip_?code|pc_?[46]|pc_?[46]_?code)(_|$)/],
  [
    'place of birth',
    /(^|_)(birth_?(place|country|city|town)|(place|country|city|town)_?of_?birth|geboorte_?(plaats|land))(_|$)/,
  ],
  [
    'date of birth',
    /(^|_)(birth_?(date|day)|(date|day)_?of_?birth|dob|geboorte_?(datum|dag)|geb_?datum|born_?on)(_|$)/,
  ],
  ['gender', /(^|_)(gender|sexe?|geslacht)(_|$)|^(is_)?(male|female|man|vrouw)$/],
  ['nationality', /(^|_)(nationality|nationaliteit|citizenship|ethnicity|ethnic|etniciteit)(_|$)/],
  [
    'name',
    /^((first|last|middle|full|family|given|birth|maiden|display|nick|user|sur|person|party|client|customer|partner|contact|voor|achter|tussen|roep|geslachts|geboorte|meisjes|klant|partner|persoons)_?)?(name|naam|namen)$|(^|_)(initials|voorletters|voorvoegsels?|tussenvoegsels?|tenaamstelling|account_?holder)(_|$)/,
  ],
  ['title', /^((academic|person|customer|klant)_?)?(title|titel)$|^(salutation|aanhef|titulatuur)$/],
  [
    'place',
    /(^|_)(city|town|woon_?plaats|residence|municipality|gemeente|woonstad)(_?(name|naam|code|id))?$|^(place|plaats|stad)(_?(name|naam))?$/,
  ],
  [
    'address',
    /(^|_)(woon|post|huis|bezoek|home|postal|street)?_?(address|adres)(_?(line|regel))?$|(^|_)(street|straat)(_?(name|naam))?$|(^|_)(house|huis)_?(no|nr|number|nummer)(_|$)/,
  ],
];

/** The kinds of data that never get in, whatever a contract says. */
export const FORBIDDEN_KINDS: readonly string[] = COLUMN_NAMES.map(([kind]) => kind).toSorted();

/** "has_email" and "address_bounced" say something of an address, not where somebody is reached. */
const ABOUT_CONTACT = /^(has|heeft)_/;
const CONTACT = new Set(['e-mail address', 'telephone', 'address', 'account number']);

/** The kind of forbidden data that a column of this name would hold, null when none. */
export function forbiddenColumn(name: string): string | null {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  // "phone2" and "address_line_1" are as much a telephone and an address as the first.
  const unnumbered = words.replace(/_?\d$/, '');
  const kind = COLUMN_NAMES.find(([, known]) => known.test(words) || known.test(unnumbered))?.[0] ?? null;
  return kind !== null && CONTACT.has(kind) && ABOUT_CONTACT.test(words) ? null : kind;
}

/** Length of an IBAN by country (ISO 13616 registry): what has another is none, however its digits add up. */
const IBAN_LENGTHS: readonly (readonly [length: number, countries: string])[] = [
  [15, 'NO'],
  [16, 'BE'],
  [18, 'DK|FK|FI|FO|GL|NL|SD'],
  [19, 'MK|SI'],
  [20, 'AT|BA|EE|KZ|LT|LU|MN|XK'],
  [21, 'CH|HR|LI|LV'],
  [22, 'BG|BH|CR|DE|GB|GE|IE|ME|RS|VA'],
  [23, 'AE|GI|IL|IQ|OM|SO|TL'],
  [24, 'AD|CZ|ES|MD|PK|RO|SA|SE|SK|TN|VG'],
  [25, 'LY|PT|ST'],
  [26, 'IS|TR'],
  [27, 'FR|GR|IT|MC|MR|SM|DJ|BI'],
  [28, 'AL|AZ|BY|CY|DO|GT|HU|LB|NI|PL|SV'],
  [29, 'BR|EG|PS|QA|UA'],
  [30, 'JO|KW|MU|YE'],
  [31, 'MT|SC'],
  [32, 'LC'],
  [33, 'RU'],
];
const IBAN = new RegExp(
  `(?<![A-Z0-9_-])(?:${IBAN_LENGTHS.map(([length, countries]) => `(?:${countries})\\d\\d(?: ?[A-Z0-9]){${length - 4}}`).join('|')})(?![A-Z0-9_-])`,
  'gi',
);
const EMAIL = /[A-Za-z0-9._%+-]@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,}/;
const POSTAL_CODE = /(?<![A-Za-z0-9_-])[1-9]\d{3} ?(?!S[ADS])[A-Z]{2}(?![A-Za-z0-9_-])/;
/** In small letters only where nothing else is written: "minimaal 1000 eu" is no postal code. */
const BARE_POSTAL_CODE = /^[1-9]\d{3} ?(?!s[ads])[a-z]{2}$/i;
const NINE_DIGITS = /(?<![A-Za-z0-9_.,-])(\d{9}|\d{4}([. ])\d{2}\2\d{3})(?![A-Za-z0-9_]|[.,]\d)/g;
/** International with + or 00, or the ten digits of a Dutch number; a date and time, 01-02-2024 10:00, is neither. */
const TELEPHONE =
  /(?<![A-Za-z0-9_.,-])(?:(?:\+|00)[1-9](?:(?: ?\(0\))?(?: ?[-.] ?| )?\d){8,13}|(?!\d\d[-.]\d\d[-.]\d{4})\(?0[1-9](?:\)?(?: ?[-.] ?| )?\d){8})(?![A-Za-z0-9_-]|[.,:]\d)/;

/**
 * The kind of forbidden data that a text holds anywhere in it, null when none: IBAN (ISO 13616, mod 97) and BSN
 * (eleven test) by their check digits, Dutch postal codes, e-mail addresses and telephone numbers by shape.
 */
export function forbiddenValue(text: string): string | null {
  if (text.length < 6) return null;
  if (text.includes('@') && EMAIL.test(text)) return 'e-mail address';
  if (text.length >= 15 && every(IBAN, text).some(isIban)) return 'account number';
  if (text.length >= 9) {
    if (every(NINE_DIGITS, text).some((digits) => isBsn(digits.replace(/[. ]/g, ''))))
      return 'citizen number';
    if (TELEPHONE.test(text)) return 'telephone';
  }
  return POSTAL_CODE.test(text) || BARE_POSTAL_CODE.test(text) ? 'postal code' : null;
}

/**
 * Whether an id (of A-Z a-z 0-9 _ -) can be forbidden data at all; false of most, at the cost of a look. No e-mail address is one, and
 * all other kinds are bounded by what no id holds, so that only the whole id can be one: it begins with a digit, or as an IBAN does.
 */
export function mayBeForbidden(bytes: Uint8Array, start: number, end: number): boolean {
  return isDigit(bytes[start]) || (end - start >= 15 && isDigit(bytes[start + 2]));
}

function isDigit(byte = 0): boolean {
  return byte >= 48 && byte <= 57;
}

const NONE: readonly string[] = [];

/** Every match of a global expression; asking first for one is much faster where there mostly is none. */
function every(expression: RegExp, text: string): readonly string[] {
  return text.search(expression) < 0 ? NONE : (text.match(expression) ?? NONE);
}

/** The eleven test: 9·d1 + 8·d2 + … + 2·d8 − d9 is a multiple of 11, and not all digits are zero. */
function isBsn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += Number(digits[i]) * (i === 8 ? -1 : 9 - i);
  return sum % 11 === 0 && Number(digits) !== 0;
}

/** ISO 13616: the number with its first four characters moved behind, letters as 10 to 35, is 1 modulo 97. */
function isIban(candidate: string): boolean {
  const plain = candidate.replaceAll(' ', '');
  let remainder = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
