import type { Texts } from '../shared/strings.ts';

/** What the loader hands to the chat and what it gets back: the only thing both bundles share, so keep it small. */
export interface ChatContext {
  readonly host: HTMLElement;
  readonly root: ShadowRoot;
  /** The prefix of SecureChat with a slash at the end: where the script came from. */
  readonly base: string;
  readonly texts: () => Texts | undefined;
  readonly changed: (state: { readonly isOpen: boolean; readonly unread: number }) => void;
}

export interface ChatPanel {
  open(): void;
  close(): void;
  /** Texts, language or theme changed. */
  refresh(): void;
  /** The element left the page. */
  leave(): void;
}

export interface ChatModule {
  mount(context: ChatContext): ChatPanel;
}

/** Version of what widget and server say to each other: a higher one of the server means that this script is old. */
export const PROTOCOL = 1;
