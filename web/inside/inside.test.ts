import { describe, expect, it } from 'vitest';
import { follow, goneFor, type Seen } from './watch.ts';

interface Thing { readonly id: string; readonly version: number }
const read = (before: ReadonlyMap<string, Seen<Thing>> | null, time: number, ...now: Thing[]) =>
  follow(before, now, (thing) => thing.id, (a, b) => a.version === b.version, time);

describe('what is watched', () => {
  it('has no news in the first reading', () => {
    expect([...read(null, 0, { id: 'a', version: 1 }).values()].map((seen) => seen.change)).toEqual(['same']);
  });

  it('shows what is new, what changed and what went, for a while', () => {
    const first = read(null, 0, { id: 'a', version: 1 }, { id: 'b', version: 1 });
    const second = read(first, 1000, { id: 'a', version: 2 }, { id: 'c', version: 1 });
    expect(Object.fromEntries([...second].map(([id, seen]) => [id, seen.change]))).toEqual({ a: 'changed', b: 'gone', c: 'new' });
    const third = read(second, 2000, { id: 'a', version: 2 }, { id: 'c', version: 1 });
    expect(third.get('b')).toMatchObject({ change: 'gone', at: 1000 });
    expect(third.get('a')).toMatchObject({ change: 'changed', at: 1000 });
    expect(read(third, 1000 + goneFor, { id: 'a', version: 2 }).has('b')).toBe(false);
  });

  it('knows what came back', () => {
    const gone = read(read(null, 0, { id: 'a', version: 1 }), 1);
    expect(read(gone, 2, { id: 'a', version: 1 }).get('a')?.change).toBe('new');
  });
});
