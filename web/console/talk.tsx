import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Outgoing } from '../shared/outbox.ts';
import { timeText } from '../shared/strings.ts';
import type { ConversationEvent, ConversationView } from '../shared/types.ts';
import { wordsOf } from './api.ts';
import { Card } from './card.tsx';
import type { Console } from './console.ts';
import { holdFocus } from './focus.ts';
import { Back, Check, Form, Lock, Send, Warning } from './icons.tsx';
import { nudgeOf } from './nudge.ts';
import { entriesOf, type Entry, type Session } from './session.ts';
import type { DialogName } from './shortcuts.ts';
import { useCell } from './store.ts';
import { kindsText, nameOf } from './words.ts';

export function Talk({ console: model, onDialog }: { console: Console; onDialog: (dialog: DialogName) => void }) {
  const view = useCell(model.preview);
  const session = useCell(model.session);
  if (view === null) {
    return (
      <section class="talk none" id="talk" tabIndex={-1} aria-label="Conversation">
        <p class="empty">Choose a conversation. <kbd>j</kbd> and <kbd>k</kbd> move, <kbd>Enter</kbd> opens, <kbd>?</kbd> shows all keys.</p>
      </section>
    );
  }
  return (
    <section class="talk" id="talk" tabIndex={-1} aria-label={nameOf(view)}>
      <TalkHead console={model} view={view} session={session} onDialog={onDialog} />
      {session === null ? <Untaken console={model} view={view} /> : <Live key={session} console={model} view={view} session={session} />}
    </section>
  );
}

function TalkHead({ console: model, view, session, onDialog }: { console: Console; view: ConversationView; session: Session | null; onDialog: (dialog: DialogName) => void }) {
  const signIn = useCell(model.signIn);
  const isSupervisor = signIn.at === 'in' && signIn.me.isSupervisor;
  const isOpen = view.state === 'open';
  const isUnassigned = view.assignedTo === undefined && view.isMine !== true;
  return (
    <header class="talk-head">
      <button type="button" class="button icon-button narrow-only" onClick={() => (model.pane.value = 'list')} aria-label="Back to the list"><Back /></button>
      <div class="talk-name">
        <h2>{nameOf(view)}</h2>
        <p class="quiet">
          {session !== null && isOpen && <Presence session={session} />}
          {isOpen ? (view.isMine ? 'With you' : isUnassigned ? 'With nobody' : `With ${view.assignedTo ?? 'another agent'}`) : 'Ended'}
        </p>
      </div>
      {isOpen && (
        <div class="talk-actions">
          {!view.isMine && (isUnassigned || isSupervisor) && session !== null && <button type="button" class="button primary" aria-keyshortcuts="t" onClick={() => void model.take(view.id)}>Take</button>}
          {(view.isMine || isSupervisor) && <button type="button" class="button" aria-keyshortcuts="Shift+T" onClick={() => onDialog('transfer')}>{isUnassigned ? 'Assign' : 'Hand over'}</button>}
          {(view.isMine || isSupervisor) && <button type="button" class="button" aria-keyshortcuts="x" onClick={() => onDialog('close')}>End</button>}
          <button type="button" class="button medium-only" onClick={() => (model.pane.value = 'side')}><Form /> Forms</button>
        </div>
      )}
    </header>
  );
}

function Presence({ session }: { session: Session }) {
  const isOnline = useCell(session.isVisitorOnline);
  const link = useCell(session.link);
  if (link !== 'online') return null;
  return <span class={isOnline ? 'presence on' : 'presence'}>{isOnline ? 'Visitor is here' : 'Visitor is away'} · </span>;
}

/** A conversation that is nobody's may be known of, not read. */
function Untaken({ console: model, view }: { console: Console; view: ConversationView }) {
  const isFree = view.state === 'open' && view.assignedTo === undefined;
  return (
    <div class="untaken">
      <span class="door-mark"><Lock /></span>
      {isFree
        ? <>
            <h3>Nobody has this conversation yet</h3>
            <p>Take it to read and answer it. From then on it is yours alone, apart from supervisors.</p>
            <button type="button" class="button primary" aria-keyshortcuts="t" onClick={() => void model.take(view.id)}>Take it <kbd>t</kbd></button>
          </>
        : <><h3>This conversation is not yours</h3><p>It was taken by {view.assignedTo ?? 'somebody else'}, or it has ended.</p></>}
    </div>
  );
}

function Live({ console: model, view, session }: { console: Console; view: ConversationView; session: Session }) {
  const ended = useCell(session.ended);
  return (
    <>
      <Banner session={session} />
      <Transcript console={model} view={view} session={session} />
      {ended === null && view.state === 'open'
        ? view.isMine
          ? <Composer console={model} view={view} session={session} />
          : <p class="watching">You are reading as a supervisor. Take the conversation to write in it or to open values.</p>
        : null}
    </>
  );
}

