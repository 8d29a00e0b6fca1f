/** Words of column names, Dutch and English, that tell what kind of data a column holds (feed.md §1). */
const COLUMN_WORDS: readonly (readonly [kind: string, words: RegExp])[] = [
  [
    'name',
    /^((first|last|middle|full|family|given|sur|voor|achter|tussen|customer|klant)_?)?(name|naam|namen)$|^(initials|voorletters|tussenvoegsel|roepnaam|surname)$/,
  ],
  [
    'address',
    /(^|_)(address|adres|street|straat|straatnaam|streetname|house_?(no|nr|number)|huis_?(nr|nummer)|woonadres)(_|$)/,
  ],
  ['place', /(^|_)(city|town|place|plaats|woonplaats|residence|gemeente|municipality)(_|$)/],
  ['postal code', /(^|_)(post_?code|postal_?code|zip|zip_?code|pc[46])(_|$)/],
  ['gender', /(^|_)(gender|sex|geslacht)(_|$)/],
  ['title', /^(title|titel|salutation|aanhef)$/],
  ['e-mail address', /(^|_)e_?mail(_?(address|adres))?$/],
  [
    'telephone',
    /(^|_)(tele)?(phone|foon)(_?(no|nr|number|nummer))?$|(^|_)(tel|gsm|mobile_?(no|nr|number)|mobiel_?(nr|nummer))$/,
  ],
  ['account number', /(^|_)(iban|bban|account_?(no|nr|number)|reken(ing)?_?(nr|nummer))(_|$)/],
  [
    'citizen number',
    /(^|_)(bsn|sofi|sofi_?(nr|nummer)|ssn|burger_?service_?nummer|citizen_?(no|nr|number))(_|$)/,
  ],
  ['nationality', /(^|_)(nationality|nationaliteit|citizenship|ethnicity|etniciteit)(_|$)/],
  [
    'place of birth',
    /(^|_)(birth_?(place|country)|place_of_birth|country_of_birth|geboorte_?(plaats|land))(_|$)/,
  ],
  ['date of birth', /(^|_)(birth_?(date|day)|date_of_birth|dob|geboorte_?(datum|dag))(_|$)/],
];

/** The kind of forbidden data that a column of this name would hold, null when none. */
export function forbiddenColumn(name: string): string | null {
  const plain = name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s.-]+/g, '_');
  // "address_bounced" says that mail came back, not where somebody lives.
  if (plain === 'address_bounced') return null;
  return COLUMN_WORDS.find(([, words]) => words.test(plain))?.[0] ?? null;
}

const EMAIL = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/;
const IBAN =
  /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?(?![A-Za-z0-9])/g;
const POSTAL_CODE = /(?<![A-Za-z0-9])[1-9]\d{3} ?(?!S[ADS])[A-Z]{2}(?![A-Za-z0-9])/;
const NINE_DIGITS = /(?<![A-Za-z0-9.,-])(\d{9}|\d{4}\.\d{2}\.\d{3})(?![A-Za-z0-9]|[.,]\d)/g;
const TELEPHONE =
  /(?<![A-Za-z0-9.,-])(?:(?:\+|00)[1-9]\d(?:[ -]?\d){7,11}|0[1-9](?:[ -]?\d){8})(?![A-Za-z0-9]|[.,]\d)/;

/**
 * The kind of forbidden data that a text holds anywhere in it, null when none: IBAN (ISO 13616, mod 97) and BSN
 * (eleven test) by their check digits, Dutch postal codes, e-mail addresses and telephone numbers by shape.
 */
export function forbiddenValue(text: string): string | null {
  if (text.length < 6) return null;
  if (text.includes('@') && EMAIL.test(text)) return 'e-mail address';
  if (text.length >= 9) {
    for (const [digits] of text.matchAll(NINE_DIGITS))
      if (isBsn(digits.replaceAll('.', ''))) return 'citizen number';
    if (TELEPHONE.test(text)) return 'telephone';
    for (const [candidate] of text.matchAll(IBAN))
      if (isIban(candidate.replaceAll(' ', ''))) return 'account number';
  }
  return POSTAL_CODE.test(text) ? 'postal code' : null;
}

/** The eleven test: 9·d1 + 8·d2 + … + 2·d8 − d9 is a multiple of 11, and not all digits are zero. */
function isBsn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += Number(digits[i]) * (i === 8 ? -1 : 9 - i);
  return sum % 11 === 0 && Number(digits) !== 0;
}

/** ISO 13616: the number with its first four characters moved behind, letters as 10 to 35, is 1 modulo 97. */
function isIban(candidate: string): boolean {
  if (candidate.length < 15 || candidate.length > 34) return false;
  let remainder = 0;
  for (const character of (candidate.slice(4) + candidate.slice(0, 4)).toUpperCase()) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
