import { longestOf } from '../shared/fields.ts';
import type { FormFieldType, SecureFormField } from '../shared/types.ts';
import { el, say, set } from './dom.ts';
import { format } from './masks.ts';
import type { Form } from './state.ts';
import type { Text } from './texts.ts';

/** Autocomplete hint, input mode, type of the input; a text beside it. Numbers are written from left to right in every script. */
const KINDS: Partial<Record<FormFieldType, readonly [autocomplete: string, mode?: string | undefined, type?: string, hint?: keyof typeof import('./texts.ts').formTexts]>> = {
  name: ['name'],
  email: ['email', 'email', 'email'],
  phone: ['tel', 'tel', 'tel', 'form.hint.phone'],
  date: ['off', undefined, 'date'],
  number: ['off', 'decimal'],
  cardNumber: ['cc-number', 'numeric'],
  cardLastFour: ['off', 'numeric'],
  cardExpiry: ['cc-exp', 'numeric', 'text', 'form.hint.cardExpiry'],
  securityCode: ['cc-csc', 'numeric', 'text', 'form.hint.securityCode'],
  secret: ['off', undefined, 'password'],
};

const NUMBERS: readonly FormFieldType[] = ['phone', 'number', 'cardNumber', 'cardLastFour', 'cardExpiry', 'securityCode', 'iban', 'nationalId'];

export interface FieldView {
  readonly element: HTMLElement;
  update(isFixed: boolean): void;
  wipe(): void;
}

export function fieldView(field: SecureFormField, form: Form, text: Text): FieldView {
  const { key, type, label, required, purpose } = field;
  const [autocomplete, mode, inputType = 'text', hintKey] = KINDS[type] ?? ['off'];
  const id = `f-${key}`;
  const hint = purpose ?? (hintKey && text(hintKey));
  const isNumber = NUMBERS.includes(type);
  const isBirthday = type === 'date' && /birth|dob|bday/i.test(`${key} ${label}`);
  const shared = {
    id,
    autocomplete: isBirthday ? 'bday' : autocomplete,
    autocapitalize: type === 'name' ? 'words' : type === 'iban' ? 'characters' : 'off',
    autocorrect: 'off',
    spellcheck: 'false',
    translate: 'no',
    dir: isNumber ? 'ltr' : 'auto',
    class: isNumber && 'number',
    'data-gramm': 'false',
    'aria-required': String(required),
    blur: () => form.leave(key),
  };

  let input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
  let shown: HTMLElement;
  if (type === 'choice') {
    input = shown = el('select', { ...shared, change: () => form.fill(key, input.value) },
      el('option', { value: '' }, text('form.choose')), ...field.choices.map(choice => el('option', { value: choice }, choice)));
  } else if (type === 'healthNote') {
    input = shown = el('textarea', { ...shared, rows: 4, maxlength: longestOf(type), input: () => form.fill(key, input.value) });
  } else {
    const line = el('input', { ...shared, type: inputType, inputmode: mode, input: (event: Event) => form.fill(key, masked(field, line, event)) });
    input = shown = line;
    if (type === 'secret') {
      const toggle = el('button', { type: 'button', class: 'plain small', 'aria-pressed': 'false', 'aria-controls': id, click: () => {
        const isHidden = line.type === 'password';
        line.type = isHidden ? 'text' : 'password';
        set(toggle, 'aria-pressed', String(isHidden));
        say(toggle, text(isHidden ? 'form.hide' : 'form.show'));
      } }, text('form.show'));
      shown = el('span', { class: 'with-button' }, line, toggle);
    }
  }

  const known = form.state.values[key] ?? '';
  input.value = format(type, known, known.length, false).text;
  const error = el('p', { class: 'error', id: `${id}-error`, 'aria-live': 'polite' });
  const preview = el('span', { class: 'number', dir: 'ltr' });
  const kept = el('p', { class: 'kept' }, el('span', {}, preview, ` ${text('form.kept')}`),
    el('button', { type: 'button', class: 'plain small', 'aria-label': `${label}: ${text('form.kept.again')}`, click: () => {
      form.retype(key);
      input.focus();
    } }, text('form.kept.again')));
  const element = el('div', { class: `field ${type}` },
    el('label', { for: id, dir: 'auto' }, label, !required && el('span', { class: 'optional' }, ` (${text('form.optional')})`)),
    hint && el('p', { class: 'hint', id: `${id}-hint`, dir: 'auto' }, hint),
    shown,
    error);

  return {
    element,
    update: isFixed => {
      const refusal = form.state.errors[key];
      const isKept = form.isKept(key);
      if (!isKept) {
        kept.remove();
      } else if (!kept.isConnected) {
        shown.after(kept);
      }

      shown.hidden = isKept;
      say(preview, form.state.kept[key]?.preview ?? '');
      set(input, 'aria-invalid', refusal ? 'true' : 'false');
      set(input, 'aria-describedby', [hint && `${id}-hint`, refusal && error.id].filter(Boolean).join(' ') || undefined);
      set(input, type === 'choice' || type === 'date' ? 'disabled' : 'readonly', isFixed);
      say(error, refusal ? errorText(type, refusal.code, refusal.message, text) : '');
    },
    wipe: () => {
      input.value = '';
    },
  };
}

function masked(field: SecureFormField, input: HTMLInputElement, event: Event): string {
  const { inputType, isComposing } = event as InputEvent;
  const caret = input.type === 'text' ? input.selectionStart : null;

  // While an input method composes, the text is its own.
  if (caret !== null && !isComposing) {
    const edited = format(field.type, input.value, caret, /^delete/.test(inputType ?? ''));
    if (edited.text !== input.value) {
      input.value = edited.text;
      input.setSelectionRange(edited.caret, edited.caret);
    }
  }

  return input.value;
}

function errorText(type: FormFieldType, code: string, message: string | undefined, text: Text): string {
  const known = [`form.error.${code}.${type}`, `form.error.${code}`].map(key => [key, text(key as 'form.error.required')]).find(([key, found]) => key !== found);
  return known?.[1] ?? message ?? text('form.error.malformed');
}
