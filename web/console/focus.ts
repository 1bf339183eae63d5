import { useEffect, useRef } from 'preact/hooks';

/** Puts the focus on a heading when what it heads is new. */
export function useFocusOn<T extends HTMLElement>(when: unknown) {
  const ref = useRef<T>(null);
  useEffect(() => ref.current?.focus(), [when]);
  return ref;
}

/**
 * Remembers where the focus is while something is done. The function it returns moves the focus on to an element by its id, but only
 * from there or from nowhere: who went elsewhere while the answer was on its way is left alone, because what they type belongs there.
 */
export function holdFocus(): (id: string) => void {
  const from = document.activeElement;
  return (id) => {
    setTimeout(() => {
      const at = document.activeElement;
      if (at === null || at === document.body || at === from) document.getElementById(id)?.focus();
    }, 50);
  };
}
