import { ChatLink, type LinkState } from '../shared/hub.ts';
import type { Outgoing } from '../shared/outbox.ts';
import { isNewer, type ConversationEvent, type ConversationView, type FormCard, type FormProgressFrame } from '../shared/types.ts';
import { http } from './api.ts';
import { Cell } from './store.ts';

export interface SessionListener {
  /** Something that was not there before the conversation was opened. */
  onNews(event: ConversationEvent): void;
  onEnded(reason: string): void;
}

/** A message as it is stored, with the text that the latest re-masking left. */
export interface Entry {
  readonly event: ConversationEvent;
  readonly text: string;
  readonly maskedKinds: readonly string[];
  /** What the host's rules warn of, and let stand. */
  readonly warnedKinds: readonly string[];
  /** It was masked after it had been delivered. */
  readonly isAmended: boolean;
}

/** The conversation on screen: what is stored of it, what is on its way, and who is there. */
export class Session {
  readonly events = new Cell<readonly ConversationEvent[]>([]);
  readonly cards = new Cell<ReadonlyMap<string, FormCard>>(new Map());
  readonly outgoing = new Cell<readonly Outgoing[]>([]);
  readonly link = new Cell<LinkState>('connecting');
  readonly ended = new Cell<string | null>(null);
  readonly isVisitorOnline = new Cell<boolean | null>(null);
  readonly isVisitorTyping = new Cell(false);
  readonly progress = new Cell<ReadonlyMap<string, FormProgressFrame>>(new Map());
  readonly hasEarlier = new Cell(false);
  readonly isLoaded = new Cell(false);
  readonly view: Cell<ConversationView>;

  private readonly chat: ChatLink;
  private typingEnd: ReturnType<typeof setTimeout> | undefined;
  private typedAt = 0;

  constructor(view: ConversationView, listener: SessionListener) {
    this.view = new Cell(view);
    this.chat = new ChatLink({
      api: http,
      conversationId: view.id,
      role: 'agent',
      onState: (state) => {
        this.link.value = state;
        if (state !== 'online') {
          this.isVisitorOnline.value = null;
          this.isVisitorTyping.value = false;
        }
        if (state === 'ended') {
          const reason = this.chat.ended ?? '';
          if (wipes(reason)) this.wipe();
          this.ended.value = reason;
          listener.onEnded(reason);
        }
      },
      onEvents: (events, isHistory) => {
        this.refresh();
        this.isLoaded.value = true;
        if (!isHistory) for (const event of events) listener.onNews(event);
      },
      onConversation: (conversation) => (this.view.value = { ...this.view.value, ...conversation, ...(this.view.value.isMine !== undefined && { isMine: this.view.value.isMine }) }),
      onTyping: (frame) => {
        if (frame.role !== 'visitor') return;
        clearTimeout(this.typingEnd);
        this.isVisitorTyping.value = frame.isTyping;
        // A frame that says "stopped" may be lost.
        if (frame.isTyping) this.typingEnd = setTimeout(() => (this.isVisitorTyping.value = false), 6000);
      },
      onPresence: (frame) => {
        if (frame.role === 'visitor') this.isVisitorOnline.value = frame.isOnline;
      },
      onFormProgress: (frame) => (this.progress.value = new Map(this.progress.value).set(frame.requestId, frame)),
      onOutbox: (items) => (this.outgoing.value = items),
    });
    this.chat.start();
  }

  get id(): string {
    return this.view.value.id;
  }

  get retryAt(): number {
    return this.chat.retryAt;
  }

  send(text: string): void {
    this.chat.send(text);
  }

  retry(clientId: string): void {
    this.chat.outbox.retry(clientId);
  }

  discard(clientId: string): void {
    this.chat.outbox.discard(clientId);
  }

  reconnect(): void {
    this.chat.nudge();
  }

  /** Said at most every few seconds; the other side lets it fade. */
  typing(isTyping: boolean): void {
    if (isTyping && Date.now() - this.typedAt < 3000) return;
    this.typedAt = isTyping ? Date.now() : 0;
    this.chat.typing(isTyping);
  }

  async loadEarlier(): Promise<void> {
    await this.chat.loadEarlier();
    this.refresh();
  }

  /** A card that came as an answer, which may be newer than any event so far. */
  take(card: FormCard): void {
    if (isNewer(card, this.cards.value.get(card.requestId))) this.cards.value = new Map(this.cards.value).set(card.requestId, card);
  }

  stop(): void {
    clearTimeout(this.typingEnd);
    this.chat.stop();
    this.wipe();
  }

  private refresh(): void {
    const events = [...(this.chat.log?.all ?? [])];
    const cards = new Map(this.cards.value);
    for (const { form } of events) {
      if (form !== undefined && isNewer(form, cards.get(form.requestId))) cards.set(form.requestId, form);
    }
    this.cards.value = cards;
    this.events.value = events;
    this.hasEarlier.value = (this.chat.log?.before ?? 0) > 0;
  }

  /** What may not be read any more leaves the screen and the memory (E10). */
  private wipe(): void {
    this.chat.outbox.clear();
    this.chat.log = undefined;
    this.events.value = [];
    this.cards.value = new Map();
    this.progress.value = new Map();
  }
}

/** A closed conversation may stay on screen; one that was taken away or destroyed may not. */
const wipes = (reason: string): boolean => reason !== 'removed:closed' && reason !== 'SC6011';

/** The texts of messages with what later events changed in them. */
export function entriesOf(events: readonly ConversationEvent[]): ReadonlyMap<number, Entry> {
  const entries = new Map<number, Entry>();
  for (const event of events) {
    if (event.kind === 'messageAdded') {
      entries.set(event.sequence, { event, text: event.text ?? '', maskedKinds: event.maskedKinds ?? [], warnedKinds: event.warnedKinds ?? [], isAmended: event.amendedBy !== undefined });
    } else if (event.kind === 'messageMasked' && event.amends !== undefined) {
      const entry = entries.get(event.amends);
      if (entry !== undefined) {
        entries.set(event.amends, { ...entry, text: event.text ?? '', maskedKinds: [...new Set([...entry.maskedKinds, ...(event.maskedKinds ?? [])])], isAmended: true });
      }
    }
  }
  return entries;
}
