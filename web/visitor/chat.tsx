import { Fragment, render, type ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { shownText, timeText } from '../shared/strings.ts';
import { accentCss, adopt, sheetOf, themeOf } from '../shared/theme.ts';
import { isOpen, type FormCardValue } from '../shared/types.ts';
import css from './chat.css?inline';
import type { ChatContext, ChatPanel } from './contract.ts';
import { FrameHost } from './frame-host.ts';
import { Chat, type State } from './model.ts';
import { windowOf, type Item } from './timeline.ts';

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0);

export function mount(context: ChatContext): ChatPanel {
  const { host, root } = context;
  const chat = new Chat(context);
  const accent = new CSSStyleSheet();
  adopt(root, sheetOf(css), accent);
  const place = document.createElement('div');
  place.className = 'place';
  root.prepend(place);

  const refresh = () => {
    const color = host.dataset.accent;
    const sheet = accentCss(color);
    if (color && !sheet) {
      console.warn('SecureChat: data-accent takes a colour as #rgb or #rrggbb.');
    }

    accent.replaceSync(sheet ?? '');
    chat.retext();
  };
  refresh();
  render(<Panel chat={chat} context={context} />, place);
  return {
    open: () => chat.open(),
    close: () => chat.close(),
    refresh,
    leave: () => {
      chat.leave();
      render(null, place);
      place.remove();
    },
  };
}

function Panel({ chat, context }: { readonly chat: Chat; readonly context: ChatContext }) {
  const [, redraw] = useState(0);
  const announcer = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const [isEnding, setEnding] = useState(false);
  const [isSlow, setSlow] = useState(false);
  const { state, text } = chat;

  // While it is drawn, not after it was painted: on a busy device the chat changes in between, and nobody would draw that.
  useLayoutEffect(() => {
    let waiting: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    return chat.subscribe(
      () => redraw(count => count + 1),
      said => {
        // Emptied first, so that the same words are read again; together, so that none is cut off.
        waiting.push(said);
        clearTimeout(timer);
        if (announcer.current) {
          announcer.current.textContent = '';
        }

        timer = setTimeout(() => {
          if (announcer.current) {
            announcer.current.textContent = waiting.join('. ');
          }

          waiting = [];
        }, 150);
      });
  }, [chat]);

  // A blink of the connection is not worth a word.
  const isTrying = state.link === 'connecting' || state.link === 'offline';
  useEffect(() => {
    const timer = isTrying ? setTimeout(() => setSlow(true), 1_500) : undefined;
    if (!isTrying) {
      setSlow(false);
    }

    return () => clearTimeout(timer);
  }, [isTrying]);

  // Focus follows what the visitor opened, and goes back to where it came from; a chat that is open since the page before takes none.
  const wasOpen = useRef(state.isOpen);
  useEffect(() => {
    if (state.isOpen && !wasOpen.current) {
      (input.current ?? panel.current)?.focus();
    } else if (!state.isOpen && wasOpen.current) {
      context.root.querySelector<HTMLElement>('.launcher')?.focus();
    }

    wasOpen.current = state.isOpen;
  }, [state.isOpen]);

  const wasFormShown = useRef(false);
  useEffect(() => {
    if (wasFormShown.current && !state.isFormShown && state.isOpen) {
      (input.current ?? panel.current)?.focus();
    }

    wasFormShown.current = state.isFormShown;
  }, [state.isFormShown]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.isComposing) {
      event.stopPropagation();
      event.preventDefault();
      if (isEnding) {
        setEnding(false);
        input.current?.focus();
      } else if (state.isFormShown) {
        chat.hideForm();
      } else {
        chat.close();
      }
    }
  };

  const subtitle = state.phase === 'closed' ? text('with.closed')
    : state.phase === 'fresh' || state.phase === 'lost' ? text('with.start')
      : state.agent ? text('with.agent', { name: state.agent }) : text('with.nobody');

  return (
    <>
      <section
        ref={panel} class="panel" part="panel" role="dialog" aria-label={text('title')} tabIndex={-1} hidden={!state.isOpen}
        lang={chat.textLanguage} onKeyDown={onKeyDown}
      >
        <header class="head" part="header">
          {state.isFormShown && <button type="button" class="icon" aria-label={text('back')} title={text('back')} onClick={() => chat.hideForm()}><Icon name="back" /></button>}
          <div class="who">
            <h2>{state.isFormShown ? text('form.title') : text('title')}</h2>
            <p dir="auto">{subtitle}</p>
          </div>
          {state.phase === 'active' && !state.isFormShown && (
            <button type="button" class="quiet" aria-expanded={isEnding} onClick={() => setEnding(!isEnding)}>{text('menu.end')}</button>
          )}
          <button type="button" class="icon" aria-label={text('close')} title={text('close')} onClick={() => chat.close()}><Icon name="close" /></button>
        </header>
        <Banners chat={chat} state={state} isSlow={isSlow} />
        {isEnding && state.phase === 'active' && (
          <Confirm
            title={text('end.question')} body={text('end.text')} yes={text('end.yes')} no={text('end.no')}
            onYes={() => { setEnding(false); void chat.end(); }} onNo={() => { setEnding(false); input.current?.focus(); }}
          />
        )}
        <div class="body" hidden={state.isFormShown}>
          <Transcript chat={chat} state={state} />
          {state.problem && <p class="problem" role="alert">{state.problem}</p>}
          {state.masked && <Masked chat={chat} state={state} />}
          <Composer chat={chat} state={state} input={input} />
        </div>
        {state.form && <FormPane key={state.form} chat={chat} requestId={state.form} isShown={state.isFormShown} host={context.host} base={context.base} />}
      </section>
      <div ref={announcer} class="unseen" role="status" aria-live="polite" lang={chat.textLanguage} />
    </>
  );
}

