import type { ClaimKeys } from './hpke.ts';

/** What was asked for: everything an envelope is bound to comes from here and never from the answer. */
export interface Claim {
  readonly claimId: string;
  readonly conversationId: string;
  readonly requestId: string;
  readonly values: readonly ClaimedValue[];
  readonly keys: ClaimKeys;
  readonly madeAt: number;
}

export interface ClaimedValue {
  readonly valueId: string;
  readonly fieldKey: string;
  readonly label: string;
}

/** A claim that nobody ended is of no use after this long, whatever the host's viewing window. */
const staleAfter = 60 * 60 * 1000;

/**
 * Claims of this browser, kept until they end, so that a reload inside the viewing window shows the values again. Holds ids and a
 * private key that cannot be exported; never a value. A browser without IndexedDB keeps them for the life of the page.
 */
export class ClaimStore {
  private readonly memory = new Map<string, Claim>();
  private database: Promise<IDBDatabase | null> | undefined;
  /** Whether a reload will find the claims again. */
  isLasting = true;

  async put(claim: Claim): Promise<void> {
    this.memory.set(claim.claimId, claim);
    await this.run('readwrite', (store) => store.put(claim));
  }

  async delete(claimId: string): Promise<void> {
    this.memory.delete(claimId);
    await this.run('readwrite', (store) => store.delete(claimId));
  }

  async list(): Promise<readonly Claim[]> {
    const stored = (await this.run<Claim[]>('readonly', (store) => store.getAll())) ?? [];
    const claims = new Map([...stored, ...this.memory.values()].map((claim) => [claim.claimId, claim]));
    for (const claim of claims.values()) {
      if (Date.now() - claim.madeAt > staleAfter) {
        claims.delete(claim.claimId);
        await this.delete(claim.claimId);
      }
    }
    return [...claims.values()];
  }

  private async run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T> | IDBRequest): Promise<T | undefined> {
    const database = await (this.database ??= openDatabase());
    if (database === null) {
      this.isLasting = false;
      return undefined;
    }
    try {
      return await new Promise<T>((resolve, reject) => {
        const transaction = database.transaction('claims', mode);
        const request = act(transaction.objectStore('claims'));
        transaction.oncomplete = () => resolve(request.result as T);
        transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB'));
      });
    } catch {
      this.isLasting = false;
      return undefined;
    }
  }
}

function openDatabase(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open('securechat-console', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('claims', { keyPath: 'claimId' });
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}
