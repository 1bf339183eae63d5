import type { Outgoing } from '../shared/outbox.ts';
import { isNewer, type ConversationEvent, type FormCard } from '../shared/types.ts';

/** One entry of the transcript. `order` is the sequence it stands at; what is on its way stands at the end. */
export type Item =
  | { readonly kind: 'message'; readonly key: string; readonly order: number; readonly event: ConversationEvent; readonly text: string; readonly maskedKinds: readonly string[]; readonly warnedKinds: readonly string[] }
  | { readonly kind: 'card'; readonly key: string; readonly order: number; readonly at: string; readonly card: FormCard }
  | { readonly kind: 'note'; readonly key: string; readonly order: number; readonly at: string; readonly note: 'joined' | 'waiting' | 'closed'; readonly name: string }
  | { readonly kind: 'outgoing'; readonly key: string; readonly order: number; readonly outgoing: Outgoing };

/** Newest card of each form, wherever it was learned: an event or the answer of a call. */
export type Cards = ReadonlyMap<string, FormCard>;

export function withCard(cards: Cards, card: FormCard): Cards {
  return isNewer(card, cards.get(card.requestId)) ? new Map(cards).set(card.requestId, card) : cards;
}

/** The transcript as it is read: a form stands once, where it first appears. */
export function timelineOf(events: readonly ConversationEvent[], outgoing: readonly Outgoing[], cards: Cards): Item[] {
  const items: Item[] = [];
  const shown = new Set<string>();
  for (const event of events) {
    const order = event.sequence;
    const key = `e${order}`;
    switch (event.kind) {
      case 'messageAdded':
        items.push({ kind: 'message', key, order, event, text: event.text ?? '', maskedKinds: event.maskedKinds ?? [], warnedKinds: event.warnedKinds ?? [] });
        break;
      case 'formChanged':
      case 'valueChanged':
        if (event.form && !shown.has(event.form.requestId)) {
          shown.add(event.form.requestId);
          items.push({ kind: 'card', key: `f${event.form.requestId}`, order, at: event.at, card: cards.get(event.form.requestId) ?? event.form });
        }

        break;
      case 'assigned':
        items.push({ kind: 'note', key, order, at: event.at, note: event.assignedTo ? 'joined' : 'waiting', name: event.assignedTo ?? '' });
        break;
      case 'closed':
        items.push({ kind: 'note', key, order, at: event.at, note: 'closed', name: '' });
        break;
      default:
        break;
    }
  }

  for (const item of outgoing) {
    items.push({ kind: 'outgoing', key: `o${item.clientId}`, order: Number.MAX_SAFE_INTEGER, outgoing: item });
  }

  return items;
}

/** Most entries in the page at a time, however long the conversation is. */
export const WINDOW = 120;

const STEP = 60;

/** The part of the transcript that is in the page. `end` is the order of its newest entry; without one it follows the end. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export function windowOf(items: readonly Item[], end: number | undefined): Window {
  let to = items.length;
  if (end !== undefined) {
    while (to > 0 && items[to - 1]!.order > end) {
      to--;
    }
  }

  return { from: Math.max(0, to - WINDOW), to };
}

/** The end of a window that shows half a page of older entries; the same as before when there are none. */
export function earlierEnd(items: readonly Item[], window: Window): number | undefined {
  const from = Math.max(0, window.from - STEP);
  const to = Math.min(items.length, from + WINDOW);
  return to >= items.length ? undefined : items[to - 1]?.order;
}

export function laterEnd(items: readonly Item[], window: Window): number | undefined {
  const to = Math.min(items.length, window.to + STEP);
  return to >= items.length ? undefined : items[to - 1]?.order;
}
