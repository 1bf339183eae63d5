import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Api, ApiError } from '../shared/http.ts';
import { clockText } from '../shared/strings.ts';
import type { ConversationEvent, FormCard, FormCardValue } from '../shared/types.ts';
import type { AuditLine, Consent, Inside, InsideList, Key, StoredRecord } from './types.ts';
import { count, follow, keyId, nowTrue, recordId, sameKey, sameRecord, type Seen } from './watch.ts';

interface State {
  readonly inside: Inside | null;
  readonly list: InsideList['conversations'];
  readonly records: ReadonlyMap<string, Seen<StoredRecord>> | null;
  readonly keys: ReadonlyMap<string, Seen<Key>> | null;
  readonly error: string | null;
}

const nothing: State = { inside: null, list: [], records: null, keys: null, error: null };

/** Reads what the server has of the newest conversation, or of the chosen one, every second while somebody looks. */
function useInside(prefix: URL, chosen: string | null): State {
  const [state, setState] = useState<State>(nothing);
  useEffect(() => {
    const http = new Api({ base: prefix });
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        const { conversations } = await http.get<InsideList>('inside/conversations');
        const newest = [...conversations].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
        const id = newest.find((item) => item.id === chosen)?.id ?? newest[0]?.id;
        const inside = id === undefined ? null : await http.get<Inside>(`inside/conversations/${encodeURIComponent(id)}`);
        if (isOver) return;
        setState((before) => {
          const isSame = before.inside?.conversation.id === inside?.conversation.id;
          const now = Date.now();
          return {
            inside,
            list: newest,
            error: null,
            records: inside === null ? null : follow(isSame ? before.records : null, inside.records, recordId, sameRecord, now),
            keys: inside === null ? null : follow(isSame ? before.keys : null, inside.keys, keyId, sameKey, now),
          };
        });
      } catch (cause) {
        if (isOver) return;
        const status = cause instanceof ApiError ? cause.status : 0;
        setState((before) => ({ ...before, error: status === 404 ? 'This page shows what the server stores, so it exists in Development only.' : 'The host does not answer. It is asked again every second.' }));
      }
      if (!isOver) timer = setTimeout(() => void read(), document.visibilityState === 'hidden' ? 5000 : 1000);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [prefix, chosen]);
  return state;
}

