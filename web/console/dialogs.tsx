import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AgentHereView, ConversationView } from '../shared/types.ts';
import { api } from './api.ts';
import type { Console } from './console.ts';
import type { Cell } from './store.ts';
import { useCell } from './store.ts';
import { nameOf } from './words.ts';

/** The browser's own modal dialog: it keeps the focus inside, closes with Esc, and gives the focus back. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the page is painted: a key that is pressed next is the dialog's.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) {
      dialog.showModal();
      // Where nothing asks for the focus it goes to the title, so that a long text is read from its beginning.
      if (dialog.querySelector('[autofocus]') === null) dialog.querySelector('h2')?.focus();
    }
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  // Its Escape is its own: the page behind it would take the same key for "back to the list".
  return (
    <dialog ref={ref} aria-labelledby={id} onClose={onClose} onKeyDown={(event) => { if (event.key === 'Escape') event.stopPropagation(); }} onClick={(event) => { if (event.target === ref.current) onClose(); }}>
      <div class="dialog-body">
        <h2 id={id} tabIndex={-1}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

const shortcuts: readonly (readonly [readonly string[], string])[] = [
  [['j', 'k'], 'Next, previous conversation (or the arrow keys in the list)'],
  [['Enter'], 'Open the conversation; send the message'],
  [['Shift', 'Enter'], 'New line in a message'],
  [['Ctrl', 'Enter'], 'Send the suggested secure form instead of the text'],
  [['t'], 'Take the conversation'],
  [['c'], 'Write a message'],
  [['f'], 'Choose a form to send'],
  [['r'], 'Open the newest values'],
  [['Shift', 't'], 'Hand the conversation over'],
  [['x'], 'End the conversation'],
  [['1', '2', '3'], 'Show open, unassigned, mine'],
  [['Esc'], 'Close, hide the values, back to the list'],
  [['?'], 'This list'],
];

export function HelpDialog({ onClose, isOn }: { onClose: () => void; isOn: Cell<boolean> }) {
  const on = useCell(isOn);
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">
        {shortcuts.map(([names, what]) => (
          <div key={what}>
            <dt>{names.map((name, index) => <>{index > 0 && ' '}<kbd key={name}>{name}</kbd></>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check"><input type="checkbox" checked={on} onChange={(event) => (isOn.value = event.currentTarget.checked)} /> Single keys are on (outside of text fields)</label>
      <div class="row end"><button type="button" class="button primary" onClick={onClose}>Close</button></div>
    </Dialog>
  );
}

export function CloseDialog({ console: model, view, onClose }: { console: Console; view: ConversationView; onClose: () => void }) {
  const [isBusy, setBusy] = useState(false);
  const cards = [...(model.session.value?.cards.value.values() ?? [])];
  const unopened = cards.flatMap((card) => card.values).filter((value) => value.state !== 'destroyed').length;
  const close = async () => {
    setBusy(true);
    const closed = await model.act('The conversation was not ended.', () => api.close(view.id));
    setBusy(false);
    if (closed !== undefined) {
      model.replace(closed);
      model.say('The conversation has ended.');
    }
    onClose();
    model.settleFocus();
  };
  return (
    <Dialog title={`End ${nameOf(view)}?`} onClose={onClose}>
      <p>Nobody can write in it any more, and it cannot be opened again.</p>
      <p>{unopened === 0 ? 'Open requests are taken back.' : <strong>{unopened === 1 ? 'One value that is not deleted yet is destroyed now.' : `${unopened} values that are not deleted yet are destroyed now.`}</strong>}</p>
      <div class="row end">
        <button type="button" class="button" autofocus onClick={onClose}>Keep it open</button>
        <button type="button" class="button danger" disabled={isBusy} onClick={() => void close()}>End and destroy</button>
      </div>
    </Dialog>
  );
}

/** Whom to give it to: agents who are here, by their names. Ids are the host's own business, and a name that was typed wrong would be nobody. */
export function TransferDialog({ console: model, view, onClose }: { console: Console; view: ConversationView; onClose: () => void }) {
  const others = useCell(model.others);
  const [chosen, choose] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isUnassigned = view.assignedTo === undefined && view.isMine !== true;
  const to = others?.find((other) => other.agent === chosen);
  useEffect(() => {
    void model.sayHere();
    const timer = setInterval(() => void model.sayHere(), 5_000);
    return () => clearInterval(timer);
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (to === undefined) return;
    setBusy(true);
    const done = await model.act('The conversation was not handed over.', () => api.transfer(view.id, to.agent));
    setBusy(false);
    if (done === undefined) {
      void model.sayHere();
      return;
    }
    onClose();
    model.say(`${nameOf(view)} is with ${agentName(to)} now.`);
    if (done.isMine !== true && model.signIn.value.at === 'in' && !model.signIn.value.me.isSupervisor) model.deselect();
    else model.replace(done);
    void model.poll();
  };
  return (
    <Dialog title={`${isUnassigned ? 'Assign' : 'Hand over'} ${nameOf(view)}`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <p>Reading it and opening values move to the other agent. Values you have open leave your screen.</p>
        <fieldset class="agents">
          <legend>Agents who are here</legend>
          {others?.map((other) => (
            <label class="check value-choice" key={other.agent}>
              <input type="radio" name="agent" required checked={other.agent === chosen} onChange={() => choose(other.agent)} />
              <span>{agentName(other)}</span>
            </label>
          ))}
          <p class="quiet" role="status">{whoIsHere(others)}</p>
        </fieldset>
        <div class="row end">
          <button type="button" class="button" onClick={onClose}>Keep it</button>
          <button type="submit" class="button primary" disabled={isBusy || to === undefined}>{isUnassigned ? 'Assign' : 'Hand over'}</button>
        </div>
      </form>
    </Dialog>
  );
}

const whoIsHere = (others: readonly AgentHereView[] | null): string =>
  others === null ? 'Asking who is here.'
  : others.length === 0 ? 'Nobody else is here. Agents are listed while their console is open.'
  : others.length === 1 ? 'One agent is here.'
  : `${others.length} agents are here.`;

const agentName = (other: AgentHereView): string => other.name ?? 'An agent without a name';