const endings: Readonly<Record<string, readonly [string, string]>> = {
  'removed:closed': ['The conversation has ended.', 'What was not deleted yet is destroyed. You can still read what is on screen.'],
  'removed:reassigned': ['The conversation is somebody else’s now.', 'It was handed over, so it left your screen.'],
  'removed:revoked': ['You may not read this conversation any more.', 'Your account lost its role or its sign-in, so everything was taken off the screen.'],
  'removed:destroyed': ['The conversation was destroyed.', 'Its key is gone; nobody can read it any more.'],
  SC6011: ['The conversation has ended.', 'Choose another one.'],
  SC6003: ['You are not signed in any more.', 'Sign in again.'],
  SC6004: ['You may not read this conversation.', 'It needs the role Agent or Supervisor.'],
  SC6005: ['This conversation is not yours any more.', 'It was handed over, or it is gone.'],
};

/** What is true about the connection, and what that means for what is written now. */
function Banner({ session }: { session: Session }) {
  const link = useCell(session.link);
  const ended = useCell(session.ended);
  const waiting = useCell(session.outgoing).filter((item) => item.state === 'waiting').length;
  const [slow, setSlow] = useState(false);
  const [, tick] = useState(0);
  useEffect(() => {
    // A reconnection that takes a moment is no news.
    setSlow(false);
    if (link !== 'connecting') return undefined;
    const timer = setTimeout(() => setSlow(true), 1200);
    return () => clearTimeout(timer);
  }, [link]);
  useEffect(() => {
    if (link !== 'offline') return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [link]);
  if (ended !== null) {
    const [title, text] = endings[ended] ?? ['The connection was ended by the host.', 'Open the conversation again.'];
    return <div class="strip"><span><strong>{title}</strong> {text}</span></div>;
  }
  if (link === 'polling') {
    return <div class="strip warn"><span><strong>Slow connection.</strong> A network in between does not let WebSockets through. Messages arrive every few seconds; nothing is lost.</span></div>;
  }
  if (link === 'offline') {
    const seconds = Math.max(0, Math.ceil((session.retryAt - Date.now()) / 1000));
    return (
      <div class="strip bad">
        <span><strong>No connection.</strong> What the visitor writes now, you do not see yet. {waiting > 0 ? `${waiting === 1 ? 'Your message waits' : `${waiting} messages wait`} and will be sent. ` : ''}{seconds > 0 ? `Next try in ${seconds} s.` : 'Trying…'}</span>
        <button type="button" class="button small" onClick={() => session.reconnect()}>Try now</button>
      </div>
    );
  }
  return link === 'connecting' && slow ? <div class="strip warn"><strong>Connecting…</strong></div> : null;
}

type Side = 'them' | 'us' | 'me';

type Row = { readonly key: string; readonly day: string } & (
  | { readonly is: 'message'; readonly entry: Entry; readonly side: Side; readonly isFirst: boolean }
  | { readonly is: 'card'; readonly requestId: string; readonly event: ConversationEvent }
  | { readonly is: 'fact'; readonly event: ConversationEvent; readonly text: string }
);

/**
 * Agents have public names here, which may be alike and differ from account names. Who has the conversation wrote what came after it was
 * given to them.
 */
function rowsOf(events: readonly ConversationEvent[], isMine: boolean): readonly Row[] {
  const entries = entriesOf(events);
  const mineFrom = isMine ? events.findLast((event) => event.kind === 'assigned')?.sequence ?? 0 : Infinity;
  const cards = new Set<string>();
  const rows: Row[] = [];
  let before: ConversationEvent | null = null;
  for (const event of events) {
    const base = { key: String(event.sequence), day: new Date(event.at).toDateString() };
    const entry = entries.get(event.sequence);
    if (entry !== undefined) {
      const side = event.actor === 'visitor' ? 'them' : event.sequence > mineFrom && event.actor !== 'application' ? 'me' : 'us';
      const isFirst = before?.kind !== 'messageAdded' || before.actor !== event.actor || before.actorName !== event.actorName || Date.parse(event.at) - Date.parse(before.at) > 180_000;
      rows.push({ ...base, is: 'message', entry, side, isFirst });
    } else if (event.form !== undefined) {
      if (!cards.has(event.form.requestId)) rows.push({ ...base, is: 'card', requestId: event.form.requestId, event });
      cards.add(event.form.requestId);
    } else {
      const text = factOf(event, event.sequence === mineFrom);
      if (text !== null) rows.push({ ...base, is: 'fact', event, text });
    }
    if (event.kind !== 'messageMasked') before = event;
  }
  return rows;
}

function factOf(event: ConversationEvent, isToMe: boolean): string | null {
  const who = event.actor === 'visitor' ? 'The visitor' : event.actor === 'system' ? 'SecureChat' : event.actorName ?? 'An agent';
  if (event.kind === 'conversationStarted') return 'The visitor started the conversation';
  if (event.kind === 'assigned') return event.assignedTo === undefined ? 'Nobody has the conversation now' : isToMe ? 'The conversation is yours' : `${event.assignedTo} has the conversation`;
  if (event.kind === 'closed') return `${who} ended the conversation`;
  return null;
}

function Transcript({ console: model, view, session }: { console: Console; view: ConversationView; session: Session }) {
  const events = useCell(session.events);
  const cards = useCell(session.cards);
  const outgoing = useCell(session.outgoing);
  const isTyping = useCell(session.isVisitorTyping);
  const isLoaded = useCell(session.isLoaded);
  const hasEarlier = useCell(session.hasEarlier);
  const ended = useCell(session.ended);
  const isMine = view.isMine === true;
  const rows = useMemo(() => rowsOf(events, isMine), [events, isMine]);

  // Stays at the end unless the reader scrolled up; then it says that there is more below.
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [hasNewBelow, setNewBelow] = useState(false);
  const keep = useRef<{ height: number } | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (keep.current !== null) {
      element.scrollTop += element.scrollHeight - keep.current.height;
      keep.current = null;
    } else if (isAtEnd.current) element.scrollTop = element.scrollHeight;
    else setNewBelow(true);
  }, [rows, outgoing, isTyping, cards]);
  const toEnd = () => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  const onScroll = () => {
    const element = box.current!;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 60;
    if (isAtEnd.current) setNewBelow(false);
  };
  const loadEarlier = () => {
    keep.current = { height: box.current!.scrollHeight };
    void model.act('Older messages could not be read.', () => session.loadEarlier());
  };

  const lastMine = rows.findLast((row) => row.is === 'message' && row.side === 'me');
  let day = '';
  const items: ComponentChildren[] = [];
  for (const row of rows) {
    if (row.day !== day) {
      day = row.day;
      items.push(<li class="day" key={`day-${row.key}`}><span>{dayText(timeOf(row))}</span></li>);
    }
    if (row.is === 'message') items.push(<Message key={row.key} entry={row.entry} side={row.side} isFirst={row.isFirst} isLast={row === lastMine} />);
    else if (row.is === 'fact') items.push(<li key={row.key} class="fact"><span>{row.text}</span> <time dateTime={row.event.at}>{timeText(row.event.at)}</time></li>);
    else {
      const card = cards.get(row.requestId);
      if (card !== undefined) items.push(<li key={row.key} class="from-us card-row"><Card console={model} card={card} session={session} isMine={isMine && ended === null} at={row.event.at} /></li>);
    }
  }
  return (
    <div class="transcript" ref={box} onScroll={onScroll} tabIndex={0} role="region" aria-label="Messages" aria-busy={!isLoaded && ended === null}>
      {hasEarlier && <button type="button" class="button small earlier" onClick={loadEarlier}>Show older messages</button>}
      {!isLoaded && ended === null && <p class="quiet centre">Reading the conversation…</p>}
      <ol class="messages">
        {items}
        {outgoing.map((item) => <Pending key={item.clientId} item={item} session={session} />)}
      </ol>
      {isTyping && <p class="typing"><span class="dots" aria-hidden="true"><i /><i /><i /></span> The visitor is typing</p>}
      {hasNewBelow && <button type="button" class="button primary small below" onClick={toEnd}>New below</button>}
    </div>
  );
}

