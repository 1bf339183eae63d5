import { useState } from 'preact/hooks';
import type { SecureForm, SecureFormField } from '../shared/types.ts';
import { isOpen } from '../shared/types.ts';
import type { Console } from './console.ts';
import { holdFocus } from './focus.ts';
import { Back, Form, Lock } from './icons.tsx';
import { RevealPanel } from './reveal-panel.tsx';
import type { Session } from './session.ts';
import { useCell } from './store.ts';

export function SidePanel({ console: model }: { console: Console }) {
  const session = useCell(model.session);
  const view = useCell(model.preview);
  const revealing = useCell(model.revealing);
  const isMine = view?.isMine === true && view.state === 'open';
  return (
    <section class="side" aria-label="Forms and values">
      <div class="side-top medium-only">
        <button type="button" class="button icon-button" onClick={() => (model.pane.value = 'talk')} aria-label="Back to the conversation"><Back /></button>
        <span>{revealing === null ? 'Forms' : 'Values'}</span>
      </div>
      {session === null
        ? <p class="empty">Forms and opened values appear here.</p>
        : revealing !== null
          ? <RevealPanel key={revealing} console={model} session={session} requestId={revealing} isMine={isMine} />
          : <FormPicker console={model} session={session} isMine={isMine} />}
    </section>
  );
}

const classes: Readonly<Record<string, string>> = {
  authenticationData: 'shown once, then gone',
  accountData: 'sealed',
  governmentId: 'sealed',
  credential: 'sealed',
  health: 'sealed',
};

function FormPicker({ console: model, session, isMine }: { console: Console; session: Session; isMine: boolean }) {
  const forms = useCell(model.forms);
  const cards = useCell(session.cards);
  const ended = useCell(session.ended);
  const [open, setOpen] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const send = async (form: SecureForm) => {
    const goOn = holdFocus();
    setBusy(form.key);
    const sent = await model.requestForm(form);
    setBusy(null);
    if (sent) {
      setOpen(null);
      model.pane.value = 'talk';
      goOn('composer');
    }
  };
  return (
    <section class="picker" id="forms" tabIndex={-1} aria-labelledby="forms-title">
      <h2 id="forms-title">Ask with a secure form</h2>
      {!isMine && <p class="quiet">Only the agent of a conversation sends forms.</p>}
      {forms.length === 0 && <p class="quiet">This site has no form yet. A developer adds one with <code>AddForm(...)</code>.</p>}
      <ul>
        {forms.map((form) => {
          const isExpanded = open === form.key;
          const isOut = [...cards.values()].some((card) => card.formKey === form.key && isOpen(card.state));
          return (
            <li key={form.key} class={isExpanded ? 'open' : ''}>
              <button type="button" class="picker-head" aria-expanded={isExpanded} aria-controls={`form-${form.key}`} onClick={() => setOpen(isExpanded ? null : form.key)}>
                <span class="card-icon"><Form /></span>
                <span><strong>{form.title}</strong><span class="quiet">{isOut ? 'The visitor has it open' : `${form.fields.length} ${form.fields.length === 1 ? 'field' : 'fields'}`}</span></span>
              </button>
              {isExpanded && (
                <div class="picker-body" id={`form-${form.key}`}>
                  <p class="quiet">What the visitor reads</p>
                  <p>{form.purpose || 'No purpose is stated.'}</p>
                  <ul class="fields">{form.fields.map((field) => <Field key={field.key} field={field} />)}</ul>
                  <button type="button" class="button primary" disabled={!isMine || ended !== null || busy !== null} onClick={() => void send(form)}>
                    {busy === form.key ? 'Sending…' : isOut ? 'It is open already' : 'Send this form'}
                  </button>
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Field({ field }: { field: SecureFormField }) {
  const note = classes[field.dataClass];
  return (
    <li>
      <span>{field.label}{!field.required && <span class="quiet"> optional</span>}</span>
      {note !== undefined && <span class="quiet"><Lock /> {note}</span>}
      {field.purpose !== undefined && <span class="quiet">{field.purpose}</span>}
    </li>
  );
}
