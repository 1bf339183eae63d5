import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Form } from '../form/state.ts';
import { Api } from '../shared/http.ts';
import type { FormCard, FormSubmission, FormView } from '../shared/types.ts';

const now = new Date('2026-11-22T12:00:00Z');
const card = (state: FormCard['state'], expiresAt = '2026-11-22T12:15:00Z'): FormCard => ({ requestId: 'r', formKey: 'pay', title: 'Pay', revision: 1, state, expiresAt, values: [] });
const view = (state: FormCard['state'] = 'requested', version = '1'): FormView => ({
  form: card(state),
  definition: {
    key: 'pay', version: 1, title: 'Pay', purpose: 'p', noticeKey: 'n',
    fields: [
      { key: 'pan', type: 'cardNumber', label: 'Card', dataClass: 'accountData', required: true, choices: [] },
      { key: 'mail', type: 'email', label: 'Mail', dataClass: 'contact', required: false, choices: [] },
    ],
  },
  notice: { key: 'n', version, language: 'en', text: 't', sha256: 'h' },
});

type Answer = () => Response;
const problem = (status: number, body: object): Answer => () => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } });
const done = (body: object): Answer => () => Response.json(body);
const lost: Answer = () => { throw new TypeError('Failed to fetch'); };

let answers: Record<string, Answer[]>;
let sent: FormSubmission[];
let form: Form;
let fetch: typeof globalThis.fetch;
let refusals: number;
let wipes: number;
let progress: string[];