const timeOf = (row: Row): string => (row.is === 'message' ? row.entry.event.at : row.event.at);

function dayText(time: string): string {
  const date = new Date(time);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' }).format(date);
}

/** What is stored, as everybody reads it. The text is text: nothing in it becomes markup. */
function Message({ entry, side, isFirst, isLast }: { entry: Entry; side: Side; isFirst: boolean; isLast: boolean }) {
  const { event, text, maskedKinds, warnedKinds, isAmended } = entry;
  const who = side === 'them' ? 'Visitor' : side === 'me' ? 'You' : event.actorName ?? (event.actor === 'application' ? 'Application' : 'Agent');
  return (
    <li class={`${side === 'them' ? 'from-them' : 'from-us'}${isFirst ? ' first' : ''}`}>
      {isFirst ? <p class="by"><span>{who}</span> <time dateTime={event.at}>{timeText(event.at)}</time></p> : <span class="unseen">{who}: </span>}
      <p class="bubble" dir="auto">{text}</p>
      {isLast && <p class="sent"><Check /> Sent</p>}
      {(maskedKinds.length > 0 || isAmended) && (
        <p class="masked"><Lock /> Hidden{isAmended ? ' afterwards' : ''}{maskedKinds.length > 0 ? `: ${kindsText(maskedKinds)}` : ''}. {isAmended ? 'What was stored is masked now.' : 'It was not stored.'}</p>
      )}
      {warnedKinds.length > 0 && <p class="masked warned"><Warning /> Not hidden: {kindsText(warnedKinds)}. The rules of this site let it stand.</p>}
    </li>
  );
}

