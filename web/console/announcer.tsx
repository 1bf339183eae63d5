import { Cell, useCell } from './store.ts';

/*
 * The one live region of the page. Everything that is to be spoken goes through here, politely; transcript and panels are not live
 * themselves, so nothing is read twice and history is never re-read.
 */
const spoken = new Cell<{ text: string; turn: number }>({ text: '', turn: 0 });
let clearing: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string): void {
  spoken.value = { text, turn: spoken.value.turn + 1 };
  // Empty again later, so that a reader that browses the page does not find old news.
  clearTimeout(clearing);
  clearing = setTimeout(() => (spoken.value = { text: '', turn: spoken.value.turn }), 5000);
}

export function Announcer() {
  const { text, turn } = useCell(spoken);
  // Two places in turn: the same sentence twice is two announcements.
  return (
    <div class="unseen" role="status" aria-live="polite" id="announcer">
      <span>{turn % 2 === 0 ? text : ''}</span>
      <span>{turn % 2 === 1 ? text : ''}</span>
    </div>
  );
}
