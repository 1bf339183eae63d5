import { useEffect, useState } from 'preact/hooks';
import { clockText, timeText } from '../shared/strings.ts';
import { isOpen, type FormCard, type FormCardValue } from '../shared/types.ts';
import { api, hostNow } from './api.ts';
import type { Console } from './console.ts';
import { Check, Clock, Eye, Flame, Form, Lock } from './icons.tsx';
import type { Session } from './session.ts';
import { useCell } from './store.ts';
import { cardState, isUnopened, reasonText, roleText } from './words.ts';

/** Seconds of the host's clock until a time, once a second. */
export function useSecondsTo(time: number, isRunning = true): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [isRunning]);
  return Math.max(0, (time - hostNow()) / 1000);
}

/** A form in the transcript: what was asked, how far it is, what became of each value. Never a value. */
export function Card({ console: model, card, session, isMine, at }: { console: Console; card: FormCard; session: Session; isMine: boolean; at: string }) {
  const progress = useCell(session.progress).get(card.requestId);
  const isVisitorOnline = useCell(session.isVisitorOnline);
  const revealing = useCell(model.revealing);
  const forms = useCell(model.forms);
  const [isBusy, setBusy] = useState(false);
  const state = cardState(card);
  const waits = isOpen(card.state);
  const seconds = useSecondsTo(Date.parse(card.expiresAt), waits);
  const unopened = card.values.filter(isUnopened);
  const canReveal = isMine && card.values.some((value) => value.state !== 'destroyed');
  const form = forms.find((candidate) => candidate.key === card.formKey);

  const cancel = async () => {
    setBusy(true);
    const answer = await model.act('The request was not taken back.', () => api.cancel(session.id, card.requestId));
    setBusy(false);
    if (answer !== undefined) {
      session.take(answer);
      model.settleFocus();
      model.say(waits ? `${card.title} was taken back.` : 'What nobody had opened was destroyed.');
    }
  };
  return (
    <article class={`card ${state.tone}`} aria-label={`Form: ${card.title}`}>
      <header>
        <span class="card-icon"><Form /></span>
        <div>
          <h3>{card.title}</h3>
          <p class="card-state"><span class={`pill ${state.tone}`}>{state.tone === 'done' ? <Flame /> : state.tone === 'ready' ? <Lock /> : state.tone === 'open' ? <Eye /> : <Clock />}{state.text}</span> <time class="quiet" dateTime={at}>{timeText(at)}</time></p>
        </div>
      </header>
      {waits && (
        <div class="card-progress">
          {progress !== undefined && progress.total > 0
            ? <><progress max={progress.total} value={progress.filled} aria-label="Filled in by the visitor" /><span>{isVisitorOnline === false ? 'Left half way: ' : ''}{progress.filled} of {progress.total} fields</span></>
            : <span class="quiet">{card.state === 'requested' ? 'Not opened yet' : 'The visitor has it open'}{form !== undefined ? ` · ${form.fields.length} ${form.fields.length === 1 ? 'field' : 'fields'}` : ''}</span>}
          <span class="quiet">{seconds > 0 ? `${clockText(seconds)} left` : 'Time is up'}</span>
        </div>
      )}
      {card.values.length > 0 && (
        <ul class="values">
          {card.values.map((value) => <ValueLine key={value.valueId} value={value} />)}
        </ul>
      )}
      {isMine && (canReveal || waits || unopened.length > 0) && (
        <footer>
          {canReveal && (
            <button
              type="button" class="button primary" data-reveal={card.requestId} aria-expanded={revealing === card.requestId} aria-keyshortcuts="r"
              onClick={() => { model.revealing.value = card.requestId; model.pane.value = 'side'; }}
            >
              <Eye /> {unopened.length > 0 ? 'Open values…' : 'Back to the values'}
            </button>
          )}
          {(waits || unopened.length > 0) && <button type="button" class="button" disabled={isBusy} onClick={() => void cancel()}>{waits ? 'Take back' : 'Destroy unopened'}</button>}
        </footer>
      )}
    </article>
  );
}

function ValueLine({ value }: { value: FormCardValue }) {
  const isSealed = value.state === 'sealed';
  const seconds = useSecondsTo(Date.parse(value.expiresAt), isSealed);
  return (
    <li class={value.state}>
      <span class="value-label">{value.label}</span>
      <span class="value-preview"><PreviewText preview={value.preview} /></span>
      <span class="value-fate">
        {isSealed && <><Lock /> Sealed, {seconds > 0 ? `${clockText(seconds)} left` : 'time is up'}</>}
        {value.state === 'claimed' && <><Eye /> Opened by {roleText(value.openedByRole)}{value.openedAt !== undefined ? ` at ${timeText(value.openedAt)}` : ''}</>}
        {value.state === 'destroyed' && (
          value.deletedAt === undefined
            ? <><Clock /> Being destroyed</>
            : <><Check /> {value.openedAt !== undefined ? `Opened by ${roleText(value.openedByRole)} at ${timeText(value.openedAt)}, deleted` : 'Deleted'} at {timeText(value.deletedAt)}{value.openedAt === undefined || value.reason !== 'viewed' ? ` ${reasonText(value.reason)}` : ''}</>
        )}
      </span>
    </li>
  );
}

/** Dots are spoken as "hidden", not as bullets. */
function PreviewText({ preview }: { preview: string }) {
  const spoken = preview.replace(/•+/g, 'hidden').replace(/hidden (\S+)$/, 'hidden, ends $1');
  return <><span aria-hidden="true">{preview}</span><span class="unseen">{spoken}</span></>;
}
