import { Api, ApiError, newId } from '../shared/http.ts';
import { ChatLink, type LinkState } from '../shared/hub.ts';
import type { Outgoing } from '../shared/outbox.ts';
import { createTexts, timeText, type Translate } from '../shared/strings.ts';
import {
  isOpen, type ConversationEvent, type ConversationView, type FormCard, type FormTokenView, type FormView, type StartedView, type VisitorInfo,
} from '../shared/types.ts';
import { PROTOCOL, type ChatContext } from './contract.ts';
import { prefill } from './prefill.ts';
import { Store, type Remember } from './storage.ts';
import { widgetTexts, type WidgetText } from './texts.ts';
import { earlierEnd, laterEnd, timelineOf, windowOf, withCard, type Cards, type Item } from './timeline.ts';

/** `fresh`: nothing was said yet, so there is no conversation and nothing is stored. `lost`: it exists no more, or not for this browser. */
export type Phase = 'fresh' | 'starting' | 'active' | 'closed' | 'lost';

/** Something of the visitor's own was hidden. The typed text lives in `Chat.memory`, not here. */
export interface MaskedNotice {
  readonly kinds: readonly string[];
  /** The form that what was hidden fits into. */
  readonly requestId?: string;
  readonly wasAsked: boolean;
  /** The typed text is still here. */
  readonly hasText: boolean;
  /** It was not hidden: the host does not take it, and nothing was sent. */
  readonly isBlocked: boolean;
}

export interface State {
  readonly isOpen: boolean;
  readonly phase: Phase;
  readonly link: LinkState;
  readonly agent: string | undefined;
  readonly items: readonly Item[];
  readonly end: number | undefined;
  readonly hasEarlier: boolean;
  readonly isLoadingEarlier: boolean;
  readonly views: ReadonlyMap<string, FormView>;
  readonly masked: MaskedNotice | undefined;
  /** The form whose frame is in the page. */
  readonly form: string | undefined;
  readonly isFormShown: boolean;
  readonly isTyping: boolean;
  readonly problem: string | undefined;
  readonly isStorageLost: boolean;
  readonly isOld: boolean;
  readonly isOriginRefused: boolean;
  readonly isDestroyed: boolean;
  readonly mostBytes: number;
}

/** What was typed and hidden is kept this long for "send it safely". */
const MEMORY = 5 * 60_000;
/** In the order in which people think of them. */
const KINDS = ['payment-card', 'card-security-code', 'iban', 'us-ssn', 'email', 'phone'];
const TYPING_SHOWN = 6_000;
const TYPING_SENT = 4_000;

/** One visitor's chat in one page: everything but how it looks. */
export class Chat {
  state: State = {
    isOpen: false, phase: 'fresh', link: 'idle', agent: undefined, items: [], end: undefined, hasEarlier: false, isLoadingEarlier: false,
    views: new Map(), masked: undefined, form: undefined, isFormShown: false, isTyping: false, problem: undefined, isStorageLost: false, isOld: false,
    isOriginRefused: false, isDestroyed: false, mostBytes: 8192,
  };

  text!: Translate<WidgetText>;
  readonly api: Api;

  private readonly store: Store;
  private readonly listeners = new Set<() => void>();
  private readonly announcers = new Set<(text: string) => void>();
  private link: ChatLink | undefined;
  private conversation: string | undefined;
  private token: string | undefined;
  private pending: readonly Outgoing[] = [];
  private cards: Cards = new Map();
  private memory: string[] = [];
  private memoryTimer: ReturnType<typeof setTimeout> | undefined;
  private unread = 0;
  private typingShown: ReturnType<typeof setTimeout> | undefined;
  private typingSent = 0;
  private hasInfo = false;
  private readonly asked = new Set<string>();
  private readonly forget = () => this.forgetTyped();

  constructor(private readonly context: ChatContext) {
    const remember = context.host.dataset.remember;
    this.store = new Store(context.base, remember === 'device' || remember === 'page' ? remember as Remember : 'tab');
    this.api = new Api({ base: context.base, token: () => this.token, language: () => this.language });
    this.retext();
    addEventListener('pagehide', this.forget);
    const found = this.store.read();
    if (found) {
      this.enter(found.id, found.token);
      if (found.open) {
        this.open(false);
      }
    }
  }

  /** BCP 47 tag of the element, else of the page, else of the browser. */
  get language(): string {
    return this.context.host.lang || document.documentElement.lang || navigator.language;
  }