beforeEach(async () => {
  vi.useFakeTimers({ now });
  vi.stubGlobal('document', { visibilityState: 'visible' });
  answers = { '/current': [done(view())], '/open': [done(card('opened'))], '/submit': [] };
  sent = [];
  refusals = wipes = 0;
  progress = [];
  fetch = ((url: string, init: RequestInit) => {
    const path = url.slice(url.lastIndexOf('/'));
    if (path === '/submit') {
      sent.push(JSON.parse(String(init.body)) as FormSubmission);
    }

    const queue = answers[path] ?? [];
    const answer = queue.length > 1 ? queue.shift()! : queue[0]!;
    return new Promise<Response>(resolve => { resolve(answer()); });
  }) as unknown as typeof globalThis.fetch;
  form = new Form(new Api({ base: 'https://example.com/chat', fetch }));
  form.onRefused = () => refusals++;
  form.onWipe = () => wipes++;
  form.onProgress = (filled, total) => progress.push(`${filled}/${total}`);
  await form.load({ pan: '4111111111111111', other: 'x' });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('form', () => {
  it('is filled in from the device with fields it has, unticked', () => {
    expect(form.state).toMatchObject({ phase: 'fill', values: { pan: '4111111111111111' }, hasConsent: false, isPrefilled: true });
    expect(progress).toEqual(['1/2']);
  });

  it('sends nothing without consent (P5)', async () => {
    await form.submit();
    expect(sent).toEqual([]);
    expect(form.state.failure).toBe('consent');
    expect(refusals).toBe(1);
  });

  it('sends nothing that would be refused', async () => {
    form.consent(true);
    form.fill('pan', '4111111111111112');
    form.fill('mail', 'nobody');
    await form.submit();
    expect(sent).toEqual([]);
    expect(form.state.errors).toEqual({ pan: { code: 'card-number' }, mail: { code: 'malformed' } });
  });

  it('sends the notice that was shown, and leaves out what is empty', async () => {
    answers['/submit'] = [done(card('submitted'))];
    form.consent(true);
    await form.submit();
    expect(sent[0]).toMatchObject({ consent: { given: true, version: '1', language: 'en', sha256: 'h' }, fields: { pan: '4111111111111111' } });
    expect(form.state).toMatchObject({ phase: 'submitted', values: {} });
    expect(wipes).toBe(1);
  });

  it('repeats under the same id after a lost answer, and under a new one after a change (E17)', async () => {
    answers['/submit'] = [lost, lost, done(card('submitted'))];
    form.consent(true);
    await form.submit();
    expect(form.state).toMatchObject({ phase: 'fill', failure: 'offline', values: { pan: '4111111111111111' } });
    await form.submit();
    form.fill('mail', 'me@example.com');
    await form.submit();
    expect(sent[1]?.submissionId).toBe(sent[0]?.submissionId);
    expect(sent[2]?.submissionId).not.toBe(sent[0]?.submissionId);
    expect(form.state.phase).toBe('submitted');
  });

  it('shows a refusal of the server at its field and keeps the input', async () => {
    answers['/submit'] = [problem(422, { code: 'SC6002', fields: [{ field: 'pan', code: 'card-number', message: 'Check it.' }] })];
    form.consent(true);
    await form.submit();
    expect(form.state).toMatchObject({ phase: 'fill', failure: 'fields', errors: { pan: { code: 'card-number' } }, values: { pan: '4111111111111111' } });
    expect(refusals).toBe(1);
  });

  it('sends what is kept by name, and not what is written again', async () => {
    const kept = [{ valueId: 'v1', fieldKey: 'pan', preview: '•••• 4242', expiresAt: '2026-11-22T12:05:00Z' }, { valueId: 'v2', fieldKey: 'mail', preview: 'm•••@example.com', expiresAt: '2026-11-22T12:05:00Z' }];
    answers = { '/current': [done({ ...view(), kept })], '/open': [done(card('opened'))], '/submit': [done(card('submitted'))] };
    form = new Form(new Api({ base: 'https://example.com/chat', fetch }));
    await form.load({ pan: '4242424242424242' });
    expect(form.isKept('pan')).toBe(true);
    form.retype('mail');
    form.fill('mail', 'me@example.com');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(form.isKept('mail')).toBe(false);
    form.consent(true);
    await form.submit();
    expect(sent[0]).toMatchObject({ fields: { mail: 'me@example.com' }, kept: ['v1'] });
    expect(form.state.kept).toEqual({});
  });

  it('asks for what is not kept any more', async () => {
    answers = {
      '/current': [done({ ...view(), kept: [{ valueId: 'v1', fieldKey: 'pan', preview: '•••• 4242', expiresAt: '2026-11-22T12:05:00Z' }] }), done(view('opened'))],
      '/open': [done(card('opened'))], '/submit': [problem(422, { code: 'SC6002', fields: [{ field: '*', code: 'not-kept', message: 'Gone.' }] })],
    };
    form = new Form(new Api({ base: 'https://example.com/chat', fetch }));
    await form.load();
    form.consent(true);
    await form.submit();
    expect(form.isKept('pan')).toBe(false);
    expect(form.state).toMatchObject({ phase: 'fill', failure: 'fields', hasConsent: false });
    form.consent(true);
    await form.submit();
    expect(sent.length).toBe(1);
    expect(form.state.errors).toMatchObject({ pan: { code: 'required' } });
  });

  it('asks again when the notice has changed, with the new one and the box unticked (E28)', async () => {
    answers['/submit'] = [problem(409, { code: 'SC4002' })];
    answers['/current'] = [done(view('opened', '2'))];
    form.consent(true);
    await form.submit();
    expect(form.state).toMatchObject({ phase: 'fill', failure: 'notice', hasConsent: false });
    expect(form.state.view?.notice?.version).toBe('2');
    expect(form.state.values.pan).toBe('4111111111111111');
  });

  it.each<[string, Answer, string, boolean]>([
    ['expired', problem(409, { code: 'SC6012', state: 'expired' }), 'expired', true],
    ['taken back', problem(409, { code: 'SC6012', state: 'cancelled' }), 'cancelled', false],
    ['the chat has ended', problem(409, { code: 'SC6011' }), 'cancelled', false],
    ['opened elsewhere', problem(401, { code: 'SC6026' }), 'elsewhere', false],
    ['sent before', problem(409, { code: 'SC6017' }), 'submitted', false],
  ])('%s: says so; the input is kept only when time ran out (E18)', async (_, answer, phase, isKept) => {
    answers['/submit'] = [answer];
    form.consent(true);
    await form.submit();
    expect(form.state.phase).toBe(phase);
    expect(Object.keys(form.state.values).length > 0).toBe(isKept);
  });

  it('notices that it was taken back, or opened elsewhere, while it is filled in (E20)', async () => {
    answers['/current'] = [problem(401, { code: 'SC6026' })];
    await vi.advanceTimersByTimeAsync(10_000);
    expect(form.state).toMatchObject({ phase: 'elsewhere', values: {} });
  });

  it('lets a fault pass while it watches', async () => {
    answers['/current'] = [lost];
    await vi.advanceTimersByTimeAsync(30_000);
    expect(form.state).toMatchObject({ phase: 'fill', values: { pan: '4111111111111111' } });
  });

  it('takes more time, until there is none', async () => {
    answers['/extend'] = [done(card('opened', '2026-11-22T12:30:00Z')), problem(409, { code: 'SC6012', state: 'opened' })];
    answers['/current'] = [done({ ...view('opened'), form: card('opened', '2026-11-22T12:30:00Z') })];
    expect(await form.extend()).toBe(true);
    expect(form.state.expiresAt).toBe(Date.parse('2026-11-22T12:30:00Z'));
    expect(form.state.extensionsLeft).toBeUndefined();
    expect(await form.extend()).toBe(false);
    expect(form.state).toMatchObject({ phase: 'fill', extensionsLeft: 0 });
  });

  it('counts what is left of more time, as the host says and as it is taken', async () => {
    answers['/current'] = [done({ ...view('opened'), extensionsLeft: 2 })];
    await vi.advanceTimersByTimeAsync(10_000);
    expect(form.state.extensionsLeft).toBe(2);
    const until = Date.parse(view('opened').form.expiresAt) + 60_000;
    answers['/extend'] = [done(card('opened', new Date(until).toISOString())), done(card('opened', new Date(until).toISOString()))];
    expect(await form.extend()).toBe(true);
    expect(form.state.extensionsLeft).toBe(1);
    // What gave no more time cost none.
    expect(await form.extend()).toBe(true);
    expect(form.state.extensionsLeft).toBe(1);
    answers['/current'] = [done({ ...view('opened'), extensionsLeft: 0 })];
    await vi.advanceTimersByTimeAsync(10_000);
    expect(form.state.extensionsLeft).toBe(0);
  });

  it('wipes when the page goes away', () => {
    form.fill('mail', 'me@example.com');
    form.wipe();
    expect(form.state.values).toEqual({});
    expect(form.state.hasConsent).toBe(false);
    expect(JSON.stringify(form)).not.toContain('4111');
  });
});
