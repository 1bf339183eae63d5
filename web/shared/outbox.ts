import { ApiError } from './http.ts';
import type { ConversationEvent } from './types.ts';

/** A message on its way. `waiting`: for the connection; `failed`: for the sender, who may retry or discard. */
export interface Outgoing {
  readonly clientId: string;
  readonly text: string;
  readonly at: number;
  readonly state: 'sending' | 'waiting' | 'failed';
  readonly error?: ApiError;
}

export interface OutboxOptions {
  readonly send: (clientId: string, text: string) => Promise<ConversationEvent>;
  readonly changed: () => void;
  /**
   * The message is stored: the event carries it as everybody else reads it, and `text` is what was typed. The outbox has
   * forgotten it by now, so that the sender's own bubble shows the stored text (E38).
   */
  readonly settled: (event: ConversationEvent, text: string) => void;
  /** The message was refused or its tries have ended; it waits for the sender, who may retry or discard. */
  readonly failed?: (item: Outgoing) => void;
  readonly newId: () => string;
  readonly now?: () => number;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

const FAULT_RETRIES = [1_000, 3_000];
const LIMIT_RETRIES = 5;
const LONGEST_WAIT = 30_000;

/** Messages in the order they were written, one at a time, each with one client id for all its tries. Lives in memory only. */
export class Outbox {
  private items: readonly Outgoing[] = [];
  private isPumping = false;

  constructor(private readonly options: OutboxOptions) {}

  get all(): readonly Outgoing[] {
    return this.items;
  }

  add(text: string): Outgoing {
    const item: Outgoing = { clientId: this.options.newId(), text, at: this.options.now?.() ?? Date.now(), state: 'sending' };
    this.set([...this.items, item]);
    void this.pump();
    return item;
  }

  /** Only what failed: a message that is on its way, or gone, stays what it is. */
  retry(clientId: string): void {
    if (this.find(clientId)?.state !== 'failed') {
      return;
    }

    this.replace(clientId, ({ clientId, text, at }) => ({ clientId, text, at, state: 'sending' }));
    void this.pump();
  }

  discard(clientId: string): void {
    if (this.find(clientId) === undefined) {
      return;
    }

    this.set(this.items.filter(item => item.clientId !== clientId));
  }

  clear(): void {
    this.set([]);
  }

  /** An own message came back, as the answer or as an event of the conversation, whichever was first. */
  settle(event: ConversationEvent): void {
    const item = event.clientId && event.kind === 'messageAdded' ? this.find(event.clientId) : undefined;
    if (item) {
      this.discard(item.clientId);
      this.options.settled(event, item.text);
    }
  }

  /** Sends what waits. Call it when the connection is back. */
  async pump(): Promise<void> {
    if (this.isPumping) {
      return;
    }

    this.isPumping = true;
    try {
      for (let item = this.next(); item; item = this.next()) {
        if (!await this.send(item)) {
          break;
        }
      }
    } finally {
      this.isPumping = false;
    }
  }

  private next(): Outgoing | undefined {
    return this.items.find(item => item.state !== 'failed');
  }

  /** Answers false when there is no connection: the rest waits too. */
  private async send(item: Outgoing): Promise<boolean> {
    const { send, wait = milliseconds => new Promise<void>(resolve => { setTimeout(resolve, milliseconds); }) } = this.options;
    if (item.state !== 'sending') {
      this.replace(item.clientId, ({ clientId, text, at }) => ({ clientId, text, at, state: 'sending' }));
    }

    for (let tries = 0; this.find(item.clientId) !== undefined; tries++) {
      try {
        this.settle(await send(item.clientId, item.text));
        return true;
      } catch (reason) {
        // Settled by its event, discarded or cleared meanwhile: how its sending ended is nobody's state any more. It may have belonged to another
        // conversation, so it must not make what is here now wait for a connection either.
        if (this.find(item.clientId) === undefined) {
          return true;
        }

        const error = reason instanceof ApiError ? reason : new ApiError('network', 0);
        if (error.isOffline) {
          this.set(this.items.map(candidate => candidate.state === 'sending' ? { ...candidate, state: 'waiting' } : candidate));
          return false;
        }

        const isLimit = error.code === 'SC6010';
        if (error.isTransient && tries < (isLimit ? LIMIT_RETRIES : FAULT_RETRIES.length)) {
          await wait(isLimit ? Math.min((error.problem.retryAfter ?? 1) * 1000, LONGEST_WAIT) : FAULT_RETRIES[tries]!);
          continue;
        }

        this.replace(item.clientId, candidate => ({ ...candidate, state: 'failed', error }));
        this.options.failed?.({ ...item, state: 'failed', error });
        return true;
      }
    }

    return true;
  }

  private find(clientId: string): Outgoing | undefined {
    return this.items.find(item => item.clientId === clientId);
  }

  private replace(clientId: string, change: (item: Outgoing) => Outgoing): void {
    this.set(this.items.map(item => item.clientId === clientId ? change(item) : item));
  }

  private set(items: readonly Outgoing[]): void {
    this.items = items;
    this.options.changed();
  }
}
