import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../shared/http.ts';
import { clockText, timeText } from '../shared/strings.ts';
import type { FormCard, FormFieldType, SecureForm } from '../shared/types.ts';
import { announce } from './announcer.tsx';
import { wordsOf } from './api.ts';
import { useSecondsTo } from './card.tsx';
import { clearClipboard, copyValue, takeBack, type ClipboardEnd } from './clipboard.ts';
import type { Console } from './console.ts';
import { Check, Copy, Cross, Eye, EyeOff, Flame, Lock, Warning } from './icons.tsx';
import type { Reveal, RevealState, ShownValue } from './reveal.ts';
import type { Session } from './session.ts';
import { closePanel } from './shortcuts.ts';
import { useFocusOn } from './focus.ts';
import { useCell } from './store.ts';
import { grouped, isUnopened, reasonText, roleText } from './words.ts';

export function RevealPanel({ console: model, session, requestId, isMine }: { console: Console; session: Session; requestId: string; isMine: boolean }) {
  const card = useCell(session.cards).get(requestId);
  const forms = useCell(model.forms);
  const reveal = model.reveal(session.id, requestId);
  const state = useCell(reveal.state);
  const heading = useFocusOn<HTMLHeadingElement>(`${state.at}${state.at === 'open' && state.shown === null}`);
  // The panel is taken away: nothing stays in the page.
  useEffect(() => () => reveal.hide('The panel was closed.'), [reveal]);
  if (card === undefined) return <p class="empty" aria-busy="true">Reading the form…</p>;
  const form = forms.find((candidate) => candidate.key === card.formKey);
  return (
    <section class="reveal" aria-labelledby="reveal-title">
      <header class="reveal-head">
        <div>
          <h2 id="reveal-title" tabIndex={-1} ref={state.at === 'code' || (state.at === 'choose' && state.error !== undefined) ? null : heading}>{state.at === 'open' && state.shown === null ? 'Values hidden' : titles[state.at]}</h2>
          <p class="quiet">{card.title}</p>
        </div>
        <button type="button" class="button icon-button" aria-label="Close" onClick={() => closePanel(model)}><Cross /></button>
      </header>
      {state.at === 'choose' && <Choose key={requestId} reveal={reveal} card={card} form={form} isMine={isMine} error={state.error} isLasting={model.claims.isLasting} />}
      {state.at === 'working' && <p class="working" role="status"><span class="spinner" aria-hidden="true" />{{ claim: 'Taking the values…', code: 'Checking the code…', resume: 'Bringing back what this browser opened…' }[state.step]}</p>}
      {state.at === 'code' && <Code reveal={reveal} error={state.error} />}
      {state.at === 'retry' && <Retry reveal={reveal} error={state.error} />}
      {state.at === 'open' && <Open reveal={reveal} state={state} form={form} />}
      {state.at === 'over' && <Over reveal={reveal} state={state} card={card} onClose={() => closePanel(model)} />}
    </section>
  );
}

const titles: Readonly<Record<RevealState['at'], string>> = {
  choose: 'Open values',
  working: 'Open values',
  code: 'Confirm that it is you',
  retry: 'Not opened yet',
  open: 'Values on screen',
  over: 'Values closed',
};

