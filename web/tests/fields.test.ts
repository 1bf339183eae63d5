import { describe, expect, it } from 'vitest';
import { check, isCardNumber, isIban, normalise, type RefusalCode } from '../shared/fields.ts';
import type { FormFieldType } from '../shared/types.ts';

const now = new Date('2026-11-22T12:00:00Z');
const refusal = (type: FormFieldType, text: string, required = true, choices: string[] = []) => check({ type, required, choices }, text, now);

describe('checks, as the server makes them', () => {
  it.each<[FormFieldType, string]>([
    ['cardNumber', '4111 1111 1111 1111'], ['cardNumber', '4111-1111-1111-1111'], ['cardNumber', '٤١١١١١١١١١١١١١١١'], ['cardNumber', '378282246310005'],
    ['cardNumber', '\u200E4111111111111111\u200F'], ['cardNumber', '2223003122003222'], ['cardNumber', '30569309025904'], ['cardNumber', '6011111111111117'],
    ['cardExpiry', '03/29'], ['cardExpiry', '3/29'], ['cardExpiry', '03/2029'], ['cardExpiry', '0329'], ['cardExpiry', '032029'], ['cardExpiry', '2029-03'],
    ['cardExpiry', '11/26'], ['cardExpiry', '03 - 29'], ['securityCode', '123'], ['securityCode', '1234'], ['securityCode', '１２３'],
    ['iban', 'GB82 WEST 1234 5698 7654 32'], ['iban', 'de89370400440532013000'], ['iban', 'NO93 8601 1117 947'],
    ['email', 'a@b.co'], ['email', 'jörg@bücher.example'], ['email', 'a+b.c@example.co.uk'], ['phone', '+44 (0)20 7946 0958'], ['phone', '0044 20 7946 0958'],
    ['phone', '+1-212-555-0100'], ['date', '2024-02-29'], ['number', '-12.50'], ['number', '+7'], ['number', '\u22123'],
    ['nationalId', 'AB 12.34-5/6'], ['secret', ' '], ['text', 'x'], ['healthNote', 'one\r\ntwo'], ['cardLastFour', '4242'],
  ])('take %s %j', (type, text) => expect(refusal(type, text)).toBeUndefined());

  it.each<[FormFieldType, string, RefusalCode]>([
    ['cardNumber', '4111 1111 1111 1112', 'card-number'], ['cardNumber', '1234', 'card-number'], ['cardNumber', '4111 1111 1111 111a', 'card-number'],
    ['cardNumber', '9'.repeat(65), 'too-long'], ['cardExpiry', '10/26', 'expired'], ['cardExpiry', '13/29', 'malformed'], ['cardExpiry', '03/99', 'malformed'],
    ['cardExpiry', '0', 'malformed'], ['cardExpiry', '03/29-', 'malformed'], ['securityCode', '12', 'malformed'], ['securityCode', '12345', 'malformed'],
    ['iban', 'GB82 WEST 1234 5698 7654 33', 'iban'], ['iban', 'XX82', 'iban'], ['email', 'a@b', 'malformed'], ['email', 'a@@b.co', 'malformed'],
    ['email', '.a@b.co', 'malformed'], ['email', 'a@1.2.3.4', 'malformed'], ['phone', '020 7946 0958', 'malformed'], ['phone', '+0123456789', 'malformed'],
    ['date', '2023-02-29', 'malformed'], ['date', '0000-01-01', 'malformed'], ['number', '1,5', 'malformed'], ['number', '++1', 'malformed'], ['nationalId', 'abc', 'too-short'],
    ['nationalId', '----', 'malformed'], ['nationalId', 'ab_cd', 'malformed'], ['text', 'a\u0007b', 'control-characters'], ['text', 'a\nb', 'control-characters'],
    ['text', '\uD800', 'control-characters'], ['text', 'x'.repeat(501), 'too-long'], ['cardLastFour', '42424', 'too-long'], ['choice', 'c', 'not-a-choice'],
    ['name', '   ', 'required'],
  ])('refuse %s %j as %s', (type, text, code) => expect(refusal(type, text, true, ['a', 'b'])).toBe(code));

  it('asks nothing of an optional field that is empty', () => expect(refusal('iban', ' ', false)).toBeUndefined());
  it('keeps a card good to the last moment of its month anywhere', () => {
    const card = { type: 'cardExpiry', required: true, choices: [] } as const;
    expect(check(card, '10/26', new Date('2026-11-01T11:59:59Z'))).toBeUndefined();
    expect(check(card, '10/26', new Date('2026-11-01T12:00:00Z'))).toBe('expired');
  });

  it('brings answers into the one spelling', () => {
    expect(normalise('cardExpiry', '3 / 2029', now)).toBe('03/29');
    expect(normalise('phone', ' 00 44 (0)20-7946 0958 ', now)).toBe('+442079460958');
    expect(normalise('iban', 'gb82west12345698765432', now)).toBe('GB82WEST12345698765432');
    expect(normalise('secret', ' x ', now)).toBe(' x ');
    expect(normalise('securityCode', '१२३', now)).toBe('123');
  });

  it('knows issuers, lengths and check digits', () => {
    expect(isCardNumber('4111111111111111')).toBe(true);
    expect(isCardNumber('0000000000000000')).toBe(false);
    expect(isIban('GB82WEST12345698765432')).toBe(true);
    expect(isIban('GB82WEST1234569876543')).toBe(false);
  });
});
