import { isAmericanExpress, normalise } from '../shared/fields.ts';
import type { FormFieldType } from '../shared/types.ts';

export interface Edited {
  readonly text: string;
  readonly caret: number;
}

const NEVER = new Date(0);

/**
 * Groups a number as it is printed, while it is typed or pasted. What does not look like one is left as typed: a mask never eats a
 * character that the check should speak about. The caret stays behind the character it stood behind.
 */
export function format(type: FormFieldType, text: string, caret: number, isDeleting: boolean): Edited {
  switch (type) {
    case 'cardNumber':
      return grouped(text, caret, /^[\d]{1,19}$/, digits => isAmericanExpress(digits) ? [4, 6, 5] : [4, 4, 4, 4, 4]);
    case 'iban':
      return grouped(text, caret, /^[A-Z]{1,2}$|^[A-Z]{2}[0-9A-Z]{1,32}$/, () => Array<number>(9).fill(4), 'iban');
    case 'cardExpiry':
      return expiry(text, caret, isDeleting);
    default:
      return { text, caret };
  }
}

function grouped(text: string, caret: number, plain: RegExp, groups: (compact: string) => readonly number[], type: FormFieldType = 'cardNumber'): Edited {
  const compact = normalise(type, text, NEVER);
  if (!plain.test(compact)) {
    return { text, caret };
  }

  const before = normalise(type, text.slice(0, caret), NEVER).length;
  const sizes = groups(compact);
  let result = '';
  let at = 0;
  let newCaret = before === 0 ? 0 : -1;
  for (let group = 0; at < compact.length; group++) {
    const size = sizes[group] ?? compact.length;
    if (result !== '') {
      result += ' ';
    }

    for (const end = Math.min(compact.length, at + size); at < end; at++) {
      result += compact[at]!;
      if (at + 1 === before) {
        newCaret = result.length;
      }
    }
  }

  return { text: result, caret: newCaret < 0 ? result.length : newCaret };
}

function expiry(text: string, caret: number, isDeleting: boolean): Edited {
  // A month that is complete gets its slash; what was written with one keeps it.
  if (isDeleting || caret !== text.length) {
    return { text, caret };
  }

  const digits = /^\d{1,4}$/.exec(text)?.[0];
  const result = digits === undefined ? text.replace(/^(\d{1,2}) ?\/ ?(?=\d{0,4}$)/, '$1/')
    : /^[2-9]$/.test(digits) ? `0${digits}/`
      : /^(0[1-9]|1[0-2])$/.test(digits) ? `${digits}/`
        : digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
  return { text: result, caret: result.length };
}
