import { HttpTransportType, HubConnectionBuilder, HubConnectionState, JsonHubProtocol, LogLevel, type HubConnection } from '@microsoft/signalr';
import { ApiError, NETWORK, TIMEOUT, newId, type Api } from './http.ts';
import { EventLog, findLast } from './log.ts';
import { Outbox, type Outgoing } from './outbox.ts';
import type {
  ConversationEvent, ConversationView, EventsView, FormProgressFrame, HubReply, JoinView, ParticipantRole, PresenceFrame, RemovedFrame, TailView,
  TypingFrame,
} from './types.ts';

/**
 * `online`: live. `polling`: WebSockets do not get through, messages come every few seconds over HTTP. `offline`: nothing gets through, tried
 * again without end. `ended`: nothing more comes; `ended` of the link says why.
 */
export type LinkState = 'idle' | 'connecting' | 'online' | 'polling' | 'offline' | 'ended';

export interface LinkOptions {
  readonly api: Api;
  readonly conversationId: string;
  readonly role: 'visitor' | 'agent';
  /** Visitors: the conversation token. It goes into `Join`, never into a URL. */
  readonly token?: string;
  /** How many of the newest events are loaded at the start. */
  readonly pageSize?: number;
  readonly onState?: (state: LinkState) => void;
  /** New events without a gap, in order. `isHistory`: the first page, which was there before. */
  readonly onEvents?: (events: readonly ConversationEvent[], isHistory: boolean) => void;
  readonly onConversation?: (conversation: ConversationView) => void;
  readonly onTyping?: (frame: TypingFrame) => void;
  readonly onPresence?: (frame: PresenceFrame) => void;
  readonly onFormProgress?: (frame: FormProgressFrame) => void;
  readonly onOutbox?: (items: readonly Outgoing[]) => void;
  /** An own message is stored; `text` is what was typed, for the sender's device only. */
  readonly onSent?: (event: ConversationEvent, text: string) => void;
  /** An own message was refused. */
  readonly onFailed?: (item: Outgoing) => void;
  /** A message was masked after it had been shown: `before` is as it was. */
  readonly onAmended?: (before: ConversationEvent, by: ConversationEvent) => void;
  /** Tests put their own in. */
  readonly connect?: (url: string) => HubConnection;
}

const CALL_TIMEOUT = 10_000;
const HEARTBEAT = 15_000;
const POLL = 2_500;
const POLL_HIDDEN = 15_000;
const SHORTEST_POLLING = 5_000;
const LONGEST_POLLING = 60_000;
const SHORTEST_RETRY = 500;
const LONGEST_RETRY = 30_000;

/** After this many sockets in a row that did not get as far as a joined conversation, HTTP is tried. */
const SOCKET_TRIES = 2;

/** Codes after which trying again cannot help. */
const FINAL = ['SC6003', 'SC6004', 'SC6005', 'SC6011', 'SC6016'];

/** How long to wait before the next try: doubling, at random between half and whole, so that clients of a restarted host do not return at once. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(LONGEST_RETRY, SHORTEST_RETRY * 2 ** Math.min(attempt, 10));
  return most * (0.5 + random() / 2);
}

function openSocket(url: string): HubConnection {
  return new HubConnectionBuilder()
    .withUrl(url, { transport: HttpTransportType.WebSockets, skipNegotiation: true })
    .withHubProtocol(new JsonHubProtocol())
    .configureLogging(LogLevel.None)
    .build();
}

function timed<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const limit = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new ApiError(TIMEOUT, 0)), milliseconds); });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/**
 * The live connection to one conversation: reconnects for ever, knows what it has (`log`) and pulls what it missed, sends with ids that
 * make a repeat harmless, and asks the server for its tail so that a dead socket that looks alive is found out.
 */
export class ChatLink {
  /** All events that are loaded. Empty until the first page is here. */
  log: EventLog | undefined;

  /** Why it is over: an error code, or `removed:REASON` of the server. */
  ended: string | undefined;

  /** When the next try is, while offline. */
  retryAt = 0;

  state: LinkState = 'idle';

  readonly outbox: Outbox;

  private hub: HubConnection | undefined;
  private isJoined = false;
  private isStopped = true;
  private attempt = 0;
  private socketFailures = 0;

  /** How long HTTP is used before a socket is tried again. */
  private polling = SHORTEST_POLLING;
  private pulling: Promise<void> | undefined;
  private pullAgain = false;
  private wake: (() => void) | undefined;
  private readonly stopping: (() => void)[] = [];

  constructor(private readonly options: LinkOptions) {
    this.outbox = new Outbox({
      newId,
      send: (clientId, text) => this.sendNow(clientId, text),
      changed: () => options.onOutbox?.(this.outbox.all),
      failed: item => options.onFailed?.(item),
      settled: (event, text) => {
        options.onSent?.(event, text);
        this.take([event]);
      },
    });
  }

  private get path(): string {
    return `${this.options.role}/conversations/${this.options.conversationId}`;
  }

