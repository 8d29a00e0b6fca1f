import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { forbiddenColumn, forbiddenValue, mayBeForbidden } from '../../src/domain/forbidden-data.ts';

describe('forbiddenColumn', () => {
  test.each<[kind: string, names: string]>([
    [
      'name',
      'name Name NAAM first_name firstName first-name FirstName lastname LAST_NAME surname achternaam voornaam tussenvoegsel initials voorletters roepnaam klantnaam klant_naam customerName geslachtsnaam geboortenaam meisjesnaam full_name party_name account_holder tenaamstelling username',
    ],
    [
      'address',
      'address adres Address home_address woonadres postadres street straat straatnaam streetName house_number huisnummer huisNr house-no address_line_1 adres2 postal_address',
    ],
    [
      'place',
      'city City town place plaats plaatsnaam woonplaats gemeente municipality residence city_name home_city',
    ],
    [
      'postal code',
      'postcode postCode post_code postal-code zip zipcode ZipCode pc4 PC6 pc4_code postcode_wonen',
    ],
    ['gender', 'gender Gender sex geslacht is_male isFemale man vrouw customer_gender'],
    ['title', 'title titel aanhef salutation academic_title'],
    [
      'e-mail address',
      'email e_mail e-mail eMail emailAddress email_address emailadres customer_email email2 E-MAIL',
    ],
    [
      'telephone',
      'phone telephone telefoon telefoonnummer phoneNumber phone_no mobile mobiel mobile_number mobielnummer mobile_phone tel telnr gsm home-phone phone1',
    ],
    [
      'account number',
      'iban IBAN ibanNumber bban account_number accountNr rekeningnummer rekening_nr bankAccountNumber tegenrekening',
    ],
    [
      'citizen number',
      'bsn BSN bsn_nummer BSNNummer burgerservicenummer burger_service_nummer sofinummer ssn citizen_number',
    ],
    ['nationality', 'nationality nationaliteit citizenship ethnicity ethnic_origin etniciteit'],
    [
      'place of birth',
      'birthplace birth_place placeOfBirth geboorteplaats geboorteland country_of_birth birthCity',
    ],
    [
      'date of birth',
      'birthdate birth_date dateOfBirth date-of-birth DATEOFBIRTH dob geboortedatum geboorte_datum birthday geb_datum',
    ],
  ])('knows %s', (kind, names) => {
    for (const name of names.split(' ')) expect([name, forbiddenColumn(name)]).toEqual([name, kind]);
  });

  it('leaves names that only sound like it', () => {
    const fine = [
      'address_bounced has_email hasPhone heeft_iban has_address email_opt_in email_opens_30d phone_calls_30d',
      'mobile_contact mobile_app mobile_logins_30d telemarketing days_since_contact product_name fund_name',
      'campaign_title job_title subtitle balance_2w has_app accounts account_count number_of_accounts',
      'account_age placement marketplace replaced_card places_visited capacity velocity zipper electricity',
      'age birth_year geboortejaar sexton essex manual mandate vrouwenfonds domain hometown_fund filename',
      'party_id opt_in opt_in_on holds_product is_private opted_out deceased fraud_flag relationship_ended',
      'job education housing_loan previous_outcome euribor3m logins_30d savings_balance holding segment',
      'date fund price sent_on mailing converted_on amount streetwise citizens_fund pc8 ibanity denomination',
    ];
    for (const name of fine.join(' ').split(' ')) expect([name, forbiddenColumn(name)]).toEqual([name, null]);
  });
});