function Choose({ reveal, card, form, isMine, error, isLasting }: { reveal: Reveal; card: FormCard; form: SecureForm | undefined; isMine: boolean; error: ApiError | undefined; isLasting: boolean }) {
  const sealed = card.values.filter(isUnopened);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(sealed.map((value) => value.valueId)));
  const [reason, setReason] = useState(reveal.reason);
  const [code, setCode] = useState('');
  const [isChecked, setChecked] = useState(false);
  const problem = useFocusOn<HTMLDivElement>(error);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const picked = sealed.filter((value) => chosen.has(value.valueId));
  const length = reason.trim().length;
  const reasonError = isChecked && (length < 3 || length > 500);

  if (sealed.length === 0) return <NothingSealed card={card} />;
  if (!isMine) return <p>Only the agent of this conversation opens its values.</p>;
  const submit = (event: Event) => {
    event.preventDefault();
    setChecked(true);
    if (length < 3 || length > 500) {
      reasonField.current?.focus();
      return;
    }
    if (picked.length > 0) void reveal.start(picked, reason.trim(), code.replace(/\s/g, ''));
  };
  const single = picked.filter((value) => form?.fields.find((field) => field.key === value.fieldKey)?.dataClass === 'authenticationData');
  return (
    <form class="choose" onSubmit={submit} noValidate>
      {error !== undefined && <Problem reference={problem} error={error} />}
      <fieldset>
        <legend>Which values do you need now?</legend>
        {sealed.map((value) => (
          <label key={value.valueId} class="check value-choice">
            <input
              type="checkbox" checked={chosen.has(value.valueId)}
              onChange={(event) => {
                const next = new Set(chosen);
                if (event.currentTarget.checked) next.add(value.valueId);
                else next.delete(value.valueId);
                setChosen(next);
              }}
            />
            <span>{value.label}</span><span class="value-preview" aria-hidden="true">{value.preview}</span>
          </label>
        ))}
      </fieldset>
      {single.length > 0 && <p class="hint once"><Flame /> {single.map((value) => value.label).join(', ')}: delivered once. After this screen nobody can see it again, you included.</p>}
      <label class="field">
        Why do you need them?
        <textarea ref={reasonField} rows={2} value={reason} maxLength={500} required aria-invalid={reasonError} aria-describedby="reason-hint" autocomplete="off" onInput={(event) => setReason(event.currentTarget.value)} />
        <span class={reasonError ? 'hint bad' : 'hint'} id="reason-hint">{reasonError ? 'Write 3 to 500 characters.' : 'It goes into the audit log, with your name.'}</span>
      </label>
      <label class="field">
        Code of your authenticator app
        <input class="code" value={code} inputMode="numeric" autocomplete="one-time-code" spellcheck={false} maxLength={12} aria-describedby="code-hint" onInput={(event) => setCode(event.currentTarget.value)} />
        <span class="hint" id="code-hint">Now, or when you are asked for it.</span>
      </label>
      <button type="submit" class="button primary wide" disabled={picked.length === 0}><Eye /> {picked.length === 1 ? 'Open 1 value' : `Open ${picked.length} values`}</button>
      <p class="hint"><Lock /> You are the only one who sees them. They come encrypted to this browser and are deleted when you are done.{isLasting ? '' : ' This browser keeps no storage: a reload would lose them.'}</p>
    </form>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Nothing to choose: says by whom and when, because "gone" is a question too. */
function NothingSealed({ card }: { card: FormCard }) {
  const claimed = card.values.filter((value) => value.state === 'claimed');
  return (
    <div>
      {claimed.length > 0
        ? <p class="strip warn"><span><strong>Opened elsewhere.</strong> {capital(roleText(claimed[0]!.openedByRole))} opened {claimed.length === 1 ? 'the value' : 'the values'}{claimed[0]!.openedAt !== undefined ? ` at ${timeText(claimed[0]!.openedAt)}` : ''}. Only the browser that did so can show {claimed.length === 1 ? 'it' : 'them'}, until its time is over.</span></p>
        : <p>All values of this form are deleted. Send the form again if you still need them.</p>}
      <ul class="fates">
        {card.values.map((value) => (
          <li key={value.valueId}>
            <strong>{value.label}</strong>
            <span class="quiet">
              {value.openedAt !== undefined && `opened by ${roleText(value.openedByRole)} at ${timeText(value.openedAt)}`}
              {value.deletedAt !== undefined && `${value.openedAt !== undefined ? ', ' : ''}deleted at ${timeText(value.deletedAt)} ${reasonText(value.reason)}`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Problem({ error, reference }: { error: ApiError; reference?: { current: HTMLDivElement | null } }) {
  const words = wordsOf(error);
  return (
    <div class="strip bad" role="alert" tabIndex={-1} ref={reference ?? null}>
      <span><strong>{words.title}</strong> {words.nextStep}{words.code && <span class="code-of"> {words.code}</span>}</span>
    </div>
  );
}

function Code({ reveal, error }: { reveal: Reveal; error: ApiError | undefined }) {
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  // Each answer comes to a new field, so it is empty; emptied here, it would lose what is typed at once.
  useEffect(() => field.current?.focus(), [error]);
  const plain = code.replace(/\s/g, '');
  return (
    <form class="choose" onSubmit={(event) => { event.preventDefault(); if (plain !== '') void reveal.stepUp(plain); }}>
      <p>Opening values needs a fresh code, each time.</p>
      {error !== undefined && <Problem error={error} />}
      <label class="field">
        Code of your authenticator app
        <input ref={field} class="code" value={code} inputMode="numeric" autocomplete="one-time-code" spellcheck={false} maxLength={12} required onInput={(event) => setCode(event.currentTarget.value)} />
      </label>
      <div class="row">
        <button type="submit" class="button primary" disabled={plain === ''}>Confirm and open</button>
        <button type="button" class="button" onClick={() => void reveal.restart()}>Back</button>
      </div>
    </form>
  );
}

function Retry({ reveal, error }: { reveal: Reveal; error: ApiError }) {
  return (
    <div class="choose">
      <Problem error={error} />
      <p>{error.code === 'SC1010' ? 'The host’s clock is off, so it opens nothing until that is mended.' : 'Nothing is lost: trying again continues with the same claim, and whatever was opened for it comes here.'}</p>
      <div class="row">
        <button type="button" class="button primary" autofocus onClick={() => void reveal.retry()}>Try again</button>
        <button type="button" class="button" onClick={() => void reveal.restart()}>Give up</button>
      </div>
    </div>
  );
}

/** Marks at which the time left is spoken. */
const marks = [30, 15, 5];

function Open({ reveal, state, form }: { reveal: Reveal; state: Extract<RevealState, { at: 'open' }>; form: SecureForm | undefined }) {
  const seconds = useSecondsTo(state.until);
  const spoken = useRef(Infinity);
  const left = Math.ceil(seconds);
  useEffect(() => {
    const mark = marks.find((candidate) => left <= candidate && left > candidate - 3);
    if (spoken.current === Infinity) {
      announce(`${state.count === 1 ? 'One value is' : `${state.count} values are`} on screen for ${left} seconds.`);
      spoken.current = left;
    } else if (mark !== undefined && spoken.current > mark) {
      spoken.current = mark;
      announce(`${mark} seconds left`);
    }
  }, [left]);
  return (
    <div class="open-values">
      <div class={`countdown${left <= 10 ? ' soon' : ''}`}>
        <progress max={Math.max(1, (state.until - state.since) / 1000)} value={seconds} aria-hidden="true" />
        <span role="timer"><strong>{clockText(left)}</strong> until they are destroyed</span>
      </div>
      {state.shown === null
        ? (
          <div class="curtain">
            <EyeOff />
            <p><strong>Hidden.</strong> {state.hiddenBecause}</p>
            <button type="button" class="button primary" onClick={() => void reveal.show()}><Eye /> Show again</button>
          </div>
        )
        : (
          <dl class="shown">
            {state.shown.map((value) => <Shown key={value.valueId} value={value} type={form?.fields.find((field) => field.key === value.fieldKey)?.type} />)}
          </dl>
        )}
      {state.missing > 0 && <p class="hint"><Warning /> {state.missing === 1 ? 'One value' : `${state.missing} values`} that you opened before cannot be shown again: it was delivered once.</p>}
      {state.singles > 0 && <p class="hint once"><Flame /> A value marked “only here” exists nowhere else now: the host destroyed it when it sent it.</p>}
      <div class="row">
        <button type="button" class="button primary" onClick={() => void reveal.acknowledge()}><Flame /> Done, destroy</button>
        {state.shown !== null && <button type="button" class="button" onClick={() => reveal.hide('You hid them.')}><EyeOff /> Hide</button>}
      </div>
    </div>
  );
}

function Shown({ value, type }: { value: ShownValue; type: FormFieldType | undefined }) {
  const [copied, setCopied] = useState<'' | 'yes' | 'no'>('');
  const copy = async () => {
    const isDone = await copyValue(value.text);
    setCopied(isDone ? 'yes' : 'no');
    announce(isDone ? `${value.label} copied` : 'Copying was not allowed');
  };
  const groups = grouped(value.text, type);
  return (
    <div class={value.isSingle ? 'shown-value only-here' : 'shown-value'}>
      <dt>{value.label}{value.isSingle && <span class="badge">only here</span>}</dt>
      <dd>
        <span class={value.text.length > 40 ? 'plain long' : 'plain'} translate={false} data-value>{groups.map((group, index) => <span key={index} class="group">{group}</span>)}</span>
        <button type="button" class="button small" onClick={() => void copy()} aria-label={`Copy ${value.label}`}>{copied === 'yes' ? <Check /> : <Copy />}<span>{copied === 'yes' ? 'Copied' : copied === 'no' ? 'Not allowed' : 'Copy'}</span></button>
      </dd>
    </div>
  );
}

function Over({ reveal, state, card, onClose }: { reveal: Reveal; state: Extract<RevealState, { at: 'over' }>; card: FormCard; onClose: () => void }) {
  const [clipboard, setClipboard] = useState<ClipboardEnd>('untouched');
  useEffect(() => void takeBack().then(setClipboard), []);
  const [title, text] = overTexts(state, card);
  useEffect(() => announce(title), [title]);
  const hasSealed = card.values.some(isUnopened);
  const isBad = state.why === 'elsewhere' || state.why === 'taken' || state.why === 'unreadable' || state.why === 'gone' || state.why === 'lost';
  return (
    <div class="over">
      <span class={isBad ? 'over-mark bad' : 'over-mark'}>{isBad ? <Warning /> : <Flame />}</span>
      <h3>{title}</h3>
      <p>{text}</p>
      {state.error !== undefined && <p class="quiet">{wordsOf(state.error).code}</p>}
      {clipboard === 'cleared' && <p class="hint"><Check /> The copied value was taken out of the clipboard too.</p>}
      {clipboard === 'unknown' && (
        <p class="hint"><Warning /> A copied value may still be in the clipboard. <button type="button" class="button small" onClick={() => void clearClipboard().then((isDone) => setClipboard(isDone ? 'cleared' : 'unknown'))}>Clear the clipboard</button></p>
      )}
      <div class="row">
        {hasSealed && <button type="button" class="button" onClick={() => void reveal.restart()}>Open others</button>}
        <button type="button" class="button primary" onClick={() => { if (hasSealed) void reveal.restart(); onClose(); }}>Close</button>
      </div>
    </div>
  );
}

function overTexts(state: Extract<RevealState, { at: 'over' }>, card: FormCard): readonly [string, string] {
  const facts = state.error?.problem;
  const opened = card.values.find((value) => value.openedAt !== undefined);
  const who = roleText(facts?.openedByRole ?? opened?.openedByRole);
  const at = facts?.openedAt ?? opened?.openedAt;
  const when = at === undefined ? '' : ` at ${timeText(at)}`;
  switch (state.why) {
    case 'seen':
      return state.wasAcknowledged === true
        ? ['Destroyed', 'The values are off your screen and deleted. The visitor sees when.']
        : ['Off your screen', 'The host has not confirmed the deletion yet. It deletes them by itself when their time is over.'];
    case 'window':
      return ['Time is up', 'The values are off your screen, and the host deletes them. Send the form again if you still need them.'];
    case 'taken':
      return ['Opened by somebody else', `It was ${who}${when}. A value has one viewer. Ask the visitor again if you still need it.`];
    case 'elsewhere':
      return ['Opened in another browser', `It was opened${when} by ${who} in another browser or sign-in. Go on there before the time ends, or ask the visitor again.`];
    case 'gone':
      return ['Not there any more', goneText(card)];
    case 'unreadable':
      return state.error !== undefined
        ? ['The value could not be opened', 'The host could not open it, so it was destroyed. Send the form again, and tell whoever runs this site.']
        : ['The value cannot be read', 'What arrived was not sealed for this browser and these fields, so it is not shown. Send the form again, and tell whoever runs this site.'];
    case 'lost':
      return ['Not yours any more', 'The conversation was handed over, or the form is gone.'];
  }
}

function goneText(card: FormCard): string {
  const value = card.values.find((candidate) => candidate.deletedAt !== undefined);
  const how = value === undefined ? 'It was deleted' : `It was deleted at ${timeText(value.deletedAt!)} ${reasonText(value.reason)}`;
  return `${how.trim()}. Send the form again if you still need it.`;
}