  start(): void {
    if (!this.isStopped) {
      return;
    }

    this.isStopped = false;
    const nudge = () => this.nudge();
    const shown = () => document.visibilityState === 'visible' && this.nudge();
    const gone = () => this.drop();
    addEventListener('online', nudge);
    addEventListener('offline', gone);
    addEventListener('pageshow', nudge);
    document.addEventListener('visibilitychange', shown);
    const beat = setInterval(() => void this.heartbeat(), HEARTBEAT);
    this.stopping.push(
      () => removeEventListener('online', nudge),
      () => removeEventListener('offline', gone),
      () => removeEventListener('pageshow', nudge),
      () => document.removeEventListener('visibilitychange', shown),
      () => clearInterval(beat));
    void this.run();
  }

  stop(): void {
    this.isStopped = true;
    this.stopping.splice(0).forEach(undo => undo());
    this.wake?.();
    this.drop();
    if (this.state !== 'ended') {
      this.set('idle');
    }
  }

  /** Try now: somebody looks, or the network is back. */
  nudge(): void {
    if (this.isJoined) {
      void this.heartbeat();
    } else {
      this.attempt = 0;
      this.wake?.();
    }
  }

  send(text: string): Outgoing {
    return this.outbox.add(text);
  }

  /** Tells the others that one types. Lost when there is no live connection: it is only a courtesy. */
  typing(isTyping: boolean): void {
    void this.invoke('Typing', { isTyping }).catch(() => undefined);
  }

  /** Tells agents how far a form is filled in: numbers, never content. */
  formProgress(requestId: string, filled: number, total: number): void {
    void this.invoke('FormProgress', { requestId, filled, total }).catch(() => undefined);
  }

  /** Loads older events; answers whether there are still older ones. */
  async loadEarlier(count = 100): Promise<boolean> {
    const log = this.log;
    if (log && log.before > 0) {
      const after = Math.max(0, log.before - count);
      const page = await this.read(after, log.before - after);
      log.addEarlier(page.events);
    }

    return (this.log?.before ?? 0) > 0;
  }

  /** Reads what was missed. One reading at a time; a call meanwhile makes it look once more. */
  pull(): Promise<void> {
    if (this.pulling) {
      this.pullAgain = true;
      return this.pulling;
    }

    return this.pulling = (async () => {
      try {
        do {
          this.pullAgain = false;
          for (;;) {
            const log = this.log;
            const page = log ? await this.read(log.last) : undefined;
            if (!page || page.events.length === 0) {
              break;
            }

            const before = log!.last;
            this.take(page.events);
            if (log!.last === before) {
              break;
            }
          }
        } while (this.pullAgain);
      } finally {
        this.pulling = undefined;
      }
    })();
  }

  private async run(): Promise<void> {
    this.set('connecting');
    while (!this.isStopped) {
      let wait = 0;
      try {
        await this.live();
        this.socketFailures = 0;
      } catch (reason) {
        const error = reason instanceof ApiError ? reason : new ApiError(NETWORK, 0);
        if (this.isFinal(error)) {
          return;
        }

        this.socketFailures++;
        wait = (error.problem.retryAfter ?? 0) * 1000;
      }

      if (this.isStopped) {
        return;
      }

      if (this.socketFailures >= SOCKET_TRIES && wait === 0) {
        try {
          await this.poll();
          this.attempt = 0;
          continue;
        } catch (reason) {
          if (this.isFinal(reason)) {
            return;
          }
        }
      }

      if (!this.isStopped) {
        const delay = Math.max(wait, retryDelay(this.attempt++));
        this.retryAt = Date.now() + delay;
        this.set('offline');
        await this.sleep(delay);
      }
    }
  }

  private isFinal(reason: unknown): boolean {
    if (reason instanceof ApiError && FINAL.includes(reason.code)) {
      this.end(reason.code);
      return true;
    }

    return this.isStopped;
  }

  /** One socket from its start to its end. Throws when it did not get as far as a joined conversation. */
  private async live(): Promise<void> {
    const { api, conversationId, token, connect = openSocket, onConversation, onTyping, onPresence, onFormProgress, pageSize = 100 } = this.options;
    const hub = connect(`${api.base}hub`);
    this.hub = hub;
    const closed = new Promise<void>(resolve => hub.onclose(() => resolve()));
    hub.on('event', (event: ConversationEvent) => this.take([event]));
    hub.on('typing', (frame: TypingFrame) => onTyping?.(frame));
    hub.on('presence', (frame: PresenceFrame) => onPresence?.(frame));
    hub.on('formProgress', (frame: FormProgressFrame) => onFormProgress?.(frame));
    hub.on('removed', (frame: RemovedFrame) => this.end(`removed:${frame.reason}`));
    hub.on('resume', () => { this.attempt = 0; this.drop(); });
    try {
      await timed(hub.start(), CALL_TIMEOUT);

      // Events after the last one that is here follow on their own; at first none, because the newest page is read first.
      const join: { conversationId: string; after: number; token?: string } = { conversationId, after: this.log?.last ?? Number.MAX_SAFE_INTEGER };
      if (token) {
        join.token = token;
      }

      const joined = await this.call<JoinView>(hub, 'Join', join);
      if (this.log === undefined) {
        await this.loadNewest(joined.lastSequence, pageSize);
      }

      if (this.isStopped) {
        return;
      }

      this.isJoined = true;
      this.attempt = 0;
      this.socketFailures = 0;
      this.polling = SHORTEST_POLLING;
      onConversation?.(joined.conversation);
      this.set('online');
      void this.pull().catch(() => undefined);
      void this.outbox.pump();
      await closed;
    } finally {
      this.isJoined = false;
      if (this.hub === hub) {
        this.hub = undefined;
      }

      void hub.stop().catch(() => undefined);
    }
  }

