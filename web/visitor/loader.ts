import tokens from '../shared/theme.css?inline';
import type { Texts } from '../shared/strings.ts';
import type { ChatModule, ChatPanel } from './contract.ts';
import css from './loader.css?inline';

// Named elements of the host's page hide members of its document: `<img name="body">`. The prototype's own are not hidden.
const own = <T>(name: string): T => Reflect.get(Document.prototype, name, document) as T;

// Read at once: later there is no current script any more. Everything else of ours lies beside it.
const script = own<HTMLScriptElement | null>('currentScript');
const NAME = 'secure-chat';
const SVG = 'http://www.w3.org/2000/svg';

const defaults: Record<string, string> = {
  'launcher.open': 'Open chat',
  'launcher.close': 'Close chat',
  'launcher.unread': 'Open chat, new messages: {count}',
  'launcher.failed': 'The chat could not be loaded. Check your connection and try again.',
};

function define(base: string): void {
  class SecureChatElement extends HTMLElement {
    static readonly observedAttributes = ['data-accent', 'data-theme', 'data-position', 'lang'];

    private readonly root = this.attachShadow({ mode: 'open' });
    private readonly button = document.createElement('button');
    private readonly badge = document.createElement('span');
    private readonly trouble = document.createElement('p');
    private texts: Texts | undefined;
    private panel: Promise<ChatPanel> | undefined;
    private isOpen = false;
    private unread = 0;

    constructor() {
      super();
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(tokens + css);
      this.root.adoptedStyleSheets = [sheet];
      const icon = document.createElementNS(SVG, 'svg');
      icon.setAttribute('viewBox', '0 0 24 24');
      icon.setAttribute('aria-hidden', 'true');
      const bubble = document.createElementNS(SVG, 'path');
      bubble.setAttribute('d', 'M4 5h16v11h-9l-4.5 4v-4H4zM8 9.5h8M8 12.5h5');
      icon.append(bubble);
      this.button.type = 'button';
      this.button.className = 'launcher';
      this.button.part.add('launcher');
      this.badge.className = 'badge';
      this.badge.ariaHidden = 'true';
      this.trouble.className = 'trouble';
      this.trouble.role = 'status';
      this.button.append(icon, this.badge);
      this.button.addEventListener('click', () => void (this.isOpen ? this.close() : this.open()));
      this.root.append(this.trouble, this.button);
    }

    /** Texts that replace ours, by key (docs/widget.md). */
    get strings(): Texts | undefined {
      return this.texts ?? (globalThis as { SecureChatStrings?: Texts }).SecureChatStrings;
    }

    set strings(texts: Texts | undefined) {
      this.texts = texts;
      this.attributeChangedCallback();
    }

    connectedCallback(): void {
      this.draw();

      // Somebody who talked before goes on talking: on the next page too, and sees what is new.
      if (this.hasConversation()) {
        void this.load().catch(() => undefined);
      }
    }

    disconnectedCallback(): void {
      // Moved inside the page, it comes back in the same task.
      queueMicrotask(() => {
        if (!this.isConnected) {
          void this.panel?.then(panel => panel.leave());
          this.panel = undefined;
        }
      });
    }

    attributeChangedCallback(): void {
      this.draw();
      void this.panel?.then(panel => panel.refresh()).catch(() => undefined);
    }

    async open(): Promise<void> {
      this.trouble.textContent = '';
      this.button.ariaBusy = 'true';
      try {
        (await this.load()).open();
      } catch (error) {
        this.trouble.textContent = this.text('launcher.failed');
        console.error(`SecureChat: ${base}chat.js could not be loaded. A content security policy must allow it as script-src.`, error);
      } finally {
        this.button.ariaBusy = null;
      }
    }

    async close(): Promise<void> {
      (await this.panel)?.close();
    }

    private load(): Promise<ChatPanel> {
      return this.panel ??= (import(/* @vite-ignore */ `${base}chat.js`) as Promise<ChatModule>).then(
        module => module.mount({
          host: this,
          root: this.root,
          base,
          texts: () => this.strings,
          changed: ({ isOpen, unread }) => {
            this.isOpen = isOpen;
            this.unread = unread;
            this.draw();
          },
        }),
        (error: unknown) => {
          this.panel = undefined;
          throw error;
        });
    }

    private hasConversation(): boolean {
      try {
        const key = `securechat:${base}`;
        const remember = this.dataset.remember;
        return (remember === 'device' ? localStorage : remember === 'page' ? undefined : sessionStorage)?.getItem(key) != null;
      } catch {
        return false;
      }
    }

    private text(key: string): string {
      return String(this.strings?.[key] ?? defaults[key]).replace('{count}', String(this.unread));
    }

    private draw(): void {
      const news = !this.isOpen && this.unread > 0;
      this.badge.textContent = news ? (this.unread > 99 ? '99+' : String(this.unread)) : '';
      this.button.ariaLabel = this.text(this.isOpen ? 'launcher.close' : news ? 'launcher.unread' : 'launcher.open');
      this.button.ariaExpanded = String(this.isOpen);
    }
  }

  customElements.define(NAME, SecureChatElement);
}

function place(): void {
  if (!Document.prototype.querySelector.call(document, NAME)) {
    const element = document.createElement(NAME);
    for (const { name, value } of script?.attributes ?? []) {
      if (name.startsWith('data-') || name === 'lang') {
        element.setAttribute(name, value);
      }
    }

    own<HTMLElement>('body').append(element);
  }
}

if (!script?.src) {
  console.error('SecureChat: load widget.js with <script async src=".../widget.js"></script>.');
} else if (customElements.get(NAME)) {
  console.warn(`SecureChat: <${NAME}> is defined already; ${script.src} does nothing. Remove one of the two script tags.`);
} else {
  define(new URL('.', script.src).href);

  // In the head the body is not there yet; after that, a <secure-chat> placed by hand is found before one is added.
  if (own('readyState') === 'loading') {
    addEventListener('DOMContentLoaded', place);
  } else {
    place();
  }
}
