import { ApiError, newId } from '../shared/http.ts';
import type { FormCard, FormCardValue, RevealAnswer, RevealedEnvelope } from '../shared/types.ts';
import { errorOf, type ConsoleApi } from './api.ts';
import { associatedData, fromBase64Url, toBase64Url } from './bytes.ts';
import type { Claim, ClaimStore } from './claims.ts';
import { generateClaimKeys, open, publicPoint } from './hpke.ts';
import { Cell } from './store.ts';

/** A value on screen. */
export interface ShownValue {
  readonly valueId: string;
  readonly fieldKey: string;
  readonly label: string;
  readonly text: string;
  /** Delivered once: the server destroyed it with the answer. */
  readonly isSingle: boolean;
}

export type RevealState =
  | { readonly at: 'choose'; readonly error?: ApiError }
  | { readonly at: 'working'; readonly step: 'claim' | 'code' | 'resume' }
  | { readonly at: 'code'; readonly error?: ApiError }
  | { readonly at: 'retry'; readonly error: ApiError }
  | {
      readonly at: 'open';
      /** In time of the host, like `until`. */
      readonly since: number;
      readonly until: number;
      /** What is on screen; nothing while hidden. */
      readonly shown: readonly ShownValue[] | null;
      readonly hiddenBecause: string;
      readonly count: number;
      readonly singles: number;
      readonly missing: number;
    }
  | { readonly at: 'over'; readonly why: Ending; readonly error?: ApiError; readonly wasAcknowledged?: boolean };

export type Ending = 'seen' | 'window' | 'gone' | 'elsewhere' | 'unreadable' | 'taken' | 'lost';

interface Opened {
  readonly applicationId: string;
  readonly envelopes: readonly RevealedEnvelope[];
  readonly singles: ReadonlySet<string>;
}

export interface RevealHost {
  readonly api: Pick<ConsoleApi, 'stepUp' | 'reveal' | 'acknowledge'>;
  readonly claims: ClaimStore;
  readonly now: () => number;
  readonly onCard: (card: FormCard) => void;
  /** The sign-in has ended. */
  readonly onSignedOut: () => void;
}

/**
 * One form's reveal, from the choice of values to their end. Values exist in clear only while they are on screen: what is kept for the rest
 * of the window are the envelopes, and hiding drops the text. The claim, with its key, is the only thing that outlives a reload.
 */
export class Reveal {
  readonly state = new Cell<RevealState>({ at: 'choose' });

  private claim: Claim | null = null;
  /** Kept for when the choice comes back after a refusal. */
  reason = '';
  private opened: Opened | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Rises when everything is dropped, so that an answer that comes later shows nothing. */
  private turn = 0;
  private since = 0;

  constructor(
    readonly conversationId: string,
    readonly requestId: string,
    private readonly host: RevealHost,
  ) {}

  /** Takes the values. With a code the second factor comes first; without one it is asked for when the host wants it. */
  async start(values: readonly FormCardValue[], reason: string, code: string): Promise<void> {
    if (this.state.value.at === 'working' || values.length === 0) return;
    this.state.value = { at: 'working', step: code === '' ? 'claim' : 'code' };
    const asked = values.map(({ valueId, fieldKey, label }) => ({ valueId, fieldKey, label }));
    this.reason = reason;
    // The same values again are the same claim: what may have reached the host is repeated and not doubled.
    if (this.claim === null || !sameValues(this.claim, asked.map((value) => value.valueId))) {
      await this.forget();
      this.claim = {
        claimId: newId(),
        conversationId: this.conversationId,
        requestId: this.requestId,
        values: asked,
        keys: await generateClaimKeys(),
        madeAt: Date.now(),
      };
    }
    // Before the host hears of it: a claim whose key is lost would lock the values away.
    await this.host.claims.put(this.claim);
    await (code === '' ? this.release() : this.stepUp(code));
  }

  /** The second factor, then the values. */
  async stepUp(code: string): Promise<void> {
    const claim = this.claim;
    if (claim === null) return;
    const turn = this.turn;
    this.state.value = { at: 'working', step: 'code' };
    try {
      await this.host.api.stepUp(claim.conversationId, claim.requestId, {
        claimId: claim.claimId,
        valueIds: claim.values.map((value) => value.valueId),
        code,
      });
    } catch (cause) {
      if (turn !== this.turn) return;
      const error = errorOf(cause);
      if (endings[error.code] !== undefined) await this.refused(error, false);
      else if (!this.leftSignIn(error)) this.state.value = { at: 'code', error };
      return;
    }
    if (turn === this.turn) await this.release();
  }