function Pending({ item, session }: { item: Outgoing; session: Session }) {
  const words = item.error === undefined ? null : wordsOf(item.error);
  return (
    <li class={`from-us first pending ${item.state}`}>
      <p class="by"><span>You</span> {item.state === 'sending' ? 'Sending…' : item.state === 'waiting' ? 'Waits for the connection' : 'Not sent'}</p>
      <p class="bubble" dir="auto">{item.text}</p>
      {item.state === 'failed' && (
        <div class="failed">
          <p><Warning /> {words?.title} {words?.nextStep}</p>
          {item.error?.isBlocked !== true && <button type="button" class="button small" onClick={() => session.retry(item.clientId)}>Try again</button>}
          <button type="button" class="button small" onClick={() => session.discard(item.clientId)}>Discard</button>
        </div>
      )}
    </li>
  );
}

const mostBytes = 8 * 1024;

function Composer({ console: model, view, session }: { console: Console; view: ConversationView; session: Session }) {
  const forms = useCell(model.forms);
  const [draft, setDraft] = useState(() => model.drafts.get(view.id) ?? '');
  const [heldFor, setHeld] = useState('');
  const [isBusy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const nudge = useMemo(() => nudgeOf(draft, forms), [draft, forms]);
  const bytes = useMemo(() => new TextEncoder().encode(draft).length, [draft]);
  const isTooLong = bytes > mostBytes;

  const change = (text: string) => {
    setDraft(text);
    model.drafts.set(view.id, text);
  };
  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    // As high as the text, without a style attribute: rows are an attribute of the element.
    const lines = Math.min(8, Math.max(1, draft.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / Math.max(20, element.clientWidth / 8.2))), 0)));
    element.rows = lines;
  }, [draft]);
  useEffect(() => () => session.typing(false), [session]);

  const send = () => {
    const text = draft.trim();
    if (text === '' || isTooLong) return;
    if (nudge !== null && heldFor !== nudge.what) {
      setHeld(nudge.what);
      return;
    }
    session.send(text);
    session.typing(false);
    change('');
    setHeld('');
    area.current?.focus();
  };
  const sendForm = async () => {
    if (nudge?.form == null || isBusy) return;
    const goOn = holdFocus();
    setBusy(true);
    const sent = await model.requestForm(nudge.form);
    setBusy(false);
    if (sent) change('');
    goOn('composer');
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.isComposing || event.shiftKey) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) void (nudge?.form != null ? sendForm() : send());
    else send();
  };
  const nudgeText = nudge === null ? '' : nudge.form === null
    ? `This asks for ${nudge.what}. In the chat it would be hidden, and no form of this site asks for it.`
    : `This asks for ${nudge.what}. In the chat the answer is hidden and lost.`;
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      {nudge !== null && (
        <div class="nudge" id="nudge" role="status">
          <Warning />
          <p>
            <strong>{nudgeText}</strong>
            {heldFor === nudge.what && <span> Press Enter once more to send the text all the same.</span>}
          </p>
          {nudge.form !== null && (
            <button type="button" class="button primary" aria-keyshortcuts="Control+Enter" disabled={isBusy} onClick={() => void sendForm()}>
              Ask with a secure form instead <kbd>Ctrl Enter</kbd>
            </button>
          )}
        </div>
      )}
      <div class="composer-row">
        <label class="unseen" for="composer">Message to the visitor</label>
        <textarea
          id="composer" ref={area} rows={1} value={draft} placeholder="Write a message" maxLength={mostBytes * 2} autocomplete="off"
          aria-describedby={nudge !== null ? 'nudge composer-hint' : 'composer-hint'} aria-invalid={isTooLong}
          onInput={(event) => { change(event.currentTarget.value); if (event.currentTarget.value !== '') session.typing(true); }}
          onBlur={() => session.typing(false)} onKeyDown={onKey}
        />
        <button type="submit" class="button primary send" disabled={draft.trim() === '' || isTooLong} aria-label={nudge !== null && heldFor === nudge.what ? 'Send the text all the same' : 'Send'}><Send /></button>
      </div>
      <p class={isTooLong ? 'hint bad' : 'hint'} id="composer-hint">{isTooLong ? `Too long by ${bytes - mostBytes} bytes. Send it in parts.` : 'Card numbers and the like are hidden before anything is stored.'}</p>
    </form>
  );
}
