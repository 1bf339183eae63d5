import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_P256_HKDF_SHA256 } from 'hpke';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../shared/http.ts';
import type { FormCard, FormCardValue, RevealAnswer, RevealCommand } from '../shared/types.ts';
import { associatedData, concat, fromBase64Url, toBase64Url } from './bytes.ts';
import type { Claim, ClaimStore } from './claims.ts';
import { Reveal, type RevealState } from './reveal.ts';

const value = (fieldKey: string): FormCardValue => ({ valueId: `value-${fieldKey}`, fieldKey, label: fieldKey, preview: '••••', state: 'sealed', expiresAt: '2030-01-01T00:00:00Z' });
const pan = value('pan');
const cvc = value('cvc');
const plain: Readonly<Record<string, string>> = { 'value-pan': '4242424242424242', 'value-cvc': '123' };

class Claims {
  readonly kept = new Map<string, Claim>();
  isLasting = true;
  async put(claim: Claim) { this.kept.set(claim.claimId, claim); }
  async delete(id: string) { this.kept.delete(id); }
  async list() { return [...this.kept.values()]; }
}

/** Seals as the host does: to the key of the claim, bound to what the host believes was asked. */
async function sealed(body: RevealCommand, until: number, fieldOf = (valueId: string) => valueId.replace('value-', '')): Promise<RevealAnswer> {
  const suite = new CipherSuite(KEM_DHKEM_P256_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
  const recipient = await suite.DeserializePublicKey(fromBase64Url(body.publicKey));
  const values = await Promise.all(body.valueIds.map(async (valueId) => {
    const fieldKey = fieldOf(valueId);
    const { encapsulatedSecret, ciphertext } = await suite.Seal(recipient, new TextEncoder().encode(plain[valueId]), {
      info: associatedData('SecureChat release v1', 'shop'),
      aad: associatedData('conversation', 'request', body.claimId, valueId, fieldKey),
    });
    return { valueId, fieldKey, encapsulatedKey: toBase64Url(concat(encapsulatedSecret)), ciphertext: toBase64Url(concat(ciphertext)) };
  }));
  return { applicationId: 'shop', until: new Date(until).toISOString(), values, destroyedValueIds: body.valueIds.filter((id) => id === 'value-cvc') };
}

const refusal = (code: string, status: number): ApiError => new ApiError(code, status, { title: code });

describe('a reveal', () => {
  let claims: Claims;
  let now: number;
  let calls: string[];
  let answers: ((body: RevealCommand) => Promise<RevealAnswer>)[];
  let onSignedOut: ReturnType<typeof vi.fn<() => void>>;
  let commands: RevealCommand[];

  const make = () => new Reveal('conversation', 'request', {
    api: {
      reveal: async (_c, _r, body) => {
        calls.push('reveal');
        commands.push(body);
        const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
        return answer(body);
      },
      stepUp: async (_c, _r, body) => {
        calls.push(`step-up ${body.code}`);
        if (body.code === '000000') throw refusal('SC6014', 403);
        return { expiresAt: '' };
      },
      acknowledge: async () => {
        calls.push('acknowledge');
        return { requestId: 'request', formKey: 'f', title: 't', revision: 9, state: 'submitted', expiresAt: '', values: [] };
      },
    },
    claims: claims as unknown as ClaimStore,
    now: () => now,
    onCard: () => undefined,
    onSignedOut: () => onSignedOut(),
  });
  const good = (body: RevealCommand) => sealed(body, now + 60_000);
  const stateOf = (reveal: Reveal): RevealState => reveal.state.value;
  const texts = (reveal: Reveal): string[] => {
    const state = stateOf(reveal);
    return state.at === 'open' ? (state.shown ?? []).map((shown) => shown.text) : [];
  };

  beforeEach(() => {
    claims = new Claims();
    now = Date.parse('2026-01-01T00:00:00Z');
    calls = [];
    commands = [];
    answers = [good];
    onSignedOut = vi.fn<() => void>();
  });

  it('asks for the code when the host wants it, then shows', async () => {
    answers = [async () => { throw refusal('SC6013', 401); }, good];
    const reveal = make();
    await reveal.start([pan], 'Charge it', '');
    expect(stateOf(reveal).at).toBe('code');
    await reveal.stepUp('000000');
    expect(stateOf(reveal)).toMatchObject({ at: 'code', error: { code: 'SC6014' } });
    await reveal.stepUp('123456');
    expect(texts(reveal)).toEqual(['4242424242424242']);
    expect(calls).toEqual(['reveal', 'step-up 000000', 'step-up 123456', 'reveal']);
    expect(new Set(commands.map((command) => command.claimId)).size).toBe(1);
    expect(new Set(commands.map((command) => command.publicKey)).size).toBe(1);
  });

  it('takes the code first when it is there', async () => {
    const reveal = make();
    await reveal.start([pan, cvc], 'Charge it', '123456');
    expect(calls).toEqual(['step-up 123456', 'reveal']);
    expect(stateOf(reveal)).toMatchObject({ at: 'open', singles: 1, missing: 0 });
  });

  it('E46: drops the text when hidden, and opens the envelopes again', async () => {
    const reveal = make();
    await reveal.start([pan, cvc], 'Charge it', '123456');
    reveal.hide('away');
    expect(stateOf(reveal)).toMatchObject({ at: 'open', shown: null, hiddenBecause: 'away' });
    await reveal.show();
    expect(texts(reveal)).toEqual(['4242424242424242', '123']);
    expect(calls.filter((call) => call === 'reveal')).toHaveLength(1);
  });

  it('repeats with the same claim and key after an outage', async () => {
    answers = [async () => { throw new ApiError('network', 0); }, async () => { throw refusal('SC3001', 503); }, good];
    const reveal = make();
    await reveal.start([pan], 'Charge it', '');
    expect(stateOf(reveal).at).toBe('retry');
    await reveal.retry();
    expect(stateOf(reveal).at).toBe('retry');
    await reveal.retry();
    expect(texts(reveal)).toEqual(['4242424242424242']);
    expect(new Set(commands.map((command) => command.claimId + command.publicKey)).size).toBe(1);
  });

  it('E2: a reload of this browser resumes with the stored claim and without a reason', async () => {
    const before = make();
    await before.start([pan, cvc], 'Charge it', '123456');
    before.leave();
    expect(stateOf(before).at).toBe('choose');
    const [claim] = await claims.list();
    const after = make();
    answers = [async (body) => { const answer = await good(body); return { ...answer, values: answer.values.slice(0, 1), destroyedValueIds: [] }; }];
    await after.resume(claim!);
    expect(texts(after)).toEqual(['4242424242424242']);
    expect(stateOf(after)).toMatchObject({ missing: 1 });
    expect(commands.at(-1)).not.toHaveProperty('reason');
    expect(JSON.stringify([...claims.kept.values()])).not.toContain('4242');
  });

  it('forgets key and claim when acknowledged, before the host answers', async () => {
    const reveal = make();
    await reveal.start([pan], 'Charge it', '');
    const done = reveal.acknowledge();
    expect(texts(reveal)).toEqual([]);
    await done;
    expect(stateOf(reveal)).toMatchObject({ at: 'over', why: 'seen', wasAcknowledged: true });
    expect(claims.kept.size).toBe(0);
  });

  it('ends with the window, also when the page slept through it', async () => {
    vi.useFakeTimers();
    try {
      const reveal = make();
      await reveal.start([pan], 'Charge it', '');
      expect(stateOf(reveal).at).toBe('open');
      now += 60_000;
      await vi.advanceTimersByTimeAsync(1000);
      expect(stateOf(reveal)).toMatchObject({ at: 'over', why: 'window' });
      expect(claims.kept.size).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([['SC3003', 409, 'taken'], ['SC3005', 409, 'elsewhere'], ['SC3004', 410, 'gone'], ['SC3006', 410, 'unreadable'], ['SC6005', 404, 'lost']])(
    '%s is an end and keeps no claim', async (code, status, why) => {
      answers = [async () => { throw refusal(code, status); }];
      const reveal = make();
      await reveal.start([pan], 'Charge it', '');
      expect(stateOf(reveal)).toMatchObject({ at: 'over', why });
      expect(claims.kept.size).toBe(0);
    });

  it('E54: shows nothing that was sealed as another field’s', async () => {
    answers = [(body) => sealed(body, now + 60_000, () => 'cvc')];
    const reveal = make();
    await reveal.start([pan], 'Charge it', '');
    expect(stateOf(reveal)).toMatchObject({ at: 'over', why: 'unreadable' });
  });

  it('E27: ends when the values are withdrawn, or acknowledged in another tab, and not for a single delivery', async () => {
    const card = (state: FormCardValue['state'], reason?: FormCardValue['reason']): FormCard => ({
      requestId: 'request', formKey: 'f', title: 't', revision: 5, state: 'submitted', expiresAt: '',
      values: [{ ...pan, state, ...(reason && { reason }) }, { ...cvc, state: 'destroyed', reason: reason ?? 'viewed' }],
    });
    for (const [reason, why] of [['withdrawn', 'gone'], ['erased', 'gone'], ['viewed', 'seen']] as const) {
      const reveal = make();
      await reveal.start([pan, cvc], 'Charge it', '');
      await reveal.follow(card('claimed'));
      expect(stateOf(reveal).at).toBe('open');
      await reveal.follow(card('destroyed', reason));
      expect(stateOf(reveal)).toMatchObject({ at: 'over', why });
    }
  });

  it('shows nothing when the answer comes after the page was left', async () => {
    let answer: (() => void) | undefined;
    answers = [async (body) => { await new Promise<void>((resolve) => (answer = resolve)); return good(body); }];
    const reveal = make();
    const started = reveal.start([pan], 'Charge it', '');
    while (answer === undefined) await new Promise((resolve) => setTimeout(resolve));
    reveal.leave();
    answer();
    await started;
    expect(stateOf(reveal).at).toBe('choose');
  });

  it('says when the sign-in is over and shows nothing', async () => {
    answers = [async () => { throw refusal('SC6003', 401); }];
    const reveal = make();
    await reveal.start([pan], 'Charge it', '');
    expect(onSignedOut).toHaveBeenCalledOnce();
    expect(stateOf(reveal).at).toBe('choose');
  });

  it('keeps the claim before the host hears of it', async () => {
    let keptAtCall = 0;
    answers = [async (body) => { keptAtCall = claims.kept.size; return good(body); }];
    await make().start([pan], 'Charge it', '');
    expect(keptAtCall).toBe(1);
  });
});
