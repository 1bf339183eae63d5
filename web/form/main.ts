import { Api } from '../shared/http.ts';
import { clockText, createTexts, type Texts } from '../shared/strings.ts';
import { accentCss, adopt, sheetOf, themeSheet } from '../shared/theme.ts';
import { el, lock, say, set } from './dom.ts';
import { fieldView } from './fields.ts';
import css from './form.css?inline';
import { Form, type Phase } from './state.ts';
import { formTexts, type Text } from './texts.ts';

const script = document.currentScript as HTMLScriptElement | null;
const base = new URL('.', script?.src ?? location.href).href;

interface Init {
  readonly token: string;
  readonly locale?: string;
  readonly theme?: string;
  readonly accent?: string;
  readonly skew?: number;
  readonly texts?: Texts;
  readonly prefill?: Readonly<Record<string, string>>;
}

let token: string | undefined;
let locale = navigator.language;
let text: Text = createTexts(formTexts, locale);
let port: MessagePort | undefined;
const accent = new CSSStyleSheet();
const form = new Form(new Api({ base, token: () => token, credentials: 'omit', language: () => locale }));

const page = el('main');
let drawn: Phase | undefined;
let update: () => void = () => undefined;
let wipe: () => void = () => undefined;
let fields: HTMLElement | undefined;

function start(): void {
  adopt(document, themeSheet(), sheetOf(css), accent);
  (document.getElementById('app') ?? document.body).append(page);
  form.onChange = draw;
  form.onWipe = () => wipe();
  form.onProgress = (filled, total) => tell({ type: 'progress', filled, total });
  draw();
  new ResizeObserver(() => tell({ type: 'resize', height: document.documentElement.scrollHeight })).observe(document.body);

  // Nothing stays in a page that went away, nor in one that comes back from the cache (E46).
  addEventListener('pagehide', () => form.wipe());
  addEventListener('pageshow', event => {
    if (event.persisted) {
      form.wipe();
      void form.load();
    }
  });
  addEventListener('keydown', event => {
    if (event.key === 'Escape' && !event.isComposing) {
      tell({ type: 'leave' });
    }
  });

  // The token of a link is for this page alone: neither the address bar nor the history keeps it.
  const fragment = location.hash.slice(1);
  if (fragment) {
    try {
      history.replaceState(null, '', location.pathname + location.search);
    } catch {
      location.hash = '';
    }
  }

  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(fragment)) {
    begin({ token: fragment });
  } else if (parent !== window) {
    listen();
  } else {
    form.none();
  }
}

/** Takes one port, from the window that holds this frame; everything else that is said to this window is ignored. */
function listen(): void {
  const take = (event: MessageEvent) => {
    const message = event.data as { type?: unknown; version?: unknown } | null;
    if (event.source !== parent || message?.type !== 'securechat:port' || message.version !== 1 || event.ports.length !== 1) {
      return;
    }

    removeEventListener('message', take);
    clearTimeout(patience);
    port = event.ports[0]!;
    port.onmessage = ({ data }: MessageEvent<Partial<Init> & { type?: unknown } | null>) => {
      if (data?.type === 'init' && token === undefined && typeof data.token === 'string') {
        begin(data as Init);
        tell({ type: 'ready' });
      } else if (data?.type === 'theme') {
        showTheme(data.theme);
      }
    };
  };
  const patience = setTimeout(() => form.none(), 20_000);
  addEventListener('message', take);
}

function begin(init: Init): void {
  token = init.token;
  locale = init.locale || locale;
  text = createTexts(formTexts, locale, init.texts);

  // Our own texts are English, whatever the notice is in.
  document.documentElement.lang = init.texts && Object.keys(init.texts).length > 0 ? locale : 'en';
  form.skew = Number(init.skew) || 0;
  showTheme(init.theme);
  accent.replaceSync(accentCss(init.accent) ?? '');
  void form.load(init.prefill);
}

function showTheme(theme: unknown): void {
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
}

function tell(message: object): void {
  port?.postMessage(message);
}

/** Draws a phase when it begins; what changes inside it is put in place by `update`. */
function draw(): void {
  const { state } = form;
  const phase = state.phase === 'sending' ? 'fill' : state.phase;
  if (phase !== drawn) {
    drawn = phase;
    update = () => undefined;
    page.setAttribute('aria-label', text('form.secure'));
    const banner = el('p', { class: 'secure' }, lock(), el('span', {}, el('strong', {}, text('form.secure')), el('span', { class: 'host', dir: 'ltr' }, ` ${new URL(base).host}`)));
    page.replaceChildren(banner, phase === 'loading' ? el('p', { class: 'loading', role: 'status' }, text('form.loading')) : phase === 'fill' ? fill() : outcome(phase));
    page.querySelector<HTMLElement>('h1')?.focus();

    // What was typed before the time ran out stays readable until the visitor leaves (E18).
    if (phase === 'expired' && fields && Object.keys(state.values).length > 0) {
      fields.querySelectorAll('input, textarea').forEach(input => set(input, 'readonly', true));
      fields.querySelectorAll('select').forEach(input => set(input, 'disabled', true));
      page.append(fields);
    }

    // The widget shows the card of what was sent or declined; everything else is read here first.
    if (phase === 'submitted' || phase === 'declined') {
      tell({ type: 'done', state: phase });
    }
  }

  update();
}