function Banners({ chat, state, isSlow }: { readonly chat: Chat; readonly state: State; readonly isSlow: boolean }) {
  const { text } = chat;
  return (
    <div class="banners" role="status">
      {state.isOriginRefused ? <p class="banner bad">{text('link.origin', { origin: location.origin })}</p>
        : isSlow && state.link === 'offline' ? (
          <p class="banner warn">{text('link.offline')} <button type="button" class="link" onClick={() => chat.tryNow()}>{text('link.try')}</button></p>
        ) : isSlow && state.link === 'connecting' ? <p class="banner">{text('link.connecting')}</p>
          : state.link === 'polling' ? <p class="banner warn">{text('link.polling')}</p> : null}
      {state.isOld && <p class="banner warn">{text('link.old')} <button type="button" class="link" onClick={() => location.reload()}>{text('link.reload')}</button></p>}
      {state.isStorageLost && <p class="banner">{text('link.storage')}</p>}
      {state.isDestroyed && <p class="banner">{text('link.destroyed')}</p>}
    </div>
  );
}

function Confirm({ title, body, yes, no, onYes, onNo }: {
  readonly title: string; readonly body?: string; readonly yes: string; readonly no: string; readonly onYes: () => void; readonly onNo: () => void;
}) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div class="confirm" role="group" aria-label={title}>
      <p><strong>{title}</strong></p>
      {body && <p>{body}</p>}
      <div class="row">
        <button type="button" class="danger" onClick={onYes}>{yes}</button>
        <button ref={keep} type="button" class="plain" onClick={onNo}>{no}</button>
      </div>
    </div>
  );
}

