import type { FormFieldType } from './types.ts';

// The rules of docs/forms.md as the server applies them (FieldNormaliser, AnswerValidator), so that a visitor is told at once. The
// server's word is final.

export type RefusalCode =
  | 'required' | 'too-long' | 'too-short' | 'malformed' | 'control-characters' | 'card-number' | 'expired' | 'iban' | 'not-a-choice';

/** First and last six digits of the prefix, fewest and most digits of the number. */
const CARD_RANGES: readonly (readonly [number, number, number, number])[] = [
  [400000, 499999, 13, 13], [400000, 499999, 16, 16], [400000, 499999, 18, 19], [510000, 559999, 16, 16], [222100, 272099, 16, 16],
  [340000, 349999, 15, 15], [370000, 379999, 15, 15], [300000, 305999, 14, 14], [300000, 305999, 16, 19], [309500, 309599, 14, 14],
  [309500, 309599, 16, 19], [360000, 369999, 14, 19], [380000, 399999, 14, 14], [380000, 399999, 16, 19], [350000, 359999, 16, 16],
  [352800, 358999, 16, 19], [213100, 213199, 15, 15], [180000, 180099, 15, 15], [810000, 817199, 16, 19], [817200, 829999, 16, 16],
  [500000, 509999, 12, 19], [560000, 589999, 12, 19], [600000, 699999, 12, 19], [220000, 220499, 16, 19], [220500, 220599, 16, 16],
  [979200, 979299, 16, 16], [860000, 860099, 16, 16], [986000, 986099, 16, 16], [194600, 194699, 16, 16], [100000, 199999, 15, 15],
];

// Country, then the account part: n digits, a letters, c either.
const IBAN_SHAPES =
  'AD n8c12 AE n19 AL n8c16 AT n16 AZ a4c20 BA n16 BE n12 BG a4n6c8 BH a4c14 BI n23 BR n23a1c1 BY c4n4c16 CH n5c12 CR n18 CY n8c16 '
  + 'CZ n20 DE n18 DJ n23 DK n14 DO c4n20 EE n16 EG n25 ES n20 FI n14 FK a2n12 FO n14 FR n10c11n2 GB a4n14 GE a2n16 GI a4c15 GL n14 '
  + 'GR n7c16 GT c24 HN a4n20 HR n17 HU n24 IE a4n14 IL n19 IQ a4n15 IS n22 IT a1n10c12 JO a4n4c18 KW a4c22 KZ n3c13 LB n4c20 '
  + 'LC a4c24 LI n5c12 LT n16 LU n3c13 LV a4c13 LY n21 MC n10c11n2 MD c20 ME n18 MK n3c10n2 MN n16 MR n23 MT a4n5c18 MU a4n19a3 '
  + 'NI a4n20 NL a4n10 NO n11 OM n3c16 PK a4c16 PL n24 PS a4c21 PT n21 QA a4c21 RO a4c16 RS n18 RU n14c15 SA n2c18 SC a4n20a3 '
  + 'SD n14 SE n20 SI n15 SK n20 SM a1n10c12 SO n19 ST n21 SV a4n20 TL n19 TN n20 TR n6c16 UA n6c19 VA n18 VG a4n16 XK n16 YE a4n4c18 '
  + 'AO n21 BF c2n22 BJ c2n22 CF n23 CG n23 CI c2n22 CM n23 CV n21 DZ n22 GA n23 GQ n23 GW c2n19 IR n22 KM n23 MA n24 MG n23 '
  + 'ML c2n22 MZ n21 NE c2n22 SN c2n22 TD n23 TG c2n22';

const SEPARATOR = /[\s\u0085\-./_\u00AD\u2212\p{Pd}]/u;
const INVISIBLE = /(?![\0-\x7F])\p{Cf}/u;
const DIGIT = /\p{Nd}/u;

export function isCardNumber(digits: string): boolean {
  if (!/^\d{12,19}$/.test(digits)) {
    return false;
  }

  const prefix = Number(digits.slice(0, 6));
  return CARD_RANGES.some(([from, to, shortest, longest]) => prefix >= from && prefix <= to && digits.length >= shortest && digits.length <= longest)
    && hasLuhn(digits);
}

function hasLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, isDoubled = false; i >= 0; i--, isDoubled = !isDoubled) {
    const digit = Number(digits[i]);
    sum += !isDoubled ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }

  return sum % 10 === 0;
}

export function isAmericanExpress(digits: string): boolean {
  return /^3[47]/.test(digits);
}

function ibanShape(country: string): string | undefined {
  const parts = IBAN_SHAPES.split(' ');
  const index = parts.indexOf(country);
  return /^[A-Z]{2}$/.test(country) && index >= 0 ? parts[index + 1] : undefined;
}

/** Upper case without separators. */
export function isIban(iban: string): boolean {
  const shape = ibanShape(iban.slice(0, 2));
  const pattern = shape?.replace(/([nac])(\d+)/g, (_, kind: string, count: string) => `${kind === 'n' ? '[0-9]' : kind === 'a' ? '[A-Z]' : '[0-9A-Z]'}{${count}}`);
  const check = Number(iban.slice(2, 4));
  if (!pattern || !new RegExp(`^[A-Z]{2}[0-9]{2}${pattern}$`).test(iban) || check < 2 || check > 98) {
    return false;
  }

  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }

  return remainder === 1;
}

/** Digits of any script as ASCII; everything else as it is. */
function asciiDigit(character: string): string {
  if (character <= '\x7F' || !DIGIT.test(character)) {
    return character;
  }

  // Scripts have their ten digits in a row that begins at ...0 or at ...6.
  const code = character.charCodeAt(0);
  const isFromZero = DIGIT.test(String.fromCharCode(code & ~15));
  return String((code & 15) - (isFromZero ? 0 : 6));
}

function map(text: string, change: (character: string) => string): string {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    result += change(text[i]!);
  }

  return result;
}

const compact = (text: string): string => map(text, character => SEPARATOR.test(character) || INVISIBLE.test(character) ? '' : asciiDigit(character));
const visible = (text: string): string => map(text, character => INVISIBLE.test(character) ? '' : asciiDigit(character));

/** Month and year of an expiry as people write it: 03/29, 3/29, 03/2029, 0329, 032029, 2029-03, with any separator. */
export function readExpiry(text: string, now: Date): { readonly month: number; readonly year: number } | undefined {
  const match = /^(\d{1,6})(?:\x00+(\d{1,4})|\x00*)$/.exec(map(visible(text.trim()), character => SEPARATOR.test(character) ? '\0' : character).replace(/^\0+/, ''));
  if (!match) {
    return undefined;
  }

  const [, first = '', second = ''] = match;
  let month: number;
  let yearText: string;
  if (first.length <= 2 && (second.length === 2 || second.length === 4)) {
    [month, yearText] = [Number(first), second];
  } else if (first.length === 4 && second.length === 2) {
    [month, yearText] = [Number(second), first];
  } else if ((first.length === 4 || first.length === 6) && !second) {
    [month, yearText] = [Number(first.slice(0, 2)), first.slice(2)];
  } else {
    return undefined;
  }

  const year = yearText.length === 2 ? nearYear(Number(yearText), now) : Number(yearText);
  return month >= 1 && month <= 12 && year >= 1900 ? { month, year } : undefined;
}

function nearYear(twoDigits: number, now: Date): number {
  const year = Math.floor(now.getUTCFullYear() / 100) * 100 + twoDigits;
  return year < now.getUTCFullYear() - 50 ? year + 100 : year;
}

/** The one spelling that is sealed. */
export function normalise(type: FormFieldType, typed: string, now: Date): string {
  const text = type === 'secret' ? typed : typed.trim();
  switch (type) {
    case 'cardNumber':
    case 'cardLastFour':
    case 'securityCode':
      return compact(text);
    case 'iban':
      return compact(text).replace(/[a-z]+/g, letters => letters.toUpperCase());
    case 'cardExpiry': {
      const expiry = readExpiry(text, now);
      return expiry && nearYear(expiry.year % 100, now) === expiry.year
        ? `${String(expiry.month).padStart(2, '0')}/${String(expiry.year % 100).padStart(2, '0')}`
        : visible(text);
    }

    case 'phone':
      return compact(text.replaceAll(/(?<=.)\(0\)/gs, '').replaceAll(/[()]/g, '').replaceAll('\uFF0B', '+')).replace(/^00(?=.)/, '+');
    case 'number':
      return visible(text).replace(/^\+(?=\d)/, '').replace(/^\u2212/, '-');
    case 'date':
      return visible(text);
    case 'healthNote':
      return text.replace(/\r\n?/g, '\n');
    default:
      return text;
  }
}

