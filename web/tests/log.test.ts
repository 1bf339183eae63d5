import { describe, expect, it } from 'vitest';
import { EventLog, findLast } from '../shared/log.ts';
import type { ConversationEvent } from '../shared/types.ts';

const event = (sequence: number): ConversationEvent => ({ sequence, kind: 'messageAdded', at: '2026-01-01T00:00:00Z', actor: 'agent', text: `${sequence}` });
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => event(from + i));
const sequences = (list: readonly ConversationEvent[]) => list.map(item => item.sequence);

describe('event log', () => {
  it('hands events out once and in order, whatever order they come in', () => {
    const log = new EventLog();
    expect(sequences(log.add([event(2), event(1), event(2)]))).toEqual([1, 2]);
    expect(log.add(events(1, 2))).toEqual([]);
    expect(log.last).toBe(2);
  });

  it('holds back what lies beyond a gap until the gap is filled', () => {
    const log = new EventLog();
    log.add([event(1)]);
    expect(log.add([event(4)])).toEqual([]);
    expect(log.hasGap).toBe(true);
    expect(log.last).toBe(1);
    expect(sequences(log.add(events(2, 3)))).toEqual([2, 3, 4]);
    expect(log.hasGap).toBe(false);
  });

  it('begins near the end of a long conversation and grows backwards', () => {
    const log = new EventLog(9_900);
    log.add(events(9_901, 10_000));
    expect(log.before).toBe(9_900);
    expect(sequences(log.addEarlier(events(9_801, 9_900)))).toHaveLength(100);
    expect(log.before).toBe(9_800);
    expect(log.get(9_850)?.text).toBe('9850');
    expect(log.all).toHaveLength(200);
  });

  it('takes no older page that would leave a hole', () => {
    const log = new EventLog(10);
    log.add(events(11, 12));
    expect(log.addEarlier(events(1, 8))).toEqual([]);
    expect(sequences(log.addEarlier([event(8), event(10), event(9), event(12)]))).toEqual([8, 9, 10]);
  });

  it.each([0, 1, 2, 3, 4, 5, 63, 64, 65, 9_999, 10_000])('finds the last of %i events with few questions', async last => {
    let questions = 0;
    expect(await findLast(after => { questions++; return Promise.resolve(after < last); })).toBe(last);
    expect(questions).toBeLessThan(30);
  });
});