function Transcript({ chat, state }: { readonly chat: Chat; readonly state: State }) {
  const { text } = chat;
  const scroller = useRef<HTMLDivElement>(null);
  const window = windowOf(state.items, state.end);
  const items = state.items.slice(window.from, window.to);
  const first = items[0]?.key;

  // Where the reader was: at the end, or at an entry that should stay where it is on the screen.
  const anchor = useRef<{ isAtEnd: boolean; key: string | undefined; top: number }>({ isAtEnd: true, key: undefined, top: 0 });
  const remember = () => {
    const box = scroller.current;
    if (box) {
      const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
      const top = box.getBoundingClientRect().top;
      const entry = [...box.querySelectorAll<HTMLElement>('[data-key]')].find(element => element.getBoundingClientRect().bottom > top);
      anchor.current = { isAtEnd: isAtEnd && state.end === undefined, key: entry?.dataset.key, top: entry ? entry.getBoundingClientRect().top : 0 };
    }
  };

  const last = state.items.at(-1);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !state.isOpen) {
      return;
    }

    const { isAtEnd, key, top } = anchor.current;
    const entry = key === undefined ? undefined : [...box.querySelectorAll<HTMLElement>('[data-key]')].find(element => element.dataset.key === key);
    if (state.end === undefined && (isAtEnd || last?.kind === 'outgoing')) {
      box.scrollTop = box.scrollHeight;
    } else if (entry) {
      box.scrollTop += entry.getBoundingClientRect().top - top;
    }

    remember();
  }, [state.items, state.end, state.isOpen, state.isFormShown, state.views, first]);

  return (
    <div class="scroller" ref={scroller} role="region" aria-label={text('messages')} tabIndex={0} onScroll={remember}>
      {(window.from > 0 || state.hasEarlier) && (
        <button type="button" class="more" disabled={state.isLoadingEarlier} onClick={() => void chat.loadEarlier()}>{text('earlier')}</button>
      )}
      {state.items.length === 0 && state.phase !== 'lost' && <p class="intro">{text('intro')}</p>}
      {state.phase === 'lost' && <p class="intro">{text('lost.text')}</p>}
      <ol class="list">
        {items.map(item => <Entry key={item.key} item={item} chat={chat} state={state} />)}
      </ol>
      {state.isTyping && <p class="typing">{text('typing', { name: state.agent ?? text('agent') })}</p>}
      {window.to < state.items.length && (
        <div class="row">
          <button type="button" class="more" onClick={() => chat.loadLater()}>{text('later')}</button>
          <button type="button" class="more" onClick={() => { anchor.current = { isAtEnd: true, key: undefined, top: 0 }; chat.toNewest(); }}>{text('newest')}</button>
        </div>
      )}
    </div>
  );
}

function Entry({ item, chat, state }: { readonly item: Item; readonly chat: Chat; readonly state: State }) {
  const { text } = chat;
  switch (item.kind) {
    case 'message': {
      const { event } = item;
      const isOwn = event.actor === 'visitor';
      const who = isOwn ? text('you') : event.actorName ? shownText(event.actorName) : text(event.actor === 'system' || event.actor === 'application' ? 'system' : 'agent');
      return (
        <li class={isOwn ? 'message own' : 'message'} data-key={item.key}>
          {isOwn ? <span class="unseen">{text('said', { who })}</span> : <span class="name" dir="auto">{who}</span>}
          <p class="text" dir="auto">{shownText(item.text)}</p>
          <span class="meta">
            {item.maskedKinds.length > 0 && <span class="hidden-note"><Icon name="lock" />{text('masked.note', { what: item.maskedKinds.map(kind => chat.kindText(kind)).join(', ') })} · </span>}
            {isOwn && item.warnedKinds.length > 0 && <span class="hidden-note">{text('warned.note', { what: item.warnedKinds.map(kind => chat.kindText(kind)).join(', ') })} · </span>}
            <time dateTime={event.at}>{timeText(event.at, chat.language)}</time>
            {isOwn && <> · {text('out.sent')}</>}
          </span>
        </li>
      );
    }

    case 'outgoing': {
      const { outgoing } = item;
      const isFailed = outgoing.state === 'failed';
      return (
        <li class={isFailed ? 'message own failed' : 'message own pending'} data-key={item.key}>
          <span class="unseen">{text('said', { who: text('you') })}</span>
          <p class="text" dir="auto">{shownText(outgoing.text)}</p>
          {isFailed ? (
            <span class="meta bad" role="alert">
              {text('out.failed')} {chat.errorText(outgoing.error)}{' '}
              {!outgoing.error?.isBlocked && <><button type="button" class="link" onClick={() => chat.retry(outgoing.clientId)}>{text('out.retry')}</button>{' '}</>}
              <button type="button" class="link" onClick={() => chat.discard(outgoing.clientId)}>{text('out.discard')}</button>
            </span>
          ) : <span class="meta">{text(outgoing.state === 'waiting' && state.link === 'offline' ? 'out.waiting' : 'out.sending')}</span>}
        </li>
      );
    }

    case 'note':
      return (
        <li class="note" data-key={item.key} dir="auto">
          {text(`note.${item.note}`, { name: item.name })} · <time dateTime={item.at}>{timeText(item.at, chat.language)}</time>
        </li>
      );
    default:
      return <Card item={item} chat={chat} state={state} />;
  }
}

