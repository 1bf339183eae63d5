import type { ConversationEvent, ConversationView, FormCard } from '../shared/types.ts';

/** A row of a store, as it lies there. */
export interface StoredRecord {
  readonly store: 'data' | 'keys';
  readonly kind: string;
  readonly partition: string;
  readonly id: string;
  readonly version: number;
  readonly dueAt?: string;
  readonly bytes: number;
  /** The first bytes; empty for keys, which are not shown. */
  readonly hex: string;
  readonly note?: string;
}

export interface Consent {
  readonly consentId: string;
  readonly requestId?: string;
  readonly purpose?: string;
  readonly noticeKey?: string;
  readonly noticeVersion?: string;
  readonly language?: string;
  readonly noticeSha256?: string;
  readonly givenAt: string;
  readonly withdrawnAt?: string;
}

export interface AuditLine {
  readonly sequence: number;
  readonly at: string;
  readonly action: string;
  readonly outcome?: string;
  readonly actor?: string;
  /** Code of a refusal. */
  readonly code?: string;
  readonly reason?: string;
  readonly hash: string;
}

export interface Key {
  readonly id: string;
  readonly kind: string;
  readonly state: 'present' | 'destroyed';
  readonly destroyedAt?: string;
}

export interface Inside {
  readonly conversation: ConversationView;
  readonly events: readonly ConversationEvent[];
  readonly records: readonly StoredRecord[];
  readonly forms: readonly FormCard[];
  readonly consents: readonly Consent[];
  readonly audit: readonly AuditLine[];
  readonly keys: readonly Key[];
}

export interface InsideList {
  readonly conversations: readonly { readonly id: string; readonly state: string; readonly createdAt: string }[];
}