  /** Reads over HTTP for a while. Throws when that does not work either. */
  private async poll(): Promise<void> {
    const { api, onConversation, pageSize = 100 } = this.options;
    const until = Date.now() + this.polling;
    this.polling = Math.min(LONGEST_POLLING, this.polling * 2);
    do {
      onConversation?.(await api.get<ConversationView>(this.path));
      if (this.log === undefined) {
        await this.loadNewest(await findLast(async after => (await this.read(after, 1)).events.length > 0), pageSize);
      }

      await this.pull();
      if (this.isStopped) {
        return;
      }

      this.set('polling');
      void this.outbox.pump();
      await this.sleep(document.visibilityState === 'hidden' ? POLL_HIDDEN : POLL);
    } while (Date.now() < until && !this.isStopped);
  }

  private async loadNewest(last: number, pageSize: number): Promise<void> {
    const log = new EventLog(Math.max(0, last - pageSize), (before, by) => this.options.onAmended?.(before, by));
    while (log.last < last) {
      const before = log.last;
      log.add((await this.read(before)).events);
      if (log.last === before) {
        break;
      }
    }

    this.log = log;
    log.all.forEach(event => this.settle(event));
    this.options.onEvents?.(log.all, true);
  }

  private read(after: number, limit?: number): Promise<EventsView> {
    return this.options.api.get<EventsView>(`${this.path}/events?after=${after}${limit ? `&limit=${limit}` : ''}`);
  }

  private take(events: readonly ConversationEvent[]): void {
    const added = this.log?.add(events) ?? [];
    added.forEach(event => this.settle(event));
    if (added.length > 0) {
      this.options.onEvents?.(added, false);
    }

    if (this.log?.hasGap && !this.pulling) {
      void this.pull().catch(() => this.drop());
    }
  }

  private settle(event: ConversationEvent): void {
    const own: ParticipantRole[] = this.options.role === 'visitor' ? ['visitor'] : ['agent', 'supervisor'];
    if (own.includes(event.actor)) {
      this.outbox.settle(event);
    }
  }

  private async sendNow(clientId: string, text: string): Promise<ConversationEvent> {
    if (this.isJoined) {
      return this.invoke<ConversationEvent>('Send', { clientId, text });
    }

    // Over HTTP only while that is how messages come: what is sent should not overtake a banner that says "no connection".
    if (this.state === 'polling') {
      return this.options.api.post<ConversationEvent>(`${this.path}/messages`, { clientId, text });
    }

    throw this.ended ? new ApiError(this.ended, 0) : new ApiError(NETWORK, 0);
  }

  private invoke<T = void>(method: string, argument: object): Promise<T> {
    return this.hub && this.isJoined ? this.call<T>(this.hub, method, argument) : Promise.reject(new ApiError(NETWORK, 0));
  }

  private async call<T>(hub: HubConnection, method: string, argument: object): Promise<T> {
    try {
      const reply = await timed(hub.invoke<HubReply<T>>(method, argument), CALL_TIMEOUT);
      if (reply.error) {
        throw ApiError.ofHub(reply.error);
      }

      return reply.result as T;
    } catch (reason) {
      if (reason instanceof ApiError) {
        if (reason.code === TIMEOUT) {
          this.drop();
        }

        throw reason;
      }

      // A fault says "SC3001: ..."; anything else means that the socket is gone.
      const code = /\b(SC\d{4})\b/.exec(String(reason))?.[1];
      throw code ? new ApiError(code, 0) : new ApiError(NETWORK, 0);
    }
  }

  private async heartbeat(): Promise<void> {
    if (!this.isJoined || !this.log) {
      return;
    }

    try {
      const tail = await this.invoke<TailView>('Heartbeat', { lastSequence: this.log.last });
      if (tail.lastSequence > this.log.last) {
        await this.pull();
      }
    } catch (reason) {
      if (reason instanceof ApiError && FINAL.includes(reason.code)) {
        this.end(reason.code);
      }
    }
  }

  private end(reason: string): void {
    this.ended = reason;
    this.set('ended');
    this.stop();
  }

  private drop(): void {
    const hub = this.hub;
    if (hub && hub.state !== HubConnectionState.Disconnected) {
      void hub.stop().catch(() => undefined);
    }
  }

  private sleep(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(() => this.wake?.(), milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }

  private set(state: LinkState): void {
    if (this.state !== state || state === 'offline') {
      this.state = state;
      this.options.onState?.(state);
    }
  }
}