function Card({ item, chat, state }: { readonly item: Extract<Item, { kind: 'card' }>; readonly chat: Chat; readonly state: State }) {
  const { card } = item;
  const { text } = chat;
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const view = state.views.get(card.requestId);
  useEffect(() => void chat.view(card.requestId), [card.requestId]);
  const isUnsent = isOpen(card.state);
  const isUnopened = card.state === 'submitted' && card.values.some(value => value.state === 'sealed');
  const canAct = state.phase === 'active';
  const run = (work: () => Promise<void>) => {
    setBusy(true);
    void work().finally(() => setBusy(false));
  };

  return (
    <li class={`card ${card.state}`} data-key={item.key}>
      <div role="group" aria-label={text('card.label', { title: card.title })}>
        <p class="card-head"><Icon name="lock" /><strong dir="auto">{card.title}</strong></p>
        <p class={`chip ${card.state}`}><Icon name={isUnsent ? 'clock' : card.state === 'submitted' ? 'check' : 'cross'} />{text(`state.${card.state}`)}</p>
        {view && <p class="purpose" dir="auto">{view.definition.purpose}</p>}
        {isUnsent && canAct && <p class="meta">{text('card.until', { time: timeText(card.expiresAt, chat.language) })}</p>}
        {card.state === 'expired' && <p class="meta">{text('card.expired')}</p>}
        {card.state === 'declined' && <p class="meta">{text('card.declined')}</p>}
        {card.state === 'cancelled' && card.values.length === 0 && <p class="meta">{text('card.cancelled')}</p>}
        {card.values.length > 0 && (
          <dl class="values">
            {card.values.map(value => (
              <Fragment key={value.valueId}>
                <dt dir="auto">{value.label}</dt>
                <dd><span class="preview">{value.preview}</span><span class={`fate ${value.state}`}>{fate(value, chat)}</span></dd>
              </Fragment>
            ))}
          </dl>
        )}
        {view?.notice && (
          <details>
            <summary>{text(isUnsent || card.values.length === 0 ? 'card.notice' : 'card.consent')}</summary>
            <p class="notice" dir="auto" lang={view.notice.language}>{view.notice.text}</p>
          </details>
        )}
        {isAsking && isUnopened ? (
          <Confirm
            title={text('card.withdraw.question')} yes={text('card.withdraw.yes')} no={text('card.withdraw.no')}
            onYes={() => { setAsking(false); run(() => chat.withdraw(card.requestId)); }} onNo={() => setAsking(false)}
          />
        ) : canAct && (isUnsent || isUnopened) && (
          <div class="row">
            {isUnsent && <button type="button" class="primary" disabled={isBusy} onClick={() => chat.showForm(card.requestId)}>{text(state.form === card.requestId ? 'card.continue' : 'card.fill')}</button>}
            {isUnsent && <button type="button" class="plain" disabled={isBusy} onClick={() => run(() => chat.decline(card.requestId))}>{text('card.decline')}</button>}
            {isUnopened && <button type="button" class="plain" disabled={isBusy} onClick={() => setAsking(true)}>{text('card.withdraw')}</button>}
          </div>
        )}
      </div>
    </li>
  );
}

/** What became of a value, in words: never colour or a symbol alone. */
function fate(value: FormCardValue, { text, language }: Chat): string {
  const role = text(`role.${value.openedByRole ?? 'agent'}`);
  if (value.deletedAt) {
    return value.openedAt
      ? text('card.opened', { role, opened: timeText(value.openedAt, language), deleted: timeText(value.deletedAt, language) })
      : text('card.at', { what: text(`reason.${value.reason ?? 'expired'}`), time: timeText(value.deletedAt, language) });
  }

  return value.openedAt ? text('card.claimed', { role, time: timeText(value.openedAt, language) })
    : value.state === 'sealed' ? text('card.sealed', { time: timeText(value.expiresAt, language) }) : text('card.deleting');
}

