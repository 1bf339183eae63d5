import type { Inside, Key, StoredRecord } from './types.ts';

export type Change = 'same' | 'new' | 'changed' | 'gone';

/** A thing that is watched from poll to poll: what is gone stays for a while, so that one can see it go. */
export interface Seen<T> {
  readonly thing: T;
  readonly change: Change;
  /** When this change was seen. */
  readonly at: number;
}

/** How long a gone row stays on screen. */
export const goneFor = 45_000;

/** Compares two readings. The first reading has no news: all of it was there before. */
export function follow<T>(
  before: ReadonlyMap<string, Seen<T>> | null,
  now: readonly T[],
  idOf: (thing: T) => string,
  sameAs: (a: T, b: T) => boolean,
  time: number,
): ReadonlyMap<string, Seen<T>> {
  const next = new Map<string, Seen<T>>();
  const present = new Map(now.map((thing) => [idOf(thing), thing]));
  for (const [id, old] of before ?? []) {
    const thing = present.get(id);
    if (thing === undefined) {
      const gone: Seen<T> = old.change === 'gone' ? old : { thing: old.thing, change: 'gone', at: time };
      if (time - gone.at < goneFor) next.set(id, gone);
    } else if (old.change === 'gone') {
      next.set(id, { thing, change: 'new', at: time });
    } else {
      next.set(id, sameAs(old.thing, thing) ? { ...old, thing } : { thing, change: 'changed', at: time });
    }
  }
  for (const [id, thing] of present) {
    if (!next.has(id)) next.set(id, { thing, change: before === null ? 'same' : 'new', at: time });
  }
  return next;
}

export const recordId = (record: StoredRecord): string => `${record.store}/${record.kind}/${record.partition}/${record.id}`;
export const sameRecord = (a: StoredRecord, b: StoredRecord): boolean => a.version === b.version && a.hex === b.hex && a.bytes === b.bytes;
export const keyId = (key: Key): string => `${key.kind}/${key.id}`;
export const sameKey = (a: Key, b: Key): boolean => a.state === b.state;

/** What is true right now, in one sentence and one that explains it. */
export function nowTrue(inside: Inside): { readonly title: string; readonly text: string; readonly tone: 'calm' | 'sealed' | 'open' | 'gone' } {
  const values = inside.forms.flatMap((form) => form.values);
  const claimed = values.filter((value) => value.state === 'claimed');
  const sealed = values.filter((value) => value.state === 'sealed');
  const destroyed = values.filter((value) => value.state === 'destroyed');
  const masked = inside.events.filter((event) => (event.maskedKinds?.length ?? 0) > 0);
  if (claimed.length > 0) {
    return {
      tone: 'open',
      title: `One agent is looking at ${count(claimed.length, 'value')} right now.`,
      text: 'What was asked for went to that one browser, encrypted to a key which it made for this moment. For everybody else it is gone already: the store gives a value to one claim only.',
    };
  }
  if (sealed.length > 0) {
    return {
      tone: 'sealed',
      title: `${count(sealed.length, 'value')} sealed. Nobody has seen ${sealed.length === 1 ? 'it' : 'them'}.`,
      text: 'The data store holds only ciphertext. Each value has a key of its own, in another store. Without both, it is noise.',
    };
  }
  const waiting = inside.forms.find((form) => form.state === 'requested' || form.state === 'opened');
  if (waiting !== undefined) {
    return { tone: 'calm', title: 'A form is on the visitor’s screen.', text: 'Nothing of it is stored before it is sent, and nothing is sent before the box is ticked. Half-typed answers exist only in the visitor’s browser.' };
  }
  if (destroyed.length > 0) {
    return {
      tone: 'gone',
      title: `${count(destroyed.length, 'value')} destroyed, and ${destroyed.length === 1 ? 'its key' : 'their keys'} with ${destroyed.length === 1 ? 'it' : 'them'}.`,
      text: 'With its key gone every copy of the ciphertext is unreadable, in backups too. What stays is who opened it, when, and why: the proof without the number.',
    };
  }
  if (masked.length > 0) {
    return { tone: 'calm', title: 'A number was typed into the chat, and never stored.', text: 'It was masked before anything was written, sent on or logged. No row below contains it, not even encrypted.' };
  }
  return { tone: 'calm', title: 'A conversation is running.', text: 'Try it: as the visitor, type a card number into the chat. Then let the agent send the form.' };
}

export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