const LONGEST: Partial<Record<FormFieldType, number>> = {
  text: 500, name: 200, email: 254, choice: 200, nationalId: 32, secret: 1000, healthNote: 4000,
};

export const longestOf = (type: FormFieldType): number => LONGEST[type] ?? 64;

export interface FieldRule {
  readonly type: FormFieldType;
  readonly required: boolean;
  readonly choices: readonly string[];
}

/** Why an answer would be refused; nothing when it would be taken. */
export function check(field: FieldRule, typed: string, now: Date): RefusalCode | undefined {
  const { type } = field;
  const text = type === 'secret' ? typed : typed.trim();
  const value = normalise(type, typed, now);
  if (text === '') {
    return field.required ? 'required' : undefined;
  }

  if (text.length > longestOf(type) || (type === 'cardLastFour' && value.length > 4)) {
    return 'too-long';
  }

  const lines = type === 'healthNote';
  if (!isClean(text, lines) || !isClean(value, lines)) {
    return 'control-characters';
  }

  switch (type) {
    case 'email':
      return isEmail(value) ? undefined : 'malformed';
    case 'phone':
      return /^\+[1-9]\d{6,14}$/.test(value) ? undefined : 'malformed';
    case 'date':
      return isDate(value) ? undefined : 'malformed';
    case 'number':
      return /^-?\d{1,64}(\.\d{1,64})?$/.test(value) ? undefined : 'malformed';
    case 'choice':
      return field.choices.includes(value) ? undefined : 'not-a-choice';
    case 'cardNumber':
      return isCardNumber(value) ? undefined : 'card-number';
    case 'cardLastFour':
      return /^\d{4}$/.test(value) ? undefined : 'malformed';
    case 'cardExpiry': {
      const expiry = readExpiry(value, now);
      if (!expiry || expiry.year > now.getUTCFullYear() + 25) {
        return 'malformed';
      }

      // Good through the last day of its month, wherever its holder is: the month ends last at UTC-12.
      return now.getTime() >= Date.UTC(expiry.year, expiry.month, 1, 12) ? 'expired' : undefined;
    }

    case 'securityCode':
      return /^\d{3,4}$/.test(value) ? undefined : 'malformed';
    case 'iban':
      return isIban(value) ? undefined : 'iban';
    case 'nationalId':
      return value.length < 4 ? 'too-short' : isNationalId(value) ? undefined : 'malformed';
    case 'text':
    case 'name':
    case 'secret':
    case 'healthNote':
      return undefined;
    default:
      return 'malformed';
  }
}

function isClean(text: string, allowLineBreaks: boolean): boolean {
  const unseen = allowLineBreaks ? /[\0-\x09\x0B\x0C\x0E-\x1F\x7F-\x9F\u2028\u2029]/ : /[\0-\x1F\x7F-\x9F\u2028\u2029]/;
  return !unseen.test(text) && !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

function isDate(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!match) {
    return false;
  }

  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isNationalId(value: string): boolean {
  const characters = value.split('');
  return characters.every(character => /[\p{L}\p{Nd} \-./]/u.test(character)) && characters.some(character => /[\p{L}\p{Nd}]/u.test(character));
}

function isEmail(value: string): boolean {
  const at = value.indexOf('@');
  if (at < 1 || at > 64 || at !== value.lastIndexOf('@')) {
    return false;
  }

  const labels = value.slice(at + 1).split('.');
  const isAtom = (text: string, ascii: RegExp) =>
    text !== '' && text.split('').every(character => character <= '\x7F' ? ascii.test(character) : !/\s|\u0085/.test(character) && !INVISIBLE.test(character));
  return value.slice(0, at).split('.').every(atom => isAtom(atom, /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]/))
    && labels.length > 1
    && labels.every(label => label.length <= 63 && !label.startsWith('-') && !label.endsWith('-') && isAtom(label, /[A-Za-z0-9-]/))
    && !/^\d{1,63}$/.test(labels.at(-1)!);
}