function Masked({ chat, state }: { readonly chat: Chat; readonly state: State }) {
  const { text } = chat;
  const masked = state.masked!;
  return (
    <div class="masked" role="group" aria-label={chat.maskedText(masked.kinds, masked.isBlocked)}>
      <p><Icon name="lock" />{chat.maskedText(masked.kinds, masked.isBlocked)}{masked.wasAsked && !masked.requestId && <> {text('masked.asked')}</>}</p>
      <div class="row">
        {masked.requestId ? <button type="button" class="primary" onClick={() => chat.sendSafely()}>{text('masked.safe')}</button>
          : !masked.wasAsked && state.phase === 'active' && <button type="button" class="primary" onClick={() => chat.askForForm()}>{text('masked.ask')}</button>}
        <button type="button" class="plain" onClick={() => chat.forgetTyped()}>{text('masked.dismiss')}</button>
      </div>
    </div>
  );
}

function Composer({ chat, state, input }: { readonly chat: Chat; readonly state: State; readonly input: { current: HTMLTextAreaElement | null } }) {
  const { text } = chat;
  const [size, setSize] = useState(0);
  const [trouble, setTrouble] = useState('');
  if (state.phase === 'closed' || state.phase === 'lost') {
    return (
      <div class="composer ended">
        {state.phase === 'closed' && <p>{text('ended.text')}</p>}
        <button type="button" class="primary" onClick={() => { chat.startAnew(); setTimeout(() => input.current?.focus()); }}>{text('ended.new')}</button>
      </div>
    );
  }

  const measure = () => {
    const box = input.current!;
    const bytes = bytesOf(box.value);
    setSize(bytes);
    setTrouble(bytes > state.mostBytes ? text('composer.tooLong', { size: kilobytes(bytes), most: kilobytes(state.mostBytes) }) : '');
    box.rows = Math.min(6, Math.max(1, box.value.slice(0, 2_000).split('\n').length + Math.floor(Math.min(box.value.length, 600) / 60)));
  };

  const refuse = (event: ClipboardEvent | DragEvent, pasted: string | undefined) => {
    // Refused before the box takes it: a box with megabytes in it is a page that does not answer.
    const bytes = pasted && pasted.length > state.mostBytes ? pasted.length : bytesOf(pasted ?? '');
    if (bytes > state.mostBytes) {
      event.preventDefault();
      setTrouble(text('composer.pasteTooLong', { size: kilobytes(bytes), most: kilobytes(state.mostBytes) }));
    }
  };

  const send = (event?: Event) => {
    event?.preventDefault();
    const box = input.current!;
    if (bytesOf(box.value) <= state.mostBytes && box.value.trim() !== '') {
      chat.send(box.value);
      box.value = '';
      measure();
    }

    box.focus();
  };

  return (
    <form class="composer" onSubmit={send}>
      <label class="unseen" for="message">{text('composer.label')}</label>
      <textarea
        ref={input} id="message" rows={1} placeholder={text('composer.placeholder')} dir="auto" autocomplete="off" aria-invalid={trouble !== ''}
        aria-describedby="trouble"
        onInput={() => { measure(); chat.type(input.current!.value !== ''); }}
        onBlur={() => chat.type(false)}
        onPaste={event => refuse(event, event.clipboardData?.getData('text'))}
        onDrop={event => refuse(event, event.dataTransfer?.getData('text'))}
        onKeyDown={event => event.key === 'Enter' && !event.shiftKey && !event.isComposing && send(event)}
      />
      <button type="submit" class="primary send" disabled={size === 0 || size > state.mostBytes} aria-label={text('composer.send')} title={text('composer.send')}><Icon name="send" /></button>
      <p class="trouble-text" id="trouble" role="alert">{trouble}</p>
    </form>
  );
}

type PaneState = { readonly kind: 'loading' | 'ready' | 'blocked' } | { readonly kind: 'failed'; readonly why: string };

