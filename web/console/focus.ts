import { useEffect, useRef } from 'preact/hooks';

/** Puts the focus on a heading when what it heads is new. */
export function useFocusOn<T extends HTMLElement>(when: unknown) {
  const ref = useRef<T>(null);
  useEffect(() => ref.current?.focus(), [when]);
  return ref;
}
