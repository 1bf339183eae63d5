import { describe, expect, it } from 'vitest';
import type { ConversationEvent, FormCard, FormCardValue } from '../shared/types.ts';
import { entriesOf } from './session.ts';
import { cardState, grouped, nameOf, sinceText } from './words.ts';

describe('values on screen', () => {
  it.each([
    ['4242424242424242', 'cardNumber', '4242 4242 4242 4242'],
    ['378282246310005', 'cardNumber', '3782 822463 10005'],
    ['4222222222222', 'cardNumber', '4222 2222 2222 2'],
    ['GB82WEST12345698765432', 'iban', 'GB82 WEST 1234 5698 7654 32'],
    ['123456789', 'nationalId', '123 45 6789'],
    ['12/29', 'cardExpiry', '12/29'],
    ['123', 'securityCode', '123'],
    ['a secret with 4242424242424242', 'secret', 'a secret with 4242424242424242'],
    ['4242424242424242', undefined, '4242 4242 4242 4242'],
  ] as const)('%s as %s', (text, type, expected) => {
    const groups = grouped(text, type);
    expect(groups.join(' ')).toBe(expected);
    // What is read aloud in groups is still the whole value, nothing more and nothing less.
    expect(groups.join('')).toBe(text);
  });
});

describe('a card', () => {
  const value = (state: FormCardValue['state']): FormCardValue => ({ valueId: state, fieldKey: 'f', label: 'l', preview: '', state, expiresAt: '' });
  const card = (state: FormCard['state'], ...values: FormCardValue[]): FormCard => ({ requestId: 'r', formKey: 'f', title: 't', revision: 1, state, expiresAt: '', values });
  it('says in words where it stands', () => {
    expect(cardState(card('requested')).text).toBe('Waiting for the visitor');
    expect(cardState(card('submitted', value('sealed'), value('destroyed'))).text).toBe('Ready to be opened');
    expect(cardState(card('submitted', value('claimed'), value('destroyed'))).text).toBe('Opened');
    expect(cardState(card('submitted', value('destroyed'))).text).toBe('Deleted');
    expect(cardState(card('expired')).text).toBe('Ran out of time');
  });
});

describe('messages', () => {
  const event = (sequence: number, more: Partial<ConversationEvent>): ConversationEvent => ({ sequence, kind: 'messageAdded', at: '2026-01-01T00:00:00Z', actor: 'visitor', ...more });
  it('E31: show what a later masking left of them', () => {
    const entries = entriesOf([
      event(1, { text: '4242 4242' }),
      event(2, { text: '•••• ••••', maskedKinds: ['payment-card'] }),
      event(3, { kind: 'messageMasked', amends: 1, text: '•••• ••••', maskedKinds: ['payment-card'] }),
    ]);
    expect([...entries.values()].map(({ text, maskedKinds, isAmended }) => ({ text, maskedKinds, isAmended }))).toEqual([
      { text: '•••• ••••', maskedKinds: ['payment-card'], isAmended: true },
      { text: '•••• ••••', maskedKinds: ['payment-card'], isAmended: false },
    ]);
  });
});

describe('the list', () => {
  it('tells conversations apart and how long they rest', () => {
    expect(nameOf({ id: '0123456789012345678901abcd', type: 'order-help', state: 'open', createdAt: '', lastActivityAt: '' })).toBe('Order help abcd');
    const now = Date.parse('2026-01-01T12:00:00Z');
    expect(['11:59:40', '11:55:00', '09:00:00'].map((time) => sinceText(`2026-01-01T${time}Z`, now))).toEqual(['just now', '5 min', '3 h']);
    expect(sinceText('2026-01-01T13:00:00Z', now)).toBe('just now');
  });
});