describe('forbiddenValue', () => {
  test.each<[kind: string, values: readonly string[]]>([
    [
      'citizen number',
      [
        '123456782',
        '111222333',
        '000000012',
        '1234.56.782',
        '1234 56 782',
        'bsn: 123456782',
        '(123456782)',
        'a,123456782'.slice(2),
      ],
    ],
    [
      'account number',
      [
        'NL91ABNA0417164300',
        'NL91 ABNA 0417 1643 00',
        'nl91abna0417164300',
        'nl91 abna 0417 1643 00',
        'DE89370400440532013000',
        'BE68 5390 0754 7034',
        'BE68 5390 0754 7034 test',
        'paid from NL91ABNA0417164300 on Monday',
        'GB82 WEST 1234 5698 7654 32',
        'MT84MALT011000012345MTLCAST001S',
        'NO9386011117947',
      ],
    ],
    ['postal code', ['1234AB', '1234 AB', 'Dorpsstraat 1, 1234 AB Ons Dorp', '1234ab', '9999 zz', '1011ab']],
    [
      'e-mail address',
      ['jan@bank.nl', 'Jan.Jansen+x@mail.bank.co.uk', 'write to a_b@example.org, please', 'a@b.nl'],
    ],
    [
      'telephone',
      [
        '0612345678',
        '06-12345678',
        '06 12 34 56 78',
        '06.12.34.56.78',
        '020-1234567',
        '(020) 1234567',
        '+31612345678',
        '+31 6 12345678',
        '+31 (0)6 12345678',
        '0031612345678',
        '+32 470 12 34 56',
        '+1 212-555-0100',
        'bel 06-12345678 na 18:00',
      ],
    ],
  ])('recognises %s', (kind, values) => {
    for (const value of values) expect([value, forbiddenValue(value)]).toEqual([value, kind]);
  });

  it('leaves what only looks like it', () => {
    const fine = [
      '',
      '0',
      '-1',
      // Nine digits that fail the eleven test, amounts, and digits that are part of something longer.
      '123456789',
      '000000000',
      '123456782.50',
      '123456782,50',
      '-123456782',
      '1123456782',
      '123456782000',
      '1.123456782',
      'c123456782',
      'c_123456782',
      // IBANs with a wrong digit, length or country.
      'NL91ABNA0417164301',
      'NL91ABNA04171643000',
      'XX91ABNA0417164300',
      // Pseudonyms as warehouses make them.
      '9e107d9d372bb6826bd81d3542a419d6',
      'de305d54-75b4-431b-adb2-eb6b9e546014',
      'be685390-0754-7034-adb2-eb6b9e546014',
      '00112233-4455-6677-8899-aabbccddeeff',
      'Zm9vYmFy_1234AB-cXV4',
      'c9ix4w1x12345',
      // Dates, times, versions, ranges, sizes.
      '2026-11-16',
      '01-02-2024 10:00',
      '01.02.2024 10:00',
      '2024-01-01T00:00:00Z',
      '20260607',
      '1234SS',
      '0234AB',
      '12345AB',
      '1234ABC',
      'more than 1000 eu',
      '1500-2500',
      '10.24.36.48',
      '0.123456789',
      'a@b',
      '@handle',
      'price @ 12.50',
      '0800-0000',
    ];
    for (const value of fine) expect([value, forbiddenValue(value)]).toEqual([value, null]);
  });

  it('answers on long texts in time that grows with their length', () => {
    const kinds = ['a', 'a.', '@a', '1', '1 ', 'NL91', '06-', '+31 '].map((part) =>
      forbiddenValue(`@${part.repeat(60_000 / part.length)}@`),
    );
    expect(kinds).toEqual(Array.from({ length: 8 }, () => null));
  });
});

describe('mayBeForbidden', () => {
  const judge = (id: string) => mayBeForbidden(Buffer.from(`,${id},`), 1, id.length + 1);

  it('passes over no id that is forbidden data', () => {
    const digits = fc.stringMatching(/^[0-9-]{6,16}$/);
    const parts = fc.array(fc.constantFrom('NL', '91', 'ABNA', '0417164300', '1234AB', '-', '_', '06', 'x'));
    const anyId = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
    const id = fc.oneof(
      anyId,
      digits,
      parts.map((some) => some.join('').slice(0, 64)),
    );
    fc.assert(
      fc.property(id, (text) => {
        expect(judge(text) || forbiddenValue(text) === null).toBe(true);
      }),
      {
        examples: [['NL91ABNA0417164300'], ['111222333'], ['0612345678'], ['1234AB'], ['1234ab']],
        numRuns: 2000,
      },
    );
  });

  it('passes over the ids that customers mostly have', () => {
    expect(['c1234567k', 'P-000123', 'ab12', 'customer_0000000000001'].map(judge)).toEqual(
      Array(4).fill(false),
    );
  });
});