  /** Again with the same claim: after an outage, or a reload of this browser. */
  async retry(): Promise<void> {
    this.state.value = { at: 'working', step: 'claim' };
    await this.release();
  }

  /** Takes up a claim that this browser made before a reload. */
  async resume(claim: Claim): Promise<RevealState['at']> {
    this.claim = claim;
    this.since = this.host.now() - (Date.now() - claim.madeAt);
    this.state.value = { at: 'working', step: 'resume' };
    await this.release(true);
    return (this.state as Cell<RevealState>).value.at;
  }

  get isBusy(): boolean {
    return this.state.value.at !== 'choose';
  }

  /** Back to the choice. Nothing was released, so the claim is given up. */
  async restart(): Promise<void> {
    this.drop();
    await this.forget();
    this.state.value = { at: 'choose' };
  }

  /** Takes the text off the screen and out of memory; the envelopes stay for the rest of the window. */
  hide(because: string): void {
    const state = this.state.value;
    if (state.at === 'open' && state.shown !== null) this.state.value = { ...state, shown: null, hiddenBecause: because };
  }

  async show(): Promise<void> {
    const state = this.state.value;
    const { claim, opened, turn } = this;
    if (state.at !== 'open' || state.shown !== null || claim === null || opened === null) return;
    const shown = await decrypt(claim, opened);
    const now = this.state.value;
    if (turn === this.turn && now.at === 'open') this.state.value = { ...now, shown };
  }

