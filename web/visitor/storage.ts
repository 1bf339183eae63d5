/** Where a conversation is remembered: for this tab, on this device, or nowhere. */
export type Remember = 'tab' | 'device' | 'page';

export interface Remembered {
  readonly id: string;
  readonly token: string;
  readonly open: boolean;
}

/** The storage of the host's page, which may be missing, full or forbidden: then the page's memory takes its place, and `isLost` says so. */
export class Store {
  /** Storage refused to keep the conversation: it ends with the page. */
  isLost = false;

  private memory: Remembered | undefined;
  private readonly key: string;

  constructor(base: string, private readonly remember: Remember) {
    this.key = `securechat:${base}`;
  }

  private get area(): Storage | undefined {
    return this.remember === 'page' ? undefined : this.remember === 'device' ? localStorage : sessionStorage;
  }

  read(): Remembered | undefined {
    if (this.memory) {
      return this.memory;
    }

    try {
      const found = JSON.parse(this.area?.getItem(this.key) ?? 'null') as Partial<Remembered> | null;
      if (found && typeof found.id === 'string' && typeof found.token === 'string' && /^[\w-]{1,64}$/.test(found.id)) {
        return { id: found.id, token: found.token, open: found.open === true };
      }
    } catch {
      // Nothing to read, or not ours.
    }

    return undefined;
  }

  write(value: Remembered): void {
    this.memory = value;
    try {
      this.area?.setItem(this.key, JSON.stringify(value));
    } catch {
      this.isLost = true;
    }
  }

  clear(): void {
    this.memory = undefined;
    try {
      this.area?.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }
}
