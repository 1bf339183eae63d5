import { useEffect, useState } from 'preact/hooks';

/** A value that is watched. */
export class Cell<T> {
  private readonly watchers = new Set<() => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set value(next: T) {
    if (Object.is(next, this.current)) return;
    this.current = next;
    for (const watcher of [...this.watchers]) watcher();
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}

/** The value of a cell, and a new rendering when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, render] = useState({});
  const seen = cell.value;
  useEffect(() => {
    const stop = cell.watch(() => render({}));
    // Changed between rendering and watching.
    if (!Object.is(seen, cell.value)) render({});
    return stop;
  }, [cell]);
  return seen;
}