/** How long the frame may take to say that it is there: after that the page's policy has most likely blocked it. */
const FRAME_TIMEOUT = 12_000;

function FormPane({ chat, requestId, isShown, host, base }: {
  readonly chat: Chat; readonly requestId: string; readonly isShown: boolean; readonly host: HTMLElement; readonly base: string;
}) {
  const { text } = chat;
  const place = useRef<HTMLDivElement>(null);
  const frame = useRef<FrameHost | undefined>(undefined);
  const [state, setState] = useState<PaneState>({ kind: 'loading' });
  const [tries, setTries] = useState(0);
  const shown = useRef(isShown);
  shown.current = isShown;

  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState({ kind: 'loading' });
    chat.formToken(requestId).then(({ token }) => {
      if (isGone) {
        return;
      }

      timer = setTimeout(() => setState({ kind: 'blocked' }), FRAME_TIMEOUT);
      frame.current = new FrameHost({
        src: `${base}form`,
        title: text('form.title'),
        init: () => ({
          token, locale: chat.language, theme: themeOf(host), accent: host.dataset.accent, skew: chat.api.skew, texts: chat.formTexts,
          prefill: chat.takePrefill(requestId),
        }),
        tell: message => {
          switch (message.type) {
            case 'ready':
              clearTimeout(timer);
              setState({ kind: 'ready' });
              if (shown.current) {
                frame.current?.element.focus();
              }

              break;
            case 'progress':
              chat.formProgress(requestId, Number(message.filled), Number(message.total));
              break;
            case 'leave':
              chat.hideForm();
              break;
            case 'done':
              chat.dropForm(message.state);
              break;
            case 'error':
              if (message.code === 'reloaded') {
                setState({ kind: 'failed', why: '' });
              }

              break;
            default:
              break;
          }
        },
      });
      place.current?.append(frame.current.element);
    }).catch((reason: unknown) => !isGone && setState({ kind: 'failed', why: chat.errorText(reason) }));
    return () => {
      isGone = true;
      clearTimeout(timer);
      frame.current?.destroy();
      frame.current = undefined;
    };
  }, [requestId, tries]);

  useEffect(() => {
    if (isShown) {
      frame.current?.element.focus();
    }
  }, [isShown]);

  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const tell = () => frame.current?.post({ type: 'theme', theme: themeOf(host) });
    query.addEventListener('change', tell);
    tell();
    return () => query.removeEventListener('change', tell);
  });

  /** Leaves the frame of this page aside: a window of the form's own, with a token of its own. */
  const openWindow = async () => {
    const tab = open('about:blank', '_blank');
    try {
      const { token } = await chat.formToken(requestId);
      if (tab) {
        tab.opener = null;
        tab.location.replace(`${base}form#${token}`);
      }

      chat.dropForm();
    } catch (reason) {
      tab?.close();
      setState({ kind: 'failed', why: chat.errorText(reason) });
    }
  };

  return (
    <div class="pane" hidden={!isShown}>
      {state.kind === 'loading' && <p class="intro" role="status">{text('form.loading')}</p>}
      {state.kind === 'failed' && (
        <div class="intro" role="alert">
          <p>{text('form.failed', { why: state.why })}</p>
          <div class="row"><button type="button" class="primary" onClick={() => setTries(tries + 1)}>{text('form.again')}</button></div>
        </div>
      )}
      {state.kind === 'blocked' && (
        <div class="intro" role="alert">
          <p>{text('form.blocked')}</p>
          <div class="row"><button type="button" class="primary" onClick={() => void openWindow()}>{text('form.window')}</button></div>
        </div>
      )}
      <div class={state.kind === 'ready' ? 'frame-place' : 'frame-place waiting'} ref={place} />
    </div>
  );
}

const PATHS: Record<string, string> = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M4 12l16-8-6 16-3-7z',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3',
  clock: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4l3 2',
  check: 'M5 13l4 4L19 7',
  cross: 'M7 7l10 10M17 7L7 17',
};

function Icon({ name }: { readonly name: string }): ComponentChildren {
  return <svg class="glyph" viewBox="0 0 24 24" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}

