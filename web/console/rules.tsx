import { useEffect, useRef, useState } from 'preact/hooks';
import type { TriedValue, TryMaskingView } from '../shared/types.ts';
import { announce } from './announcer.tsx';
import { api, isSignedOut, wordsOf } from './api.ts';
import type { Console } from './console.ts';
import { Dialog } from './dialogs.tsx';
import { Check, Lock, Warning } from './icons.tsx';
import { actionText, kindsText, whyText } from './words.ts';

export function RulesDialog({ console: model, onClose }: { console: Console; onClose: () => void }) {
  return (
    <Dialog title="Try the masking rules" onClose={onClose}>
      <RuleBox console={model} />
      <div class="row end"><button type="button" class="button" onClick={onClose}>Close</button></div>
    </Dialog>
  );
}

interface Tried {
  readonly text: string;
  readonly view: TryMaskingView;
}

/** A text against the live rules: what would stand in the chat, and why. It is kept nowhere; what was typed leaves with this box. */
export function RuleBox({ console: model }: { console: Console }) {
  const [text, setText] = useState('');
  const [from, setFrom] = useState<'visitor' | 'agent'>('visitor');
  const [question, setQuestion] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [tried, setTried] = useState<Tried | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const asked = useRef(0);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => () => { asked.current++; }, []);
  const run = async (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') {
      setFault('Write or paste a text first.');
      area.current?.focus();
      return;
    }
    const turn = ++asked.current;
    setBusy(true);
    setFault(null);
    try {
      const view = await api.tryMasking({ text, from, ...(question.trim() === '' ? {} : { question }) });
      if (turn !== asked.current) return;
      setTried({ text, view });
      announce(resultText(view));
    } catch (cause) {
      if (turn !== asked.current) return;
      if (isSignedOut(cause)) {
        model.signedOut();
        return;
      }
      const words = wordsOf(cause);
      setTried(null);
      setFault(`${words.title} ${words.nextStep}`);
    } finally {
      if (turn === asked.current) setBusy(false);
    }
  };
  return (
    <div class="rules">
      <form onSubmit={(event) => void run(event)} autocomplete="off">
        <p class="quiet">Nothing of it is stored, logged or sent to anyone. Examples do as well as real data.</p>
        <label class="field">
          <span>Text</span>
          <textarea ref={area} rows={4} dir="auto" spellcheck={false} autofocus value={text} aria-invalid={fault !== null} aria-describedby={fault === null ? undefined : 'rules-fault'} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <fieldset class="agents">
          <legend>Written by</legend>
          <div class="row">
            <label class="check"><input type="radio" name="from" checked={from === 'visitor'} onChange={() => setFrom('visitor')} /> the visitor</label>
            <label class="check"><input type="radio" name="from" checked={from === 'agent'} onChange={() => setFrom('agent')} /> an agent</label>
          </div>
        </fieldset>
        <label class="field">
          <span>What the other side said before <span class="quiet">(may stay empty)</span></span>
          <input type="text" dir="auto" value={question} onInput={(event) => setQuestion(event.currentTarget.value)} />
        </label>
        {fault !== null && <p class="strip bad" id="rules-fault" role="alert">{fault}</p>}
        <div class="row"><button type="submit" class="button primary" disabled={isBusy}>Try it</button></div>
      </form>
      {tried !== null && <Result tried={tried} />}
    </div>
  );
}

function Result({ tried: { text, view } }: { tried: Tried }) {
  return (
    <section class="tried" aria-label="What the rules make of it">
      <h3>{view.isBlocked ? 'The message would not be taken' : 'As it would stand in the chat'}</h3>
      {view.isBlocked && <p><Warning /> Nobody would see it, and nothing of it would be stored. The sender is told why.</p>}
      <p class="bubble" dir="auto">{view.masked}</p>
      <h3>{resultText(view)}</h3>
      {view.values.length > 0 && (
        <ul>
          {view.values.map((value) => (
            <li key={`${value.start}-${value.kind}`} class={value.isTaken ? 'taken' : 'left'}>
              <p>{value.isTaken ? <Lock /> : <Check />} <code dir="auto">{text.slice(value.start, value.start + value.length)}</code> <strong>{value.isTaken ? actionText(value.action) : 'left as it is'}</strong></p>
              <p class="quiet">{value.isTaken ? 'Is' : 'Could be'}: {mayBe(value)}. {whyText(value.reason)}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const MOST_KINDS = 4;

/** The likeliest kinds; of a bare row of digits there are dozens. */
function mayBe(value: TriedValue): string {
  const all = [value.kind, ...value.otherKinds];
  const shown = kindsText(all.slice(0, MOST_KINDS));
  return all.length > MOST_KINDS ? `${shown}, or ${all.length - MOST_KINDS} more` : shown;
}

function resultText(view: TryMaskingView): string {
  const taken = view.values.filter((value) => value.isTaken).length;
  return taken === 0 ? 'No rule takes anything in it.' : taken === 1 ? 'The rules take one value in it.' : `The rules take ${taken} values in it.`;
}
