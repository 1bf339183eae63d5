import type { ApiError } from '../shared/http.ts';
import type { AgentHereView, AgentView, ConversationEvent, ConversationView, FormCard, SecureForm } from '../shared/types.ts';
import { announce } from './announcer.tsx';
import { api, errorOf, hostNow, isSignedOut, wordsOf } from './api.ts';
import { ClaimStore } from './claims.ts';
import { holdFocus } from './focus.ts';
import { Reveal } from './reveal.ts';
import { Session } from './session.ts';
import { Cell } from './store.ts';
import { kindsText, nameOf } from './words.ts';

export type SignIn =
  | { readonly at: 'checking' }
  | { readonly at: 'in'; readonly me: AgentView }
  | { readonly at: 'officer'; readonly me: AgentView }
  | { readonly at: 'out'; readonly wasIn: boolean }
  | { readonly at: 'unable'; readonly me: AgentView | null }
  | { readonly at: 'failed'; readonly error: ApiError };

export type Filter = 'all' | 'unassigned' | 'mine';
export type Pane = 'list' | 'talk' | 'side';

const listEvery = 4_000;
/** What the host lists at once, and what "Show more" adds. */
const listStep = 200;
const listEveryHidden = 20_000;
/** A third of how long the host believes it. */
const hereEvery = 30_000;

/** Everything the console knows. The page shows it; nothing of it is stored but claims, which hold no value. */
export class Console {
  readonly signIn = new Cell<SignIn>({ at: 'checking' });
  readonly conversations = new Cell<readonly ConversationView[] | null>(null);
  /** The host has conversations that are not listed here yet. */
  readonly hasMore = new Cell(false);
  readonly listError = new Cell<ApiError | null>(null);
  readonly filter = new Cell<Filter>('all');
  readonly selected = new Cell<string | null>(null);
  readonly session = new Cell<Session | null>(null);
  /** The selected conversation, also when it may not be read yet. */
  readonly preview = new Cell<ConversationView | null>(null);
  readonly forms = new Cell<readonly SecureForm[]>([]);
  /** The other agents who are here, to whom a conversation can be handed; null until the host said so. */
  readonly others = new Cell<readonly AgentHereView[] | null>(null);
  readonly pane = new Cell<Pane>('list');
  /** The form whose values the panel is about. */
  readonly revealing = new Cell<string | null>(null);
  readonly notice = new Cell<{ readonly text: string; readonly next: string; readonly isBad: boolean } | null>(null);
  /** Last activity of each conversation when it was last looked at. */
  readonly seen = new Cell<ReadonlyMap<string, string>>(new Map());
  readonly drafts = new Map<string, string>();