export function InsidePage({ prefix }: { prefix: URL }) {
  const [chosen, choose] = useState<string | null>(null);
  const { inside, list, records, keys, error } = useInside(prefix, chosen);
  return (
    <div class="page">
      <header class="top">
        <div>
          <p class="eyebrow">Inside SecureChat · Development only</p>
          <h1>What just happened</h1>
        </div>
        {list.length > 0 && (
          <label class="choice">
            <span>Conversation</span>
            <select value={inside?.conversation.id ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
              {list.map((item, index) => <option key={item.id} value={item.id}>{index === 0 ? 'Newest: ' : ''}{item.id.slice(-4)}, {clock(item.createdAt)}, {item.state}</option>)}
            </select>
          </label>
        )}
        <p class={error === null ? 'live' : 'live off'}><i aria-hidden="true" />{error === null ? 'Live' : 'Stopped'}</p>
      </header>
      {error !== null && <p class="problem" role="status">{error}</p>}
      {inside === null
        ? error === null && <Nobody />
        : <Story inside={inside} records={records ?? new Map()} keys={keys ?? new Map()} />}
    </div>
  );
}

function Nobody() {
  return (
    <main class="nobody">
      <h2>Nobody is chatting yet</h2>
      <ol>
        <li>Open the visitor’s page in another window and write something. Try a card number: <code>4242 4242 4242 4242</code>.</li>
        <li>Open the console as the agent, take the conversation and send the card form.</li>
        <li>Come back here. Everything the server stores appears by itself.</li>
      </ol>
    </main>
  );
}

function Story({ inside, records, keys }: { inside: Inside; records: ReadonlyMap<string, Seen<StoredRecord>>; keys: ReadonlyMap<string, Seen<Key>> }) {
  const now = nowTrue(inside);
  const values = inside.forms.flatMap((form) => form.values);
  const masked = inside.events.filter((event) => (event.maskedKinds?.length ?? 0) > 0).length;
  const present = inside.keys.filter((key) => key.state === 'present').length;
  const destroyed = inside.keys.length - present;
  return (
    <main>
      <section class={`now ${now.tone}`} aria-live="polite">
        <h2>{now.title}</h2>
        <p>{now.text}</p>
        <dl class="counts">
          <Count n={masked} what={masked === 1 ? 'message masked' : 'messages masked'} />
          <Count n={values.filter((value) => value.state === 'sealed').length} what="sealed" />
          <Count n={values.filter((value) => value.state === 'claimed').length} what="on a screen" />
          <Count n={values.filter((value) => value.state === 'destroyed').length} what={values.filter((value) => value.state === 'destroyed').length === 1 ? 'value destroyed' : 'values destroyed'} />
          <Count n={destroyed} what={destroyed === 1 ? 'key destroyed' : 'keys destroyed'} />
          <Count n={inside.audit.length} what="audit entries" />
        </dl>
      </section>
      <div class="grid">
        <div class="column">
          <Part n={1} title="In the chat" lead="What visitor and agent read is what is stored. Numbers are cut out before anything is written.">
            <Chat events={inside.events} forms={inside.forms} />
          </Part>
          <Part n={2} title="The values" lead="They are no part of the chat. Each is sealed on its own, opened at most once, then destroyed.">
            <Values forms={inside.forms} />
          </Part>
          <Part n={3} title="Keys, kept in another store" lead="Deleting means that the key goes. Whatever copy of a row somebody has, it is noise from then on.">
            <Keys keys={[...keys.values()]} records={[...records.values()].map((seen) => seen.thing).filter((record) => record.store === 'keys')} />
          </Part>
          <Part n={4} title="Consent" lead="No tick, no collection. The record proves which text was shown, by its hash.">
            <Consents consents={inside.consents} />
          </Part>
        </div>
        <div class="column">
          <Part n={5} title="Data store" lead="The rows of this conversation as they lie there. Look for the number: it is not here.">
            <Records records={[...records.values()].filter((seen) => seen.thing.store === 'data')} />
          </Part>
          <Part n={6} title="Audit log" lead="Every entry hashes the one before it. Change or remove one, and every hash after it is wrong.">
            <Audit audit={inside.audit} />
          </Part>
        </div>
      </div>
    </main>
  );
}

function Count({ n, what }: { n: number; what: string }) {
  return <div class={n > 0 ? 'some' : ''}><dt>{what}</dt><dd key={n}>{n}</dd></div>;
}

function Part({ n, title, lead, children }: { n: number; title: string; lead: string; children: ComponentChildren }) {
  return (
    <section class="part" aria-labelledby={`part-${n}`}>
      <header><span class="number" aria-hidden="true">{n}</span><div><h2 id={`part-${n}`}>{title}</h2><p>{lead}</p></div></header>
      {children}
    </section>
  );
}

const clock = (time: string): string => new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(new Date(time));

const maskedNames: Readonly<Record<string, string>> = { 'payment-card': 'card number', 'card-security-code': 'security code', 'us-ssn': 'social security number' };

function Chat({ events, forms }: { events: readonly ConversationEvent[]; forms: readonly FormCard[] }) {
  const amended = new Map(events.filter((event) => event.kind === 'messageMasked' && event.amends !== undefined).map((event) => [event.amends!, event]));
  const shownForms = new Set<string>();
  const rows = events.map((event) => {
    const who = event.actor === 'visitor' ? 'Visitor' : event.actorName ?? (event.actor === 'application' ? 'Application' : event.actor === 'system' ? 'SecureChat' : 'Agent');
    if (event.kind === 'messageAdded') {
      const later = amended.get(event.sequence);
      const kinds = [...new Set([...(event.maskedKinds ?? []), ...(later?.maskedKinds ?? [])])];
      return (
        <li key={event.sequence} class={event.actor === 'visitor' ? 'them' : 'us'}>
          <p class="by">{who} <time>{clock(event.at)}</time></p>
          <p class="said" dir="auto"><Masked text={later?.text ?? event.text ?? ''} /></p>
          {kinds.length > 0 && (
            <dl class="before-after">
              <dt>Typed</dt><dd><span class="never">{kinds.map((kind) => maskedNames[kind] ?? kind).join(', ')}</span> in full. It never got past the masker.</dd>
              <dt>Stored</dt><dd>The line above, and then encrypted.{later !== undefined ? ' Masked again later, on every screen.' : ''}</dd>
            </dl>
          )}
        </li>
      );
    }
    if (event.form !== undefined) {
      if (shownForms.has(event.form.requestId)) return null;
      shownForms.add(event.form.requestId);
      const card = forms.find((form) => form.requestId === event.form!.requestId) ?? event.form;
      return <li key={event.sequence} class="step">A secure form: <strong>{card.title}</strong>, {formWords(card)} <time>{clock(event.at)}</time></li>;
    }
    const words = event.kind === 'assigned' ? `${event.assignedTo ?? 'Nobody'} has the conversation` : event.kind === 'closed' ? 'The conversation ended' : event.kind === 'conversationStarted' ? 'The visitor came' : null;
    return words === null ? null : <li key={event.sequence} class="step">{words} <time>{clock(event.at)}</time></li>;
  });
  return events.length === 0 ? <p class="none">The transcript’s key was destroyed. Nobody can read it any more.</p> : <ol class="chat">{rows}</ol>;
}

const formWords = (card: FormCard): string =>
  ({ requested: 'waiting for the visitor', opened: 'being filled in', submitted: 'sent', declined: 'declined', cancelled: 'taken back', expired: 'ran out of time' })[card.state];

/** Dots stand out, so that one sees where something was. */
function Masked({ text }: { text: string }) {
  return <>{text.split(/([•*](?:[•*\s]*[•*])?(?:\s?\d{2,4}\b)?)/).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}</>;
}

function Values({ forms }: { forms: readonly FormCard[] }) {
  const withValues = forms.filter((form) => form.values.length > 0);
  if (withValues.length === 0) return <p class="none">{forms.length === 0 ? 'No form was sent yet.' : 'Nothing was submitted yet, so nothing is stored.'}</p>;
  return (
    <>
      {withValues.map((form) => (
        <div key={form.requestId}>
          <p class="form-name">{form.title}</p>
          <ul class="values">{form.values.map((value) => <Value key={value.valueId} value={value} />)}</ul>
        </div>
      ))}
    </>
  );
}

const reasons: Readonly<Record<string, string>> = {
  viewed: 'after it was seen', expired: 'its time ran out', withdrawn: 'consent was withdrawn', cancelled: 'the request was taken back', forfeited: 'it was taken but never arrived',
  erased: 'on order of the privacy officer', undecryptable: 'it could not be opened', conversationEnded: 'with the conversation', replaced: 'another copy took its place',
};

function Value({ value }: { value: FormCardValue }) {
  const step = value.state === 'sealed' ? 0 : value.state === 'claimed' ? 1 : 2;
  const seconds = (Date.parse(value.expiresAt) - Date.now()) / 1000;
  const wasOpened = value.openedAt !== undefined;
  return (
    <li class={`value at-${step}`}>
      <p><strong>{value.label}</strong> <span class="preview">{value.preview}</span></p>
      <ol class="path">
        <li class="done">Sealed</li>
        <li class={step >= 1 && wasOpened ? 'done' : step === 2 ? 'skipped' : ''}>{wasOpened ? `Opened ${clock(value.openedAt!)}` : step === 2 ? 'Never opened' : 'Opened'}</li>
        <li class={step === 2 ? 'done end' : ''}>{value.deletedAt === undefined ? (step === 2 ? 'Being destroyed' : 'Destroyed') : `Destroyed ${clock(value.deletedAt)}`}</li>
      </ol>
      <p class="fate">
        {step === 0 && `If nobody opens it, it destroys itself in ${clockText(seconds)}.`}
        {step === 1 && 'On one agent’s screen. The store gives it to one claim, and to no second one.'}
        {step === 2 && (reasons[value.reason ?? ''] ?? '')}
      </p>
    </li>
  );
}

const recordNames: Readonly<Record<string, string>> = {
  conversation: 'Conversation',
  'conversation-event': 'Message or event',
  form: 'Form with its values',
  'kept-value': 'Value kept out of a message',
  'open-form': 'One open form of a kind',
  consent: 'Consent',
  'audit-detail': 'Name and reason of an audit entry',
  'step-up': 'Proof of a second factor',
  'release-key': 'Key of one value',
  'conversation-key': 'Key of the transcript',
  'audit-detail-key': 'Key of names and reasons',
};

/** A change is news for a while. */
const newsFor = 8_000;
const isNews = (at: number): boolean => Date.now() - at < newsFor;

/** Rows by kind, what the kind is said once. */
function Records({ records }: { records: readonly Seen<StoredRecord>[] }) {
  if (records.length === 0) return <p class="none">No row any more.</p>;
  const kinds = [...new Set(records.map((seen) => seen.thing.kind))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return (
    <div class="kinds">
      {kinds.map((kind) => {
        const rows = records.filter((seen) => seen.thing.kind === kind);
        return (
          <div key={kind}>
            <p class="kind"><strong>{recordNames[kind] ?? kind}</strong> <span>{rows[0]?.thing.note}</span></p>
            <ul class="records">{rows.map((seen) => <Row key={recordId(seen.thing)} seen={seen} />)}</ul>
          </div>
        );
      })}
    </div>
  );
}

const order = ['form', 'kept-value', 'conversation-event', 'conversation', 'consent', 'step-up', 'open-form', 'audit-detail'];

function Row({ seen: { thing, change, at } }: { seen: Seen<StoredRecord> }) {
  return (
    <li class={`record ${change !== 'gone' && !isNews(at) ? 'same' : change}`}>
      <p class="record-name">
        <code>{short(thing.id)}</code>
        <span class="facts">
          {change === 'gone' ? <b class="gone-at">gone {clock(new Date(at).toISOString())}</b> : `version ${thing.version}, ${count(thing.bytes, 'byte')}`}
          {change === 'new' && isNews(at) && <b class="tag">new</b>}
          {change === 'changed' && isNews(at) && <b class="tag" key={thing.version}>written again</b>}
        </span>
      </p>
      {thing.hex !== '' && <Bytes hex={thing.hex} bytes={thing.bytes} />}
    </li>
  );
}

const short = (id: string): string => (/^0*\d{1,19}$/.test(id) ? `#${id.replace(/^0+(?=\d)/, '')}` : id.length > 16 ? `${id.slice(0, 4)}…${id.slice(-6)}` : id);

/** Ciphertext as bytes, with the mark of its format; what is plain as text, because hiding it would be less than the truth. */
function Bytes({ hex, bytes }: { hex: string; bytes: number }) {
  const { mark, text, pairs } = useMemo(() => {
    const all = hex.match(/../g) ?? [];
    const codes = all.map((pair) => parseInt(pair, 16));
    const start = String.fromCharCode(...codes.slice(0, 4));
    const isMarked = /^SC[A-Z]\d$/.test(start);
    const isText = codes.every((code) => code >= 0x20 && code < 0x7f);
    return { mark: isMarked ? start : null, text: isText ? String.fromCharCode(...codes) : null, pairs: all.slice(isMarked ? 4 : 0) };
  }, [hex]);
  return (
    <p class="hex">
      <span class="unseen">{text === null ? 'Encrypted bytes' : 'Plain text, without a value'}</span>
      <span aria-hidden="true">
        {mark !== null && <b>{mark}</b>}
        {text ?? pairs.map((pair, index) => <i key={index}>{pair}</i>)}
        {bytes > hex.length / 2 && '…'}
      </span>
    </p>
  );
}

function Keys({ keys, records }: { keys: readonly Seen<Key>[]; records: readonly StoredRecord[] }) {
  if (keys.length === 0) return <p class="none">No key was made yet.</p>;
  return (
    <ul class="keys">
      {keys.map(({ thing, change, at }) => {
        const isDestroyed = thing.state === 'destroyed' || change === 'gone';
        const when = thing.destroyedAt ?? (change === 'gone' ? new Date(at).toISOString() : undefined);
        const record = records.find((candidate) => candidate.kind === thing.kind && (candidate.id === thing.id || candidate.partition === thing.id));
        // Only a key that one saw alive breaks before one's eyes; what was gone before lies there broken.
        return (
          <li key={keyId(thing)} class={`key ${isDestroyed ? 'destroyed' : 'present'}${isDestroyed && change !== 'same' && change !== 'new' ? ' just' : ''}${change === 'new' && !isDestroyed && isNews(at) ? ' born' : ''}`}>
            <KeyShape />
            <div>
              <strong>{recordNames[thing.kind] ?? thing.kind}</strong>
              <code>{short(thing.id)}{record !== undefined && !isDestroyed ? `, ${record.bytes} bytes, wrapped` : ''}</code>
              <span class="fate">{isDestroyed ? `destroyed${when !== undefined ? ` ${clock(when)}` : ''}` : 'present'}</span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function KeyShape() {
  return (
    <svg viewBox="0 0 48 24" width="48" height="24" aria-hidden="true" focusable="false" class="shape">
      <g class="half one"><circle cx="10" cy="12" r="6.500" fill="none" stroke="currentColor" stroke-width="3" /><path d="M16.500 12H26" stroke="currentColor" stroke-width="3" /></g>
      <g class="half two"><path d="M26 12h18M38 12v6M43 12v4.500" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" /></g>
    </svg>
  );
}

function Consents({ consents }: { consents: readonly Consent[] }) {
  if (consents.length === 0) return <p class="none">Nobody consented yet, so nothing was collected.</p>;
  return (
    <ul class="consents">
      {consents.map((consent) => (
        <li key={consent.consentId}>
          <p><strong>{consent.withdrawnAt === undefined ? 'Given' : 'Given, then withdrawn'}</strong> {clock(consent.givenAt)}{consent.withdrawnAt !== undefined ? ` → ${clock(consent.withdrawnAt)}` : ''}</p>
          {consent.purpose && <p>for: {consent.purpose}</p>}
          <p class="fate">Text {consent.noticeKey} version {consent.noticeVersion}, in {consent.language}</p>
          {consent.noticeSha256 && <p class="hash" title={consent.noticeSha256}>SHA-256 {consent.noticeSha256.slice(0, 24)}…</p>}
        </li>
      ))}
    </ul>
  );
}

function Audit({ audit }: { audit: readonly AuditLine[] }) {
  const end = useRef<HTMLOListElement>(null);
  const last = audit.at(-1)?.sequence;
  useEffect(() => {
    if (end.current !== null) end.current.scrollTop = end.current.scrollHeight;
  }, [last]);
  if (audit.length === 0) return <p class="none">No entry about this conversation yet.</p>;
  return (
    <ol class="audit" ref={end} tabIndex={0} aria-label="Audit entries">
      {audit.map((entry, index) => (
        <li key={entry.sequence} class={entry.outcome === 'denied' || entry.outcome === 'failed' ? 'denied' : ''}>
          {index > 0 && audit[index - 1]!.sequence !== entry.sequence - 1 && <span class="between">{count(entry.sequence - audit[index - 1]!.sequence - 1, 'entry').replace('entrys', 'entries')} about other things</span>}
          <p><span class="number-of">#{entry.sequence}</span> <strong>{words(entry.action)}</strong>{outcomeOf(entry)} <time>{clock(entry.at)}</time></p>
          <p class="hash">{index > 0 && audit[index - 1]!.sequence === entry.sequence - 1 && <>{audit[index - 1]!.hash.slice(0, 8)} + this → </>}<b>{entry.hash.slice(0, 8)}</b>{entry.hash.slice(8, 24)}…</p>
        </li>
      ))}
    </ol>
  );
}

function outcomeOf(entry: AuditLine): string {
  const facts = [
    entry.outcome === undefined || entry.outcome === 'succeeded' ? undefined : words(entry.outcome).toLowerCase(),
    entry.reason === undefined ? undefined : reasons[entry.reason] ?? entry.reason,
    entry.actor === undefined || entry.actor === 'system' ? undefined : `by ${words(entry.actor).toLowerCase()}`,
    entry.code,
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? '' : `, ${facts.join(', ')}`;
}

/** `revealIntent` and `reveal.intent` as words. */
function words(name: string): string {
  const spaced = name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[._-]+/g, ' ').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
