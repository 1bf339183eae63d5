import type { ConversationEvent } from './types.ts';

/**
 * What a client has of a conversation: one unbroken range of events. Sequences have no gaps, so what is missing is known: `missing`
 * says after which event to ask. What arrives beyond a gap waits until the gap is filled.
 */
export class EventLog {
  private readonly events: ConversationEvent[] = [];
  private readonly waiting = new Map<number, ConversationEvent>();

  /**
   * `start` is the newest event that the client will not ask for: events follow after it. `amended` is told about a message whose text
   * is masked later, with the text it had: after that the log has forgotten it (E31, E38).
   */
  constructor(private start = 0, private readonly amended?: (before: ConversationEvent, by: ConversationEvent) => void) {}

  /** Sequence of the newest event without a gap before it. */
  get last(): number {
    return this.start + this.events.length;
  }

  /** Sequence before the oldest event: 0 when all of the conversation is here. */
  get before(): number {
    return this.start;
  }

  /** Whether something arrived that lies beyond a gap: then ask for events after `last`. */
  get hasGap(): boolean {
    return this.waiting.size > 0;
  }

  /** All events, oldest first. */
  get all(): readonly ConversationEvent[] {
    return this.events;
  }

  get(sequence: number): ConversationEvent | undefined {
    return this.events[sequence - this.start - 1];
  }

  /** Takes events in any order, each once; answers those that are new and follow without a gap, in order. */
  add(incoming: Iterable<ConversationEvent>): ConversationEvent[] {
    for (const event of incoming) {
      if (event.sequence > this.last) {
        this.waiting.set(event.sequence, event);
      }
    }

    const added: ConversationEvent[] = [];
    for (let next = this.waiting.get(this.last + 1); next; next = this.waiting.get(this.last + 1)) {
      this.waiting.delete(next.sequence);
      this.events.push(next);
      added.push(next);
      this.amend(next);
    }

    return added;
  }

  private amend(by: ConversationEvent): void {
    const place = (by.amends ?? 0) - this.start - 1;
    const before = by.kind === 'messageMasked' ? this.events[place] : undefined;
    if (before && before.amendedBy !== by.sequence) {
      const maskedKinds = [...new Set([...before.maskedKinds ?? [], ...by.maskedKinds ?? []])];
      this.events[place] = { ...before, text: by.text ?? '', maskedKinds, amendedBy: by.sequence };
      this.amended?.(before, by);
    }
  }

  /** Takes older events that end right before the oldest one; answers those that fit. */
  addEarlier(incoming: readonly ConversationEvent[]): ConversationEvent[] {
    const fitting: ConversationEvent[] = [];
    const older = incoming.filter(event => event.sequence <= this.start).sort((one, other) => other.sequence - one.sequence);
    for (const event of older) {
      if (event.sequence === this.start - fitting.length) {
        fitting.push(event);
      }
    }

    fitting.reverse();
    this.events.unshift(...fitting);
    this.start -= fitting.length;
    return fitting;
  }
}

/** Finds the newest sequence when only "events after N" can be asked: doubling, then halving. */
export async function findLast(hasAfter: (sequence: number) => Promise<boolean>): Promise<number> {
  let low = 0;
  let high = 1;
  if (!await hasAfter(0)) {
    return 0;
  }

  // There is something after `low`; find a sequence after which there is nothing.
  while (await hasAfter(high)) {
    low = high;
    high *= 4;
  }

  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await hasAfter(middle)) {
      low = middle;
    } else {
      high = middle;
    }
  }

  return high;
}