  readonly claims = new ClaimStore();
  private readonly reveals = new Map<string, Reveal>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isFirstList = true;
  private listed = listStep;
  private saidHereAt = -Infinity;
  private noticeTimer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    addEventListener('pagehide', () => this.wipeValues());
    addEventListener('pageshow', (event) => {
      if (!event.persisted) return;
      // From the back/forward cache: whatever was on screen goes again, then what this browser still may show comes anew.
      this.wipeValues();
      void this.resumeClaims();
    });
    addEventListener('blur', () => this.hideValues('This window lost the focus.'));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.hideValues('This tab was in the background.');
      else void this.poll();
    });
    addEventListener('online', () => void this.poll());
    void this.check();
  }

  /** Who am I, and may I be here? */
  async check(): Promise<void> {
    try {
      const me = await api.me();
      if (!me.isAgent && !me.isSupervisor) {
        this.signIn.value = me.isPrivacyOfficer ? { at: 'officer', me } : { at: 'unable', me };
        return;
      }
      this.signIn.value = { at: 'in', me };
      this.forms.value = await api.forms();
      await this.poll();
      const wanted = /^#c=([0-9A-Za-z]{26})$/.exec(location.hash)?.[1];
      if (wanted !== undefined) await this.select(wanted, false);
      await this.resumeClaims();
    } catch (cause) {
      const error = errorOf(cause);
      if (isSignedOut(error)) this.signedOut();
      else if (error.status === 403) this.signIn.value = { at: 'unable', me: null };
      else if (this.signIn.value.at !== 'in') {
        this.signIn.value = { at: 'failed', error };
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.check(), 3000);
      }
    }
  }

  /** The sign-in ended: nothing that needed it stays on screen. */
  signedOut(): void {
    const wasIn = this.signIn.value.at === 'in' || this.signIn.value.at === 'officer';
    clearTimeout(this.timer);
    this.wipeValues();
    this.deselect();
    this.conversations.value = null;
    this.hasMore.value = false;
    this.listed = listStep;
    this.others.value = null;
    this.saidHereAt = -Infinity;
    this.drafts.clear();
    this.signIn.value = { at: 'out', wasIn: wasIn || (this.signIn.value.at === 'out' && this.signIn.value.wasIn) };
    announce('You are signed out.');
  }

  /** The list, again and again. */
  async poll(): Promise<void> {
    clearTimeout(this.timer);
    if (this.signIn.value.at !== 'in') return;
    try {
      const list = await api.list(this.listed);
      this.hasMore.value = list.hasMore;
      this.took(list.conversations);
      this.listError.value = null;
      if (performance.now() - this.saidHereAt >= hereEvery) void this.sayHere();
    } catch (cause) {
      if (isSignedOut(cause)) {
        this.signedOut();
        return;
      }
      if (errorOf(cause).status === 403) {
        this.signIn.value = { at: 'unable', me: null };
        this.deselect();
        return;
      }
      this.listError.value = errorOf(cause);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.poll(), document.visibilityState === 'hidden' ? listEveryHidden : listEvery);
  }

  /** Lists the next ones as well, from now on. */
  async more(): Promise<void> {
    this.listed += listStep;
    await this.poll();
  }

  /** Others can hand a conversation to whom the host knows to be here. What fails is said again with the next list. */
  async sayHere(): Promise<void> {
    try {
      this.others.value = await api.here();
      this.saidHereAt = performance.now();
    } catch (cause) {
      if (isSignedOut(cause)) this.signedOut();
    }
  }

  private took(list: readonly ConversationView[]): void {
    const known = this.conversations.value;
    const sorted = [...list].sort((a, b) => b.lastActivityAt.localeCompare(a.lastActivityAt));
    const seen = new Map(this.seen.value);
    if (this.isFirstList) for (const item of sorted) seen.set(item.id, item.lastActivityAt);
    const open = this.selected.value;
    const current = sorted.find((item) => item.id === open);
    if (current !== undefined && document.visibilityState === 'visible') seen.set(current.id, current.lastActivityAt);
    this.seen.value = seen;
    this.conversations.value = sorted;
    if (!this.isFirstList && known !== null) {
      const fresh = sorted.filter((item) => !known.some((other) => other.id === item.id));
      if (fresh.length > 0) announce(fresh.length === 1 ? `New conversation: ${nameOf(fresh[0]!)}` : `${fresh.length} new conversations`);
    }
    this.isFirstList = false;
    if (current !== undefined) this.update(current);
  }

  /** What the list or an answer says about the selected conversation. */
  private update(view: ConversationView): void {
    if (this.selected.value !== view.id) return;
    // Handed over: a supervisor may go on reading the conversation, not what was opened in it.
    if (this.preview.value?.isMine === true && view.isMine !== true) this.leaveValues(view.id);
    this.preview.value = view;
    const session = this.session.value;
    if (session !== null) session.view.value = view;
    if (session === null && this.canRead(view)) this.open(view);
    else if (session !== null && session.ended.value !== null && view.state === 'open' && this.canRead(view)) this.open(view);
  }

  canRead(view: ConversationView): boolean {
    const signIn = this.signIn.value;
    return view.isMine === true || (signIn.at === 'in' && signIn.me.isSupervisor);
  }

  async select(id: string, isMove = true): Promise<void> {
    if (this.selected.value !== id) {
      this.deselect();
      this.selected.value = id;
      history.replaceState(null, '', `#c=${id}`);
    }
    if (isMove) this.pane.value = 'talk';
    const view = this.conversations.value?.find((item) => item.id === id) ?? (this.preview.value?.id === id ? this.preview.value : undefined);
    if (view !== undefined) {
      this.seen.value = new Map(this.seen.value).set(id, view.lastActivityAt);
      this.update(view);
      return;
    }
    try {
      this.update(await api.conversation(id));
      this.pane.value = 'talk';
    } catch (cause) {
      if (this.selected.value === id) this.deselect();
      this.failed(cause, 'This conversation cannot be opened.');
    }
  }

  deselect(): void {
    // With none open before, this is a tab that takes up a claim, and its values are what it is about to show.
    if (this.selected.value !== null) this.hideValues('Another conversation was opened.');
    this.session.value?.stop();
    this.session.value = null;
    this.preview.value = null;
    this.revealing.value = null;
    this.selected.value = null;
    this.pane.value = 'list';
    history.replaceState(null, '', location.pathname + location.search);
  }

  private open(view: ConversationView): void {
    this.session.value?.stop();
    this.session.value = new Session(view, {
      onNews: (event) => this.news(event),
      onEnded: (reason) => this.ended(view.id, reason),
    });
  }

  private news(event: ConversationEvent): void {
    const mine = this.preview.value?.isMine === true && (event.actor === 'agent' || event.actor === 'supervisor');
    if (event.kind === 'messageAdded' && event.actor === 'visitor') announce(`Visitor: ${event.text ?? ''}`);
    else if (event.kind === 'messageAdded' && !mine) announce(`${event.actorName ?? 'Application'}: ${event.text ?? ''}`);
    else if (event.kind === 'messageAdded' && (event.maskedKinds?.length ?? 0) > 0) announce(`Hidden in your message: ${kindsText(event.maskedKinds!)}`);
    else if (event.form !== undefined) announce(`${event.form.title}: ${formNews(event.form)}`);
    else if (event.kind === 'closed') announce('The conversation has ended.');
    if (event.form !== undefined) void this.reveals.get(event.form.requestId)?.follow(event.form);
  }

  private ended(id: string, reason: string): void {
    for (const reveal of this.reveals.values()) {
      if (reveal.conversationId === id && reason !== 'removed:closed') reveal.leave();
      else if (reveal.conversationId === id) void reveal.end('gone');
    }
    if (reason === 'SC6003') {
      this.signedOut();
      return;
    }
    const view = this.preview.value;
    if (view !== null && view.id === id) {
      const isOver = reason === 'removed:closed' || reason === 'removed:destroyed' || reason === 'SC6011';
      const isOurs = reason === 'removed:closed';
      this.preview.value = { ...view, isMine: isOurs && view.isMine === true, state: isOver ? 'closed' : view.state };
      if (!isOurs) this.revealing.value = null;
      holdFocus()('talk');
    }
    void this.poll();
  }

  reveal(conversationId: string, requestId: string): Reveal {
    let reveal = this.reveals.get(requestId);
    if (reveal === undefined) {
      reveal = new Reveal(conversationId, requestId, {
        api,
        claims: this.claims,
        now: hostNow,
        onCard: (card) => this.takeCard(card),
        onSignedOut: () => this.signedOut(),
      });
      this.reveals.set(requestId, reveal);
    }
    return reveal;
  }

  private takeCard(card: FormCard): void {
    this.session.value?.take(card);
  }

  /** Claims that a reload interrupted: the values come back for the time that is left. */
  private async resumeClaims(): Promise<void> {
    const claims = [...(await this.claims.list())].sort((a, b) => b.madeAt - a.madeAt);
    for (const claim of claims) {
      const reveal = this.reveal(claim.conversationId, claim.requestId);
      if (reveal.isBusy) continue;
      const at = await reveal.resume(claim);
      if (at === 'open' || at === 'retry') {
        await this.select(claim.conversationId);
        this.revealing.value = claim.requestId;
        this.pane.value = 'side';
        break;
      }
    }
  }

  hideValues(because: string): void {
    for (const reveal of this.reveals.values()) reveal.hide(because);
  }

  private leaveValues(id: string): void {
    this.revealing.value = null;
    for (const reveal of this.reveals.values()) {
      if (reveal.conversationId === id) reveal.leave();
    }
  }

  private wipeValues(): void {
    for (const reveal of this.reveals.values()) reveal.leave();
    this.reveals.clear();
  }

  /** Runs an action of the agent; what fails is said, with what to do. */
  async act<T>(what: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (cause) {
      if (isSignedOut(cause)) this.signedOut();
      else this.failed(cause, what);
      return undefined;
    }
  }

  say(text: string): void {
    this.note({ text, next: '', isBad: false });
  }

  failed(cause: unknown, what: string): void {
    const words = wordsOf(cause);
    this.note({ text: `${what} ${words.title}`, next: words.nextStep + (words.code ? ` (${words.code})` : ''), isBad: true });
  }

  note(notice: { text: string; next: string; isBad: boolean } | null): void {
    clearTimeout(this.noticeTimer);
    this.notice.value = notice;
    if (notice === null) return;
    announce(`${notice.text} ${notice.next}`);
    if (!notice.isBad) this.noticeTimer = setTimeout(() => (this.notice.value = null), 6000);
  }

  async take(id: string): Promise<void> {
    const goOn = holdFocus();
    const view = await this.act('The conversation was not taken.', () => api.assign(id));
    if (view === undefined) {
      await this.poll();
      return;
    }
    this.replace(view);
    announce('The conversation is yours.');
    goOn('composer');
  }

  /** The focused control went away with what it did. */
  settleFocus(): void {
    holdFocus()('talk');
  }

  replace(view: ConversationView): void {
    this.conversations.value = (this.conversations.value ?? []).map((item) => (item.id === view.id ? view : item));
    this.update(view);
    void this.poll();
  }

  async requestForm(form: SecureForm): Promise<boolean> {
    const session = this.session.value;
    if (session === null) return false;
    const asked = await this.act('The form was not sent.', () => api.requestForm(session.id, form.key));
    if (asked === undefined) return false;
    this.say(asked.isNew ? `Sent: ${form.title}. You see here how far the visitor is.` : `${form.title} is open already; the visitor still has it.`);
    return true;
  }
}

function formNews(card: FormCard): string {
  if (card.state === 'submitted') {
    if (card.values.every((value) => value.state === 'destroyed')) return 'its values are deleted';
    if (card.values.some((value) => value.state === 'claimed')) return 'opened';
    return 'filled in, ready to be opened';
  }
  return { requested: 'sent', opened: 'the visitor is filling it in', declined: 'the visitor declined', cancelled: 'taken back', expired: 'ran out of time' }[card.state];
}
