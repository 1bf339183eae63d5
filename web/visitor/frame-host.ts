/** What the form's frame tells over its port. Anything else is ignored. */
export type FrameMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly filled: number; readonly total: number }
  | { readonly type: 'done'; readonly state: string }
  | { readonly type: 'leave' }
  | { readonly type: 'error'; readonly code: string };

export interface FrameOptions {
  readonly src: string;
  readonly title: string;
  readonly init: () => Record<string, unknown>;
  readonly tell: (message: FrameMessage) => void;
}

/**
 * The frame of one form: an opaque origin, so that script of this page reads none of it, and one port as the only way in or out. A
 * message to an opaque origin cannot name its target; so only the port goes that way, and everything else goes over the port.
 */
export class FrameHost {
  readonly element = document.createElement('iframe');
  private port: MessagePort | undefined;

  constructor(private readonly options: FrameOptions) {
    const { element } = this;
    element.className = 'frame';
    element.title = options.title;
    element.setAttribute('sandbox', 'allow-scripts allow-forms');
    element.referrerPolicy = 'no-referrer';
    element.addEventListener('load', () => this.connect());
    element.src = options.src;
  }

  private connect(): void {
    // A second load is a page that we did not ask for: it gets no port.
    if (this.port) {
      this.options.tell({ type: 'error', code: 'reloaded' });
      return;
    }

    const channel = new MessageChannel();
    this.port = channel.port1;
    this.port.onmessage = event => {
      const message = event.data as { type?: unknown } | null;
      if (message && typeof message.type === 'string') {
        this.options.tell(message as FrameMessage);
      }
    };
    this.element.contentWindow?.postMessage({ type: 'securechat:port', version: 1 }, '*', [channel.port2]);
    this.post({ type: 'init', ...this.options.init() });
  }

  post(message: object): void {
    this.port?.postMessage(message);
  }

  /** Takes the frame and what was typed in it away. */
  destroy(): void {
    this.port?.close();
    this.element.remove();
  }
}