  /** "Done": the values go from the screen at once and are destroyed at the host. */
  async acknowledge(): Promise<void> {
    const claim = this.claim;
    if (claim === null || this.state.value.at !== 'open') return;
    this.drop();
    this.state.value = { at: 'over', why: 'seen', wasAcknowledged: false };
    // The key goes first: whatever becomes of the call, this browser cannot open the values any more.
    await this.forget();
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        this.host.onCard(await this.host.api.acknowledge(claim.conversationId, claim.requestId, claim.claimId));
        this.state.value = { at: 'over', why: 'seen', wasAcknowledged: true };
        return;
      } catch (cause) {
        const error = errorOf(cause);
        if (this.leftSignIn(error) || !error.isTransient) return;
        await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
      }
    }
  }

  /** The page goes away or was taken from the conversation: nothing stays in memory. The stored claim does, for a reload. */
  leave(): void {
    this.drop();
    this.claim = null;
    this.reason = '';
    this.state.value = { at: 'choose' };
  }

  /**
   * What the host says of the values counts, whatever this page thought: withdrawn, erased, or acknowledged in another tab. A value of single
   * delivery is destroyed there as soon as it is here, so that alone ends nothing.
   */
  async follow(card: FormCard): Promise<void> {
    const claim = this.claim;
    if (claim === null || this.opened === null) return;
    const ours = card.values.filter((value) => claim.values.some((claimed) => claimed.valueId === value.valueId));
    const kept = ours.filter((value) => this.opened?.singles.has(value.valueId) !== true);
    if (ours.some((value) => value.state === 'destroyed' && takesBack.includes(value.reason ?? ''))) await this.end('gone');
    else if (kept.length > 0 && kept.every((value) => value.state === 'destroyed')) await this.end('seen');
  }

  /** Nothing is to be seen any more. */
  async end(why: Ending): Promise<void> {
    if (this.state.value.at !== 'open') return;
    this.drop();
    this.state.value = why === 'seen' ? { at: 'over', why, wasAcknowledged: true } : { at: 'over', why };
    await this.forget();
  }

  private async release(isResume = false): Promise<void> {
    const claim = this.claim;
    if (claim === null) return;
    const turn = this.turn;
    let answer: RevealAnswer;
    try {
      answer = await this.host.api.reveal(claim.conversationId, claim.requestId, {
        claimId: claim.claimId,
        valueIds: claim.values.map((value) => value.valueId),
        publicKey: toBase64Url(await publicPoint(claim.keys)),
        ...(!isResume && { reason: this.reason }),
      });
    } catch (cause) {
      if (turn === this.turn) await this.refused(errorOf(cause), isResume);
      return;
    }
    if (turn !== this.turn) return;
    this.opened = { applicationId: answer.applicationId, envelopes: answer.values, singles: new Set(answer.destroyedValueIds ?? []) };
    const until = Date.parse(answer.until);
    let shown: readonly ShownValue[];
    try {
      shown = await decrypt(claim, this.opened);
    } catch {
      this.drop();
      this.state.value = { at: 'over', why: 'unreadable' };
      await this.forget();
      return;
    }
    if (turn !== this.turn) return;
    if (!isResume) this.since = this.host.now();
    this.reason = '';
    this.state.value = {
      at: 'open',
      since: this.since,
      until,
      shown,
      hiddenBecause: '',
      count: shown.length,
      singles: this.opened.singles.size,
      missing: claim.values.length - shown.length,
    };
    this.watchEnd(until);
  }

  private async refused(error: ApiError, isResume: boolean): Promise<void> {
    if (this.leftSignIn(error)) return;
    if (error.code === 'SC6013') {
      // A claim that never was: its proof is due. After a reload the reason is gone too, so it begins anew.
      if (isResume) await this.restart();
      else this.state.value = { at: 'code' };
      return;
    }
    if (error.code === 'SC6019' && isResume) {
      await this.restart();
      return;
    }
    const why = endings[error.code];
    if (why !== undefined) {
      this.drop();
      this.state.value = { at: 'over', why: isResume && why === 'gone' ? 'window' : why, error };
      await this.forget();
    } else if (error.isTransient) {
      this.state.value = { at: 'retry', error };
    } else {
      if (isResume) await this.forget();
      this.state.value = { at: 'choose', error };
    }
  }

  private leftSignIn(error: ApiError): boolean {
    if (error.status !== 401 || error.code === 'SC6013') return false;
    this.drop();
    this.state.value = { at: 'choose' };
    this.host.onSignedOut();
    return true;
  }

  /** One timer to the end; a throttled or sleeping page finds out when it wakes, before it paints. */
  private watchEnd(until: number): void {
    clearTimeout(this.timer);
    const rest = until - this.host.now();
    if (rest <= 0) {
      this.drop();
      this.state.value = { at: 'over', why: 'window' };
      void this.forget();
      return;
    }
    this.timer = setTimeout(() => this.watchEnd(until), Math.min(rest, 1000));
  }

  private drop(): void {
    this.turn++;
    this.opened = null;
    clearTimeout(this.timer);
  }

  private async forget(): Promise<void> {
    const claim = this.claim;
    this.claim = null;
    if (claim !== null) await this.host.claims.delete(claim.claimId);
  }
}

/** Why values leave a screen before their time. */
const takesBack: readonly string[] = ['withdrawn', 'erased', 'cancelled', 'conversationEnded'];

const endings: Readonly<Record<string, Ending>> = { SC3003: 'taken', SC3004: 'gone', SC3005: 'elsewhere', SC3006: 'unreadable', SC6005: 'lost' };

const sameValues = (claim: Claim, valueIds: readonly string[]): boolean =>
  claim.values.length === valueIds.length && claim.values.every((value) => valueIds.includes(value.valueId));

/**
 * Every part that an envelope is bound to comes from what was asked for; only the host's own name comes with the answer. A value that was not
 * asked for is not shown, and one that was sealed as another field's does not open.
 */
export async function decrypt(claim: Claim, opened: Opened): Promise<readonly ShownValue[]> {
  const info = associatedData('SecureChat release v1', opened.applicationId);
  const shown: ShownValue[] = [];
  for (const value of claim.values) {
    const envelope = opened.envelopes.find((candidate) => candidate.valueId === value.valueId);
    if (envelope === undefined) continue;
    const aad = associatedData(claim.conversationId, claim.requestId, claim.claimId, value.valueId, value.fieldKey);
    const bytes = await open(claim.keys, fromBase64Url(envelope.encapsulatedKey), fromBase64Url(envelope.ciphertext), info, aad);
    shown.push({ ...value, text: new TextDecoder().decode(bytes), isSingle: opened.singles.has(value.valueId) });
    bytes.fill(0);
  }
  return shown;
}