  /** Of the texts: ours are English. */
  get textLanguage(): string {
    return this.context.texts() ? this.language : 'en';
  }

  subscribe(listener: () => void, announcer: (text: string) => void): () => void {
    this.listeners.add(listener);
    this.announcers.add(announcer);
    return () => {
      this.listeners.delete(listener);
      this.announcers.delete(announcer);
    };
  }

  retext(): void {
    this.text = createTexts(widgetTexts, this.language, this.context.texts());
    this.set({});
  }

  /** Texts of the host for the form. */
  get formTexts(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.context.texts() ?? {}).filter(([key]) => key.startsWith('form.')));
  }

  errorText(reason: unknown): string {
    const code = reason instanceof ApiError ? reason.code : '';
    const key = `error.${code}`;
    const known = this.text(key as WidgetText);
    return known !== key ? known : reason instanceof ApiError && reason.problem.nextStep && reason.problem.title
      ? reason.problem.title : this.text('error.other');
  }

  // Opening and closing.

  open(isByVisitor = true): void {
    if (this.state.isOpen) {
      return;
    }

    this.unread = 0;
    this.set({ isOpen: true });
    this.remember();
    this.fire('open', {});
    void this.inform();
    if (isByVisitor) {
      this.link?.nudge();
    }
  }

  close(): void {
    if (this.state.isOpen) {
      this.set({ isOpen: false });
      this.remember();
      this.fire('close', {});
    }
  }

  leave(): void {
    removeEventListener('pagehide', this.forget);
    this.forgetTyped();
    this.link?.stop();
  }

  /** An old script, or a page that may not talk to this server, is told so before anything is written. */
  private async inform(): Promise<void> {
    if (this.hasInfo) {
      return;
    }

    try {
      const info = await this.api.get<VisitorInfo>('visitor/info');
      this.hasInfo = true;
      this.set({ isOld: info.protocol > PROTOCOL, mostBytes: info.maxMessageBytes || 8192, isOriginRefused: false });
    } catch (reason) {
      await this.lookWhy(reason);
    }
  }

  /** The browser does not tell a refused origin from a dead network, so ask for what any origin may read. */
  private async lookWhy(reason: unknown): Promise<boolean> {
    if (!(reason instanceof ApiError) || (reason.code !== 'network' && reason.code !== 'SC6007')) {
      return false;
    }

    const isForeign = new URL(this.context.base).origin !== location.origin;
    const isRefused = reason.code === 'SC6007'
      || (isForeign && await fetch(`${this.context.base}widget.js`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store' }).then(() => true, () => false));
    if (isRefused) {
      console.error(`SecureChat: the origin ${location.origin} is not allowed by ${this.context.base}. Add it to AllowedOrigins of the host's SecureChat options.`);
    }

    this.set({ isOriginRefused: isRefused });
    return isRefused;
  }

  // Messages.

  send(text: string): void {
    const clean = text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\0-\x08\x0B-\x1F\x7F]/g, '').trim();
    if (!clean) {
      return;
    }

    this.set({ end: undefined, problem: undefined });
    this.typingSent = 0;
    if (this.link) {
      this.link.send(clean);
    } else {
      this.pending = [...this.pending, { clientId: newId(), text: clean, at: Date.now(), state: 'sending' }];
      this.refresh();
      void this.begin();
    }
  }

  retry(clientId: string): void {
    if (this.link) {
      this.link.outbox.retry(clientId);
    } else {
      this.pending = this.pending.map(({ clientId: id, text, at }) => ({ clientId: id, text, at, state: 'sending' }));
      this.refresh();
      void this.begin();
    }
  }

  discard(clientId: string): void {
    this.link?.outbox.discard(clientId);
    this.pending = this.pending.filter(item => item.clientId !== clientId);
    this.refresh();
  }

  type(isTyping: boolean): void {
    const now = Date.now();
    if (this.state.phase === 'active' && (isTyping ? now - this.typingSent > TYPING_SENT : this.typingSent > 0)) {
      this.typingSent = isTyping ? now : 0;
      this.link?.typing(isTyping);
    }
  }

  private async begin(): Promise<void> {
    if (this.state.phase === 'starting') {
      return;
    }

    this.set({ phase: 'starting' });
    try {
      const started = await this.api.post<StartedView>('visitor/conversations', {});
      const waiting = this.pending;
      this.pending = [];
      this.enter(started.conversation.id, started.token);
      this.remember();
      waiting.forEach(item => this.link!.send(item.text));
    } catch (reason) {
      const isRefused = await this.lookWhy(reason);
      const error = reason instanceof ApiError ? reason : new ApiError('network', 0);
      this.pending = this.pending.map(item => ({ ...item, state: 'failed', error }));
      this.set({ phase: 'fresh', problem: isRefused ? undefined : this.text('start.failed', { why: this.errorText(reason) }) });
      this.refresh();
    }
  }

  private enter(id: string, token: string): void {
    this.conversation = id;
    this.token = token;
    this.link = new ChatLink({
      api: this.api, conversationId: id, token, role: 'visitor',
      onState: state => this.onLink(state),
      onEvents: (events, isHistory) => this.onEvents(events, isHistory),
      onConversation: conversation => this.onConversation(conversation),
      onOutbox: () => this.refresh(),
      onSent: (event, text) => this.onSent(event, text),
      onFailed: item => item.error?.isBlocked && this.hide(item.text, item.error.problem.kinds ?? [], true),
      onAmended: (before, by) => before.actor === 'visitor' && before.text && this.hide(before.text, by.maskedKinds ?? []),
      onTyping: frame => frame.role !== 'visitor' && this.onTyping(frame.isTyping),
    });
    this.set({ phase: 'active', link: 'connecting' });
    this.link.start();
  }

  private onLink(link: LinkState): void {
    if (link === 'ended') {
      const isGone = this.link?.ended !== 'SC6011';
      this.store.clear();
      this.set({ link, ...(isGone ? { phase: 'lost', form: undefined, isFormShown: false } : {}), isDestroyed: this.link?.ended === 'removed:destroyed' });
      this.forgetTyped();
    } else {
      this.set({ link });
    }
  }

  private onConversation(conversation: ConversationView): void {
    this.set({
      agent: conversation.assignedTo,
      phase: conversation.state === 'closed' ? 'closed' : 'active',
      isDestroyed: conversation.transcriptDestroyedAt !== undefined,
    });
  }

  private onTyping(isTyping: boolean): void {
    clearTimeout(this.typingShown);
    this.set({ isTyping });
    if (isTyping) {
      this.typingShown = setTimeout(() => this.set({ isTyping: false }), TYPING_SHOWN);
    }
  }

  private onEvents(events: readonly ConversationEvent[], isHistory: boolean): void {
    const heard: string[] = [];
    for (const event of events) {
      if (event.form) {
        this.learn(event.form, !isHistory);
      }

      if (event.kind === 'assigned') {
        this.set({ agent: event.assignedTo });
      } else if (event.kind === 'closed') {
        this.set({ phase: 'closed', isFormShown: false, form: undefined });
        this.forgetTyped();
      }

      if (isHistory) {
        continue;
      }

      if (event.kind === 'messageAdded' && event.actor !== 'visitor') {
        this.onTyping(false);
        heard.push(this.text('new', { who: event.actorName ?? this.text('agent'), text: event.text ?? '' }));
        this.unread += this.state.isOpen ? 0 : 1;
        this.fire('message', { sequence: event.sequence, actor: event.actor });
      } else if (event.kind === 'formChanged' && event.form?.state === 'requested') {
        heard.push(this.text('card.arrived', { title: event.form.title }));
        this.unread += this.state.isOpen ? 0 : 1;
      } else if (event.kind === 'assigned') {
        heard.push(event.assignedTo ? this.text('note.joined', { name: event.assignedTo }) : this.text('note.waiting'));
      } else if (event.kind === 'closed') {
        heard.push(this.text('note.closed'));
      } else if (event.kind === 'valueChanged') {
        heard.push(this.text('card.opened.announce', { label: event.form?.title ?? '', what: this.cardText(event.form) }));
      }
    }

    // After a gap, reading it all aloud helps nobody.
    if (heard.length > 3) {
      this.announce(this.text('missed', { count: heard.length }));
    } else {
      heard.forEach(text => this.announce(text));
    }

    this.refresh();
  }

  /** What is news about the values of a form: that they were opened, then that they are gone. */
  private cardText(card: FormCard | undefined): string {
    const values = card?.values ?? [];
    const opened = values.find(value => value.openedAt && !value.deletedAt);
    const deleted = values.findLast(value => value.deletedAt);
    return opened ? this.text('card.claimed', { role: this.text(`role.${opened.openedByRole ?? 'agent'}`), time: timeText(opened.openedAt!, this.language) })
      : deleted ? this.text(`reason.${deleted.reason ?? 'viewed'}`) : this.text('state.submitted');
  }

  announce(text: string): void {
    this.announcers.forEach(announce => announce(text));
  }

  async loadEarlier(): Promise<void> {
    const window = windowOf(this.state.items, this.state.end);
    if (window.from > 0) {
      this.set({ end: earlierEnd(this.state.items, window) });
      return;
    }

    if (!this.link || this.state.isLoadingEarlier) {
      return;
    }

    this.set({ isLoadingEarlier: true });
    try {
      await this.link.loadEarlier();
      this.link.log?.all.slice(0, 200).forEach(event => event.form && this.learn(event.form, false));
      this.refresh();
      this.set({ end: earlierEnd(this.state.items, windowOf(this.state.items, this.state.end)), problem: undefined });
    } catch (reason) {
      this.set({ problem: this.errorText(reason) });
    } finally {
      this.set({ isLoadingEarlier: false });
    }
  }

  loadLater(): void {
    this.set({ end: laterEnd(this.state.items, windowOf(this.state.items, this.state.end)) });
  }

  toNewest(): void {
    this.set({ end: undefined });
  }

  tryNow(): void {
    this.hasInfo = false;
    void this.inform();
    this.link?.nudge();
  }

  // What was hidden.

  private onSent(event: ConversationEvent, text: string): void {
    if (event.maskedKinds?.length) {
      this.hide(text, event.maskedKinds);
    }
  }

  private hide(text: string, kinds: readonly string[], isBlocked = false): void {
    if (kinds.length === 0) {
      return;
    }

    this.memory = [...this.memory, text].slice(-12);
    clearTimeout(this.memoryTimer);
    this.memoryTimer = setTimeout(() => this.forgetTyped(), MEMORY);
    const found = new Set([...this.state.masked?.kinds ?? [], ...kinds]);
    const all = [...KINDS.filter(kind => found.has(kind)), ...[...found].filter(kind => !KINDS.includes(kind))];
    this.set({ masked: { kinds: all, wasAsked: this.state.masked?.wasAsked ?? false, hasText: true, isBlocked } });
    this.announce(this.maskedText(all, isBlocked));
    this.match();
  }

  maskedText(kinds: readonly string[], isBlocked: boolean): string {
    const names = kinds.map(kind => this.kindText(kind));
    return this.text(isBlocked ? 'blocked' : 'masked', { count: names.length, what: names.join(this.text('masked.and')) });
  }

  kindText(kind: string): string {
    const key = `kind.${kind}`;
    const text = this.text(key as WidgetText);
    return text === key ? this.text('kind.other') : text;
  }

  /** Wipes what was typed. The notice goes with it: without the text it can offer nothing. */
  forgetTyped(): void {
    this.memory = [];
    clearTimeout(this.memoryTimer);
    if (this.state.masked) {
      this.set({ masked: undefined });
    }
  }

  askForForm(): void {
    if (this.state.masked) {
      this.set({ masked: { ...this.state.masked, wasAsked: true } });
      this.send(this.text('masked.request'));
    }
  }

  sendSafely(): void {
    const requestId = this.state.masked?.requestId;
    if (requestId) {
      this.showForm(requestId);
    }
  }

  /** What was typed and hidden, for the fields of this form; after this it is forgotten here. */
  takePrefill(requestId: string): Record<string, string> {
    const view = this.state.views.get(requestId);
    const values = view && this.memory.length > 0 ? prefill(view.definition.fields, this.memory.join('\n'), new Date()) : {};
    if (Object.keys(values).length > 0) {
      this.forgetTyped();

      // It goes by the form now; as a message it would be refused for ever.
      this.link?.outbox.all.filter(item => item.error?.isBlocked).forEach(item => this.discard(item.clientId));
    }

    return values;
  }

  private match(): void {
    const { masked } = this.state;
    if (!masked || this.memory.length === 0) {
      return;
    }

    const typed = this.memory.join('\n');
    const now = new Date();
    const fitting = [...this.cards.values()].findLast(card =>
      isOpen(card.state) && Object.keys(prefill(this.state.views.get(card.requestId)?.definition.fields ?? [], typed, now)).length > 0);
    const { kinds, wasAsked, hasText, isBlocked } = masked;
    this.set({ masked: fitting ? { kinds, wasAsked, hasText, isBlocked, requestId: fitting.requestId } : { kinds, wasAsked, hasText, isBlocked } });
  }

  // Forms.

  private learn(card: FormCard, isNews: boolean): void {
    this.cards = withCard(this.cards, card);
    if (!this.state.views.has(card.requestId) && (isNews || isOpen(card.state))) {
      void this.view(card.requestId);
    }

    if (!isOpen(card.state)) {
      this.match();
    }
  }

  /** Reads definition and notice of a form, once: the card says what it is for. */
  async view(requestId: string): Promise<void> {
    if (this.asked.has(requestId) || !this.conversation) {
      return;
    }

    this.asked.add(requestId);
    try {
      const view = await this.api.get<FormView>(this.formPath(requestId));
      this.cards = withCard(this.cards, view.form);
      this.set({ views: new Map(this.state.views).set(requestId, view) });
      this.match();
      this.refresh();
    } catch {
      this.asked.delete(requestId);
    }
  }

  private formPath(requestId: string): string {
    return `visitor/conversations/${this.conversation}/forms/${requestId}`;
  }

  formToken(requestId: string): Promise<FormTokenView> {
    return this.api.post<FormTokenView>(`${this.formPath(requestId)}/token`);
  }

  showForm(requestId: string): void {
    this.set({ form: requestId, isFormShown: true });
  }

  hideForm(): void {
    this.set({ isFormShown: false });
  }

  /** The frame is done with: its input is wiped with it. */
  dropForm(outcome?: string): void {
    const title = this.cards.get(this.state.form ?? '')?.title ?? '';
    if (outcome === 'submitted') {
      this.announce(this.text('card.sent', { title }));
    }

    this.set({ form: undefined, isFormShown: false });
    void this.link?.pull().catch(() => undefined);
  }

  formProgress(requestId: string, filled: number, total: number): void {
    this.link?.formProgress(requestId, filled, total);
  }

  async decline(requestId: string): Promise<void> {
    await this.change(requestId, 'decline');
    if (this.state.form === requestId) {
      this.dropForm();
    }
  }

  withdraw(requestId: string): Promise<void> {
    return this.change(requestId, 'withdraw');
  }

  private async change(requestId: string, what: 'decline' | 'withdraw'): Promise<void> {
    this.set({ problem: undefined });
    try {
      this.cards = withCard(this.cards, await this.api.post<FormCard>(`${this.formPath(requestId)}/${what}`));
      this.refresh();
    } catch (reason) {
      this.set({ problem: this.text('card.failed', { why: this.errorText(reason) }) });
      void this.link?.pull().catch(() => undefined);
    }
  }

  // The end.

  async end(): Promise<void> {
    if (!this.conversation) {
      return;
    }

    try {
      this.onConversation(await this.api.post<ConversationView>(`visitor/conversations/${this.conversation}/close`));
      this.forgetTyped();
      this.set({ form: undefined, isFormShown: false, problem: undefined });
      void this.link?.pull().catch(() => undefined);
    } catch (reason) {
      this.set({ problem: this.text('card.failed', { why: this.errorText(reason) }) });
    }
  }

  startAnew(): void {
    this.link?.stop();
    this.link = undefined;
    this.conversation = undefined;
    this.token = undefined;
    this.cards = new Map();
    this.asked.clear();
    this.store.clear();
    this.forgetTyped();
    this.set({
      phase: 'fresh', link: 'idle', agent: undefined, items: [], end: undefined, hasEarlier: false, views: new Map(), form: undefined, isFormShown: false,
      problem: undefined, isDestroyed: false,
    });
  }

  private remember(): void {
    if (this.conversation && this.token && this.state.phase !== 'lost') {
      this.store.write({ id: this.conversation, token: this.token, open: this.state.isOpen });
      this.set({ isStorageLost: this.store.isLost });
    }
  }

  private fire(name: 'open' | 'close' | 'message', detail: object): void {
    this.context.host.dispatchEvent(new CustomEvent(`securechat:${name}`, { bubbles: true, composed: true, detail }));
  }

  private refresh(): void {
    const log = this.link?.log;
    this.set({
      items: timelineOf(log?.all ?? [], [...this.link?.outbox.all ?? [], ...this.pending], this.cards),
      hasEarlier: (log?.before ?? 0) > 0,
    });
  }

  private set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.context.changed({ isOpen: this.state.isOpen, unread: this.unread });
    this.listeners.forEach(listener => listener());
  }
}
