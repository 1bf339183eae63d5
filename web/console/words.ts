import type { ConversationView, FormCard, FormCardValue, FormFieldType, MaskAction, MaskingReason } from '../shared/types.ts';

/** A conversation has no name: visitors are anonymous. Its kind and the end of its id tell it from the others. */
export const nameOf = (view: ConversationView): string => `${view.type.charAt(0).toUpperCase()}${view.type.slice(1).replaceAll('-', ' ')} ${view.id.slice(-4)}`;

const kinds: Readonly<Record<string, string>> = {
  'payment-card': 'card number',
  'card-security-code': 'security code',
  'us-ssn': 'social security number',
  iban: 'bank account',
  email: 'e-mail address',
  phone: 'phone number',
};

export const kindsText = (found: readonly string[]): string => found.map((kind) => kinds[kind] ?? kind.replaceAll('-', ' ')).join(', ');

/** "just now", "4 min", "3 h", "2 d". */
export function sinceText(time: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

const actions: Readonly<Record<MaskAction, string>> = {
  mask: 'masked', label: 'replaced by a label', drop: 'left out', seal: 'sealed', block: 'blocked', warn: 'warned of, and left', allow: 'left',
};
export const actionText = (action: MaskAction): string => actions[action] ?? action;

const whys: Readonly<Record<MaskingReason, string>> = {
  shape: 'Its shape, grouping or check digits are evidence enough.',
  words: 'Words beside it say what it is.',
  question: 'The question before it says what it is.',
  needsWords: 'It has the shape, but neither a word beside it nor a question before it says so.',
  wrongCheckDigits: 'Its check digits or its issuer are wrong.',
  kindIsOff: 'Its kind is not looked for here.',
  allowedByPolicy: 'The policy allows it here.',
  allowList: 'The allow-list knows it.',
};
export const whyText = (reason: MaskingReason): string => whys[reason] ?? reason;

const roles: Readonly<Record<string, string>> = { agent: 'an agent', supervisor: 'a supervisor', privacyOfficer: 'a privacy officer', auditor: 'an auditor' };
export const roleText = (role: string | undefined): string => roles[role ?? ''] ?? 'somebody';

const reasons: Readonly<Record<string, string>> = {
  viewed: 'after it was seen',
  expired: 'because its time ran out',
  withdrawn: 'because the visitor withdrew consent',
  cancelled: 'because the request was taken back',
  forfeited: 'because they were taken but never arrived',
  erased: 'on a privacy officer’s order',
  replaced: 'because another one took its place',
  undecryptable: 'because it could not be opened',
  conversationEnded: 'with the conversation',
};
export const reasonText = (reason: string | undefined): string => reasons[reason ?? ''] ?? '';

export type CardTone = 'waiting' | 'ready' | 'open' | 'done' | 'bad';

/** The state of a card in words, never in colour alone. */
export function cardState(card: FormCard): { readonly text: string; readonly tone: CardTone } {
  switch (card.state) {
    case 'requested':
      return { text: 'Waiting for the visitor', tone: 'waiting' };
    case 'opened':
      return { text: 'Being filled in', tone: 'waiting' };
    case 'declined':
      return { text: 'Declined by the visitor', tone: 'bad' };
    case 'cancelled':
      return { text: 'Taken back', tone: 'done' };
    case 'expired':
      return { text: 'Ran out of time', tone: 'bad' };
    case 'submitted':
      if (card.values.some((value) => value.state === 'sealed')) return { text: 'Ready to be opened', tone: 'ready' };
      if (card.values.some((value) => value.state === 'claimed')) return { text: 'Opened', tone: 'open' };
      return { text: 'Deleted', tone: 'done' };
  }
}

const groups = (text: string, sizes: readonly number[]): readonly string[] => {
  const out: string[] = [];
  let at = 0;
  for (let i = 0; at < text.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)]!;
    out.push(text.slice(at, at + size));
    at += size;
  }
  return out;
};

/** Groups as people read them aloud. What is copied has none. */
export function grouped(text: string, type: FormFieldType | undefined): readonly string[] {
  if (/^\d{15}$/.test(text) && type === 'cardNumber') return groups(text, [4, 6, 5]);
  if (/^\d{12,19}$/.test(text) && (type === 'cardNumber' || type === undefined)) return groups(text, [4]);
  if (type === 'iban' || (type === undefined && /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text))) return groups(text, [4]);
  if (type === 'nationalId' && /^\d{9}$/.test(text)) return groups(text, [3, 2, 4]);
  return [text];
}

export const isUnopened = (value: FormCardValue): boolean => value.state === 'sealed';
