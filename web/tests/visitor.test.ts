import { describe, expect, it } from 'vitest';
import { EventLog } from '../shared/log.ts';
import { createTexts } from '../shared/strings.ts';
import { accentCss } from '../shared/theme.ts';
import type { ConversationEvent, FormCard, SecureFormField } from '../shared/types.ts';
import { prefill } from '../visitor/prefill.ts';
import { Store } from '../visitor/storage.ts';
import { WINDOW, earlierEnd, laterEnd, timelineOf, windowOf, withCard } from '../visitor/timeline.ts';

const now = new Date('2026-11-22T12:00:00Z');
const field = (key: string, type: SecureFormField['type']): SecureFormField => ({ key, type, label: key, dataClass: 'general', required: true, choices: [] });
const payment = [field('pan', 'cardNumber'), field('exp', 'cardExpiry'), field('cvc', 'securityCode')];
const message = (sequence: number, text = `${sequence}`): ConversationEvent => ({ sequence, kind: 'messageAdded', at: '2026-01-01T00:00:00Z', actor: 'visitor', text });
const card = (requestId: string, revision: number, state: FormCard['state'] = 'requested'): FormCard =>
  ({ requestId, formKey: 'card-payment', title: 'Pay', revision, state, expiresAt: '2026-01-01T00:15:00Z', values: [] });

describe('send it safely', () => {
  it.each<[string, Record<string, string>]>([
    ['my card is 4111 1111 1111 1111 exp 03/29 cvc 123', { pan: '4111111111111111', exp: '03/29', cvc: '123' }],
    ['4111-1111-1111-1111', { pan: '4111111111111111' }],
    ['4111\n1111\n1111\n1111', { pan: '4111111111111111' }],
    ['amex 3782 822463 10005, 12/2030, 1234', { pan: '378282246310005', exp: '12/2030', cvc: '1234' }],
    ['the cvv is 987', { cvc: '987' }],
    ['order 4111 1111 1111 1112', {}],
    ['hello 42', {}],
  ])('%j fills in %j', (text, values) => expect(prefill(payment, text, now)).toEqual(values));

  it('finds an IBAN, an address and a number for fields of their kind', () => {
    expect(prefill([field('i', 'iban'), field('m', 'email'), field('p', 'phone')], 'GB82 WEST 1234 5698 7654 32, me@example.com. call +44 20 7946 0958', now))
      .toEqual({ i: 'GB82WEST12345698765432', m: 'me@example.com', p: '+44 20 7946 0958' });
  });

  it('answers in time on a long text', () => {
    const start = performance.now();
    prefill(payment, '1234 5678 '.repeat(800), now);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('masked later (E31, E38)', () => {
  it('forgets the text that was shown before, and says once what it was', () => {
    const before: string[] = [];
    const log = new EventLog(0, event => before.push(event.text ?? ''));
    log.add([message(1, '4111 1111'), message(2, '1111 1111')]);
    log.add([{ sequence: 3, kind: 'messageMasked', at: '', actor: 'visitor', amends: 1, text: '[card]', maskedKinds: ['payment-card'] }]);
    expect(before).toEqual(['4111 1111']);
    expect(JSON.stringify(log.all)).not.toContain('4111');
    expect(log.get(1)).toMatchObject({ text: '[card]', maskedKinds: ['payment-card'], amendedBy: 3 });
  });
});

describe('timeline', () => {
  it('shows a form once, as it stands now, whatever order its cards come in', () => {
    let cards = withCard(new Map(), card('a', 3, 'submitted'));
    cards = withCard(cards, card('a', 2, 'opened'));
    const items = timelineOf([{ ...message(1), kind: 'formChanged', form: card('a', 1) }, { ...message(2), kind: 'formChanged', form: card('a', 3) }], [], cards);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ kind: 'card', card: { revision: 3, state: 'submitted' } });
  });

  it('keeps a bounded window over ten thousand messages, and moves it both ways', () => {
    const items = timelineOf(Array.from({ length: 10_000 }, (_, i) => message(i + 1)), [], new Map());
    const end = windowOf(items, undefined);
    expect(end).toEqual({ from: 10_000 - WINDOW, to: 10_000 });
    const earlier = windowOf(items, earlierEnd(items, end));
    expect(earlier.to - earlier.from).toBe(WINDOW);
    expect(earlier.to).toBeLessThan(10_000);
    expect(laterEnd(items, earlier)).toBeUndefined();
    let window = end;
    for (let i = 0; i < 300; i++) {
      window = windowOf(items, earlierEnd(items, window));
    }

    expect(window.from).toBe(0);
    expect(window.to).toBe(WINDOW);
  });
});

describe('storage that throws', () => {
  it('falls back to memory and says so', () => {
    const refuse = () => { throw new DOMException('denied', 'SecurityError'); };
    Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, get: refuse });
    const store = new Store('https://example.com/chat/', 'tab');
    expect(store.read()).toBeUndefined();
    store.write({ id: 'a', token: 'b', open: true });
    expect(store.isLost).toBe(true);
    expect(store.read()).toEqual({ id: 'a', token: 'b', open: true });
    store.clear();
    expect(store.read()).toBeUndefined();
  });
});

describe('texts and colours', () => {
  it('takes overrides, plural forms and values, and never a member of Object', () => {
    const text = createTexts({ a: 'A {name}', 'n.one': 'one', 'n.other': '{count} things' }, 'en', { a: 'B {name}' });
    expect(text('a', { name: 'x' })).toBe('B x');
    expect(text('n', { count: 1 })).toBe('one');
    expect(text('n', { count: 2 })).toBe('2 things');
    expect(text('constructor' as 'a')).toBe('constructor');
  });

  it('puts readable text on a brand colour and takes nothing that is no colour', () => {
    expect(accentCss('#ffe000')).toContain('--sc-on-accent:#000000');
    expect(accentCss('#024')).toContain('--sc-on-accent:#ffffff');
    expect(accentCss('red;} * {display:none')).toBeUndefined();
    expect(accentCss(null)).toBeUndefined();
  });
});
