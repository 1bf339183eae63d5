import { check, isAmericanExpress, isCardNumber, isIban, normalise } from '../shared/fields.ts';
import type { SecureFormField } from '../shared/types.ts';

/** What was found in a text of the visitor's own, by the type of the field that it fits. */
type Found = Partial<Record<SecureFormField['type'], string>>;

function digitsOf(text: string): string {
  return normalise('cardNumber', text, new Date(0));
}

/** Longest card number that begins somewhere in a run of digits; separators in between are skipped, line breaks too. */
function findCard(text: string): { readonly number: string; readonly from: number; readonly to: number } | undefined {
  for (const match of text.matchAll(/\p{Nd}/gu)) {
    // A number begins where no digit stands before it.
    if (/\p{Nd}$/u.test(text.slice(0, match.index))) {
      continue;
    }

    const run = /^\p{Nd}(?:[\s\-./_\u00AD\u2212\p{Pd}\p{Cf}]{0,3}\p{Nd}){11,40}/u.exec(text.slice(match.index))?.[0];
    for (let end = run?.length ?? 0; run && end >= 12; end--) {
      const number = digitsOf(run.slice(0, end));
      if (number.length >= 12 && number.length <= 19 && !/\p{Nd}/u.test(run[end] ?? '') && isCardNumber(number)) {
        return { number, from: match.index, to: match.index + end };
      }
    }
  }

  return undefined;
}

function findIban(text: string): string | undefined {
  for (const match of text.matchAll(/[A-Z]{2}\s?\d{2}(?:[\s-]{0,2}[A-Z0-9]){11,30}/gi)) {
    for (let end = match[0].length; end >= 15; end--) {
      const iban = normalise('iban', match[0].slice(0, end), new Date(0));
      if (isIban(iban)) {
        return iban;
      }
    }
  }

  return undefined;
}

/** Runs on the visitor's device, over text that was typed there; nothing of it is sent. */
export function find(text: string, now: Date): Found {
  const found: Found = {};
  const card = findCard(text);
  let rest = text;
  if (card) {
    found.cardNumber = card.number;
    rest = `${text.slice(0, card.from)} | ${text.slice(card.to)}`;

    // Beside a card number only: elsewhere such numbers mean other things.
    const expiry = /(?<!\d)(0?[1-9]|1[0-2])\s?[/.-]\s?(20\d{2}|\d{2})(?!\d)/.exec(rest);
    if (expiry && !check({ type: 'cardExpiry', required: true, choices: [] }, expiry[0], now)) {
      found.cardExpiry = expiry[0].replaceAll(/\s/g, '');
      rest = rest.replace(expiry[0], ' | ');
    }

    const code = new RegExp(`(?<![\\d/.-])\\d{${isAmericanExpress(card.number) ? 4 : 3}}(?![\\d/.-])`).exec(rest);
    if (code) {
      found.securityCode = code[0];
    }
  } else {
    const code = /(?:cv[vc]2?|cid|security code)\D{0,12}(\d{3,4})(?!\d)/i.exec(text);
    if (code) {
      found.securityCode = code[1]!;
    }
  }

  const iban = findIban(rest);
  if (iban) {
    found.iban = iban;
  }

  const email = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+\.[^\s<>"'(),;:.]+/.exec(rest)?.[0];
  if (email && !check({ type: 'email', required: true, choices: [] }, email, now)) {
    found.email = email;
  }

  const phone = /(?:\+|00)[\d\s().-]{7,25}\d/.exec(rest)?.[0];
  if (phone && !check({ type: 'phone', required: true, choices: [] }, phone, now)) {
    found.phone = phone.trim();
  }

  const ssn = /(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])/.exec(rest)?.[0];
  if (ssn) {
    found.nationalId = ssn;
  }

  return found;
}

/** The fields of a form that a text fills in, by field key; each finding goes into the first field of its type. */
export function prefill(fields: readonly SecureFormField[], text: string, now: Date): Record<string, string> {
  const found = find(text, now);
  const values: Record<string, string> = {};
  const used = new Set<string>();
  for (const field of fields) {
    const value = found[field.type];
    if (value !== undefined && !used.has(field.type)) {
      used.add(field.type);
      values[field.key] = value;
    }
  }

  return values;
}
