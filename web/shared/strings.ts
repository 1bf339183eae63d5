/** Texts by key. `{name}` is replaced by a value; a key may come in plural forms as `key.one`, `key.other` (CLDR names). */
export type Texts = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, string | number>>;

/** The keys of a table, plural keys without their form too. */
export type KeyOf<T extends Texts> = (keyof T & string) | (keyof T extends infer K ? K extends `${infer Base}.other` ? Base : never : never);

/** Looks a text up. An unknown key answers itself, so that a missing text shows in a test and breaks nothing. */
export type Translate<K extends string = string> = (key: K, values?: Values) => string;

/** Later tables win; only strings count, so that a host's mistake in one text costs that text alone. */
export function createTexts<T extends Texts>(defaults: T, language: string, ...overrides: (Texts | undefined)[]): Translate<KeyOf<T>> {
  const table: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const source of [defaults, ...overrides]) {
    for (const [key, text] of Object.entries(source ?? {})) {
      if (typeof text === 'string') {
        table[key] = text;
      }
    }
  }

  let plural: Intl.PluralRules;
  try {
    plural = new Intl.PluralRules(language || 'en');
  } catch {
    plural = new Intl.PluralRules('en');
  }

  return (key, values) => {
    const count = values?.count;
    const form = typeof count === 'number' ? `${key}.${plural.select(count)}` : key;
    const text = table[form] ?? table[`${key}.other`] ?? table[key] ?? key;
    return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
  };
}

/** What cards and errors say, in the widget and in the console alike. */
export const sharedTexts = {
  'state.requested': 'Waiting for your answer',
  'state.opened': 'Being filled in',
  'state.submitted': 'Sent',
  'state.declined': 'Declined',
  'state.cancelled': 'Taken back',
  'state.expired': 'Expired',
  'reason.viewed': 'Deleted after it was seen',
  'reason.expired': 'Deleted unopened when its time was up',
  'reason.withdrawn': 'Deleted because consent was withdrawn',
  'reason.cancelled': 'Deleted because the request was taken back',
  'reason.forfeited': 'Deleted: the viewing was interrupted',
  'reason.erased': 'Deleted on request',
  'reason.replaced': 'Deleted: another one took its place',
  'reason.undecryptable': 'Deleted: it could not be opened',
  'reason.conversationEnded': 'Deleted when the conversation ended',
  'role.agent': 'an agent',
  'role.supervisor': 'a supervisor',
  'role.none': 'nobody',
  'role.privacyOfficer': 'a privacy officer',
  'role.auditor': 'an auditor',
  'error.network': 'No connection. Check your network; we keep trying.',
  'error.timeout': 'No answer in time. Try again.',
  'error.no-answer': 'The server gave an answer that is not ours. Try again in a moment.',
  'error.SC2001': 'The message could not be checked for sensitive data, so it was not sent. Try again.',
  'error.SC2003': 'It may not be sent here as it is.',
  'error.SC6003': 'This session is no longer valid.',
  'error.SC6007': 'This website is not on the list of sites that may use this chat.',
  'error.SC6009': 'That is too long.',
  'error.SC6010': 'Too many at once. Wait a moment, then try again.',
  'error.SC6011': 'The conversation has ended.',
  'error.other': 'Something went wrong and nothing was sent. Try again.',
} as const satisfies Texts;

/** A text of somebody else's as it may be shown: in the order in which it was written, without the controls that turn "gnp.exe" around. */
export const shownText = (text: string): string => text.replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '');

/** "3:27 pm", with the day when it is not today. */
export function timeText(at: string | number | Date, language?: string, now: Date = new Date()): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) {
    return '';
  }

  const format: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
  if (time.toDateString() !== now.toDateString()) {
    format.day = 'numeric';
    format.month = 'short';
    if (time.getFullYear() !== now.getFullYear()) {
      format.year = 'numeric';
    }
  }

  try {
    return new Intl.DateTimeFormat(language || undefined, format).format(time);
  } catch {
    return new Intl.DateTimeFormat(undefined, format).format(time);
  }
}

/** "4:05" of seconds; never negative. */
export function clockText(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds));
  const minutes = Math.floor(left / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${String(left % 60).padStart(2, '0')}`
    : `${minutes}:${String(left % 60).padStart(2, '0')}`;
}