function outcome(phase: Phase): HTMLElement {
  const name = phase === 'submitted' ? 'sent' : phase as 'declined';
  return el('section', { class: `outcome ${name}` },
    el('h1', { tabindex: -1 }, text(`form.${name}.title`)),
    el('p', {}, text(form.state.wasSentBefore ? 'form.sent.before' : `form.${name}.text`)),
    phase === 'unavailable'
      ? el('button', { type: 'button', class: 'primary', click: () => void form.load() }, text('form.retry'))
      : port && el('button', { type: 'button', class: 'primary', click: () => {
        form.wipe();
        tell({ type: 'done', state: phase });
      } }, text('form.back')));
}

function fill(): HTMLElement {
  const { definition } = form.state.view!;
  const views = definition.fields.map(field => fieldView(field, form, text));
  wipe = () => views.forEach(view => view.wipe());

  // Out of reach of what records a page, as far as recorders listen (E23).
  fields = el('div', {
    class: 'fields fs-mask ph-no-capture rr-block rr-mask sentry-block sentry-mask', 'data-private': true, 'data-hj-suppress': true, 'data-sl': 'exclude',
    'data-dd-privacy': 'hidden', 'data-clarity-mask': 'true', 'data-recording-sensitive': true,
  }, ...views.map(view => view.element));

  const box = el('input', { type: 'checkbox', 'aria-required': 'true', change: () => form.consent(box.checked) });
  const noticeText = el('p', { class: 'notice-text', dir: 'auto' });
  const noticeTitle = el('h2', {}, text('form.notice'));
  const consent = el('label', { class: 'consent' }, box, el('span', {}, text('form.consent')));
  const consentError = el('p', { class: 'error', id: 'consent-error', role: 'alert' });
  const failure = el('p', { class: 'failure', role: 'alert' });
  const sendText = el('span');
  const send = el('button', { type: 'submit', class: 'primary' }, lock(), sendText);
  const decline = el('button', { type: 'button', class: 'plain', click: () => void form.decline() }, text('form.decline'));
  const { element: clock, tick } = countdown();

  const element = el('form', { novalidate: true, submit: (event: Event) => {
    event.preventDefault();
    void form.submit();
  } },
  el('h1', { tabindex: -1, dir: 'auto' }, definition.title),
  el('p', { class: 'purpose', dir: 'auto' }, definition.purpose),
  clock,
  form.state.isPrefilled && el('p', { class: 'prefilled' }, text('form.prefilled')),
  fields,
  el('div', { class: 'notice' }, noticeTitle, noticeText, consent, consentError),
  failure,
  el('div', { class: 'row' }, send, decline),
  el('p', { class: 'promise' }, text('form.promise')));

  form.onRefused = () => setTimeout(() => element.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  update = () => {
    const { state } = form;
    const { view, errors } = state;
    const isSending = state.phase === 'sending';
    const notice = view?.notice;
    const count = Object.keys(errors).length;
    const isConsentMissing = state.failure === 'consent';
    views.forEach(field => field.update(isSending));
    say(noticeText, notice?.text ?? text('form.noNotice'));
    set(noticeText, 'lang', notice?.language);
    consent.hidden = !notice;
    box.checked = state.hasConsent;
    box.disabled = isSending;
    set(box, 'aria-invalid', String(isConsentMissing || state.failure === 'notice'));
    set(box, 'aria-describedby', isConsentMissing ? consentError.id : undefined);
    say(consentError, isConsentMissing ? text('form.consent.missing') : '');
    say(failure, !state.failure || isConsentMissing || (state.failure === 'fields' && count === 0) ? ''
      : state.failure === 'fields' ? text('form.errors', { count })
        : state.failure === 'notice' ? text('form.notice.changed')
          : text('form.failed', { why: text(`form.${state.failure as 'offline'}`) }));
    say(sendText, text(isSending ? 'form.sending' : 'form.send'));
    send.disabled = isSending || !notice;
    decline.disabled = isSending;
    tick();
  };
  return element;
}

function countdown(): { readonly element: HTMLElement; readonly tick: () => void } {
  const time = el('span', { role: 'timer', 'aria-live': 'off' });
  const said = el('span', { class: 'said', role: 'status' });
  const more = el('button', { type: 'button', class: 'plain small', click: () => void form.extend().then(isLonger => say(said, text(isLonger ? 'form.extended' : 'form.extend.no'))) },
    text('form.extend'));
  const often = el('span', { class: 'often', id: 'often' });
  set(more, 'aria-describedby', 'often');
  const element = el('div', {}, time, more, often, said);
  let before = Math.ceil((form.state.expiresAt - form.now) / 1000);
  const tick = () => {
    const left = Math.ceil((form.state.expiresAt - form.now) / 1000);
    say(time, text('form.left', { time: clockText(left) }));
    set(element, 'class', left <= 120 ? 'countdown short' : 'countdown');
    const { extensionsLeft } = form.state;
    const isLast = extensionsLeft === 0;
    more.hidden = left > 300 || isLast;
    often.hidden = left > 300 || extensionsLeft === undefined;
    say(often, isLast ? text('form.extend.none') : extensionsLeft === undefined ? '' : text('form.extend.left', { count: extensionsLeft }));
    if (left <= 120 && before > 120) {
      say(said, text(isLast ? 'form.left.2m.last' : 'form.left.2m'));
    } else if (left <= 30 && before > 30) {
      say(said, text(isLast ? 'form.left.30s.last' : 'form.left.30s'));
    } else if (left > 120 && before <= 120) {
      say(said, text('form.extended'));
    }

    if (left <= 0 && before > 0 && form.state.phase === 'fill') {
      void form.timeIsUp();
    }

    before = left;
  };
  const timer = setInterval(() => {
    if (drawn === 'fill') {
      tick();
    } else {
      clearInterval(timer);
    }
  }, 1_000);
  return { element, tick };
}

start();
