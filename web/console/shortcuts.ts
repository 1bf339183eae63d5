import { useEffect } from 'preact/hooks';
import type { Console } from './console.ts';
import { Cell } from './store.ts';

export type DialogName = 'help' | 'close' | 'transfer' | 'rules';

/** Single keys can be in the way of voice control: they can be switched off (WCAG 2.1.4). A preference, kept where there is storage. */
export const shortcutsOn = new Cell(read());
shortcutsOn.watch(() => {
  try {
    localStorage.setItem('securechat-console-keys', shortcutsOn.value ? 'on' : 'off');
  } catch {
    // Without storage the choice lives as long as the page.
  }
});

function read(): boolean {
  try {
    return localStorage.getItem('securechat-console-keys') !== 'off';
  } catch {
    return true;
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio])'));

export function useShortcuts(model: Console, dialog: DialogName | null, open: (dialog: DialogName) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      // Asked of the page as well: a dialog that is drawn already has the keys before this handler hears of it.
      if (dialog !== null || document.querySelector('dialog') !== null) return;
      if (event.key === 'Escape') {
        if (model.notice.value?.isBad === true) model.note(null);
        else if (isTyping(event.target)) leaveField(event.target as HTMLElement);
        else if (model.revealing.value !== null) closePanel(model);
        else if (model.pane.value !== 'list' && matchMedia('(max-width: 760px)').matches) model.pane.value = 'list';
        else focusList();
        return;
      }
      if (isTyping(event.target) || !shortcutsOn.value) return;
      const act = keys(model, open)[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [model, dialog, open]);
}

function keys(model: Console, open: (dialog: DialogName) => void): Readonly<Record<string, () => void>> {
  const view = model.preview.value;
  const isMine = view?.isMine === true && view.state === 'open';
  return {
    '?': () => open('help'),
    j: () => moveInList(1),
    k: () => moveInList(-1),
    c: () => focusOn(model, 'talk', '#composer'),
    f: () => {
      if (model.revealing.value !== null) closePanel(model);
      focusOn(model, 'side', '#forms button');
    },
    r: () => openFirstReveal(model),
    t: () => void (view !== null && !isMine && view.state === 'open' && view.assignedTo === undefined && model.take(view.id)),
    T: () => void (isMine && open('transfer')),
    x: () => void (isMine && open('close')),
    '1': () => (model.filter.value = 'all'),
    '2': () => (model.filter.value = 'unassigned'),
    '3': () => (model.filter.value = 'mine'),
  };
}

/** Out of a text field, where single keys work again: to what it is part of, because focus that is nowhere starts over at the top of the page. */
function leaveField(field: HTMLElement): void {
  const part = field.closest('.side')?.querySelector<HTMLElement>('#reveal-title, #forms') ?? document.getElementById('talk');
  field.blur();
  part?.focus();
}

export function closePanel(model: Console): void {
  const requestId = model.revealing.value;
  const opener = (): HTMLElement | null => (requestId === null ? null : document.querySelector<HTMLElement>(`[data-reveal="${requestId}"]`));
  // Before the panel goes away with what has the focus: focus that is nowhere starts over at the top of the page.
  (opener() ?? document.getElementById('talk'))?.focus();
  model.hideValues('The panel was closed.');
  model.revealing.value = null;
  setTimeout(() => {
    const drawn = opener();
    if (drawn === null) model.pane.value = 'talk';
    (drawn ?? document.getElementById('talk'))?.focus();
  });
}

/** Focus moves by one in the list, from the selected one on. */
export function moveInList(by: number): void {
  const items = [...document.querySelectorAll<HTMLElement>('.conversations [data-item]')];
  if (items.length === 0) return;
  const focused = items.findIndex((item) => item === document.activeElement);
  const from = focused >= 0 ? focused : items.findIndex((item) => item.getAttribute('aria-current') === 'true');
  const next = from < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, from + by));
  items[next]?.focus();
}

const focusList = (): void => (document.querySelector<HTMLElement>('.conversations [tabindex="0"]') ?? document.querySelector<HTMLElement>('.conversations [data-item]'))?.focus();

function focusOn(model: Console, pane: 'talk' | 'side', selector: string): void {
  model.pane.value = pane;
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.focus());
}

function openFirstReveal(model: Console): void {
  const cards = [...(model.session.value?.cards.value.values() ?? [])];
  const ready = cards.reverse().find((card) => card.values.some((value) => value.state === 'sealed'));
  if (ready !== undefined && model.preview.value?.isMine === true) {
    model.revealing.value = ready.requestId;
    model.pane.value = 'side';
  }
}
