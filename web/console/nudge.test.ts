import { describe, expect, it } from 'vitest';
import type { FormFieldType, SecureForm } from '../shared/types.ts';
import { nudgeOf } from './nudge.ts';

const form = (key: string, ...types: FormFieldType[]): SecureForm => ({
  key, version: 1, title: key, purpose: '', noticeKey: 'n',
  fields: types.map((type) => ({ key: type.toLowerCase(), type, label: type, dataClass: 'general', required: true, choices: [] })),
});
const forms = [form('pay', 'cardNumber', 'cardExpiry', 'securityCode'), form('code-only', 'securityCode'), form('bank', 'iban'), form('identity', 'nationalId')];
const what = (draft: string): string | undefined => nudgeOf(draft, forms)?.what;

describe('E22: asking for sensitive data in free text', () => {
  it.each([
    'Please send me your card number.',
    'can you type your credit card details here',
    "What's the long number on your card?",
    'I need the 16-digit number',
    'Could you give me the number on your card?',
    'Just drop your visa number in the chat',
    'pls share ur cc number',
    'Bitte schicken Sie mir Ihre Kreditkartennummer',
    'Wie lautet die Nummer Ihrer Karte?',
    'Pouvez-vous m’envoyer votre numéro de carte ?',
    'Quel est le numéro de votre carte bancaire?',
  ])('a card number: %s', (draft) => expect(what(draft)).toMatch(/card/));

  it.each([
    'and the CVV please', 'What are the three digits on the back?', 'I also need the security code', 'send cvc', 'the 3-digit code?',
    'Bitte noch die Prüfziffer', 'Nennen Sie mir den Sicherheitscode', 'Indiquez le cryptogramme', 'le code de sécurité, s’il vous plaît',
  ])('a security code: %s', (draft) => expect(what(draft)).toBe('a card security code'));

  it.each([
    ['May I have your SSN?', 'an identity number'],
    ['please confirm your social security number', 'an identity number'],
    ['Send me a photo of your passport', 'an identity number'],
    ['Schicken Sie mir Ihre Ausweisnummer', 'an identity number'],
    ['Quel est votre numéro de sécurité sociale ?', 'an identity number'],
    ['What is your password?', 'a password, PIN or code'],
    ['tell me the one-time code you got', 'a password, PIN or code'],
    ['Enter your PIN', 'a password, PIN or code'],
    ['Wie ist Ihr Passwort?', 'a password, PIN or code'],
    ['Donnez-moi votre mot de passe', 'a password, PIN or code'],
    ['Which IBAN should we use?', 'bank account details'],
    ['Bitte teilen Sie mir Ihre Bankverbindung mit', 'bank account details'],
    ['Merci de communiquer votre IBAN', 'bank account details'],
  ])('%s', (draft, expected) => expect(what(draft)).toBe(expected));

  it.each([
    'Please do not send your card number in the chat.',
    'Never share your password with anybody, please.',
    'Your card number was hidden before it was stored.',
    'I will send you a secure form for your card number.',
    'Bitte schicken Sie Ihre Kartennummer nicht im Chat.',
    'N’envoyez jamais votre mot de passe, s’il vous plaît.',
    'What is your order number?',
    'Can you tell me your name?',
    'Please spin the wheel and compile the pinned report.',
    'Where do you want it delivered?',
    'The company expanded. Could you wait a moment?',
    '',
  ])('says nothing about: %s', (draft) => expect(what(draft)).toBeUndefined());

  it('offers the form that asks for the least beside it', () => {
    expect(nudgeOf('send me the cvv', forms)?.form?.key).toBe('code-only');
    expect(nudgeOf('card number please', forms)?.form?.key).toBe('pay');
    expect(nudgeOf('your password please', forms)?.form).toBeNull();
  });

  it('takes a very long draft in no time', () => {
    const started = performance.now();
    nudgeOf('please do not card '.repeat(20_000), forms);
    nudgeOf(`${'a'.repeat(100_000)}?`, forms);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
