import { describe, expect, it } from 'vitest';
import { format } from '../form/masks.ts';
import type { FormFieldType } from '../shared/types.ts';

/** A field as text with | for the caret. */
const shown = (type: FormFieldType, field: string, isDeleting = false) => {
  const { text, caret } = format(type, field.replace('|', ''), field.indexOf('|'), isDeleting);
  return `${text.slice(0, caret)}|${text.slice(caret)}`;
};

describe('masks', () => {
  it.each<[FormFieldType, string, string]>([
    ['cardNumber', '41111|', '4111 1|'],
    ['cardNumber', '4111|', '4111|'],
    ['cardNumber', '4111-1111.1111 1111|', '4111 1111 1111 1111|'],
    ['cardNumber', '\u202A4111111111111111|', '4111 1111 1111 1111|'],
    ['cardNumber', '378282246310005|', '3782 822463 10005|'],
    ['cardNumber', '4111 12|11 1111', '4111 12|11 1111'],
    ['cardNumber', '4111 129|11 1111', '4111 129|1 1111 1'],
    ['cardNumber', '|4111 1111', '|4111 1111'],
    ['cardNumber', '4111x|', '4111x|'],
    ['iban', 'gb82west1234|', 'GB82 WEST 1234|'],
    ['iban', 'g|', 'G|'],
    ['iban', '12|', '12|'],
    ['cardExpiry', '3|', '03/|'],
    ['cardExpiry', '1|', '1|'],
    ['cardExpiry', '12|', '12/|'],
    ['cardExpiry', '1229|', '12/29|'],
    ['cardExpiry', '12 / 29|', '12/29|'],
    ['cardExpiry', '12/2029|', '12/2029|'],
    ['email', 'A b|', 'A b|'],
  ])('%s %s reads %s', (type, typed, expected) => expect(shown(type, typed)).toBe(expected));

  it('lets the visitor take a slash away again', () => expect(shown('cardExpiry', '12|', true)).toBe('12|'));

  it('keeps the caret behind its digit when one is deleted inside', () => expect(shown('cardNumber', '4111 1|11 1111 1111', true)).toBe('4111 1|111 1111 111'));
});
