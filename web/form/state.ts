import { Api, ApiError, newId } from '../shared/http.ts';
import { check, type RefusalCode } from '../shared/fields.ts';
import { isOpen, type FormCard, type FormRequestState, type FormSubmission, type FormView, type KeptValue } from '../shared/types.ts';

export type Phase =
  | 'loading' | 'fill' | 'sending' | 'submitted' | 'declined' | 'expired' | 'cancelled' | 'elsewhere' | 'unavailable' | 'refused' | 'none';

/** Why a submission did not go through; the input stays. */
export type Failure = 'offline' | 'fault' | 'busy' | 'notice' | 'consent' | 'fields';

export interface FormState {
  readonly phase: Phase;
  readonly view: FormView | undefined;
  readonly expiresAt: number;
  readonly values: Readonly<Record<string, string>>;
  /** Code of ours, or the server's message, by field. */
  readonly errors: Readonly<Record<string, { readonly code: RefusalCode | ''; readonly message?: string }>>;
  readonly hasConsent: boolean;
  readonly failure: Failure | undefined;
  readonly wasSentBefore: boolean;
  /** How often more time can still be taken; undefined while the host has not said so. */
  readonly extensionsLeft: number | undefined;
  readonly isPrefilled: boolean;
  /** Values that the host keeps for this form, by field: id, and what may be shown. They are sent by id; the values are not here. */
  readonly kept: Readonly<Record<string, KeptValue>>;
}

/** How often the form asks whether it still stands: an agent may take it back, and another window may open it. */
const WATCH = 10_000;

/** The form behind its face: loads, checks, submits once, wipes. Values live here and in the inputs, and nowhere else. */
export class Form {
  state: FormState = {
    phase: 'loading', view: undefined, expiresAt: 0, values: {}, errors: {}, hasConsent: false, failure: undefined, wasSentBefore: false, extensionsLeft: undefined,
    isPrefilled: false, kept: {},
  };

  onChange: () => void = () => undefined;
  onProgress: (filled: number, total: number) => void = () => undefined;

  /** What was typed is forgotten: take it out of the inputs. */
  onWipe: () => void = () => undefined;

  /** A refusal was shown: move to the first field that has one. */
  onRefused: () => void = () => undefined;

  /** Server's clock minus ours, when somebody could tell. */
  skew = 0;

  /** Fields that the visitor writes again, whatever is kept for them. */
  private readonly retyped = new Set<string>();
  private submission: { readonly content: string; readonly id: string } | undefined;
  private progress = '';
  private watching: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly api: Api) {}

  get now(): number {
    return Date.now() + (this.api.skew || this.skew);
  }

  async load(prefill: Readonly<Record<string, string>> = {}): Promise<void> {
    this.set({ phase: 'loading' });
    try {
      const view = await this.api.get<FormView>('forms/current');
      if (!isOpen(view.form.state)) {
        this.finish(view.form.state);
        return;
      }

      const card = await this.api.post<FormCard>('forms/current/open');
      // What the host keeps is the same text, and need not stand on the screen again.
      const kept = this.keptOf(view);
      const known = Object.entries(prefill).filter(([key, value]) => typeof value === 'string' && !(key in kept) && view.definition.fields.some(field => field.key === key));
      this.set({ phase: 'fill', view, expiresAt: Date.parse(card.expiresAt), extensionsLeft: view.extensionsLeft, values: Object.fromEntries(known), isPrefilled: known.length > 0, kept });
      this.tellProgress();
      this.watch();
    } catch (reason) {
      this.fail(reason, 'unavailable');
    }
  }

  /** Whether a field is answered by what is kept for it. */
  isKept(key: string): boolean {
    return key in this.state.kept && (this.state.values[key] ?? '') === '';
  }

  /** The visitor writes a field again. */
  retype(key: string): void {
    this.retyped.add(key);
    const { [key]: _, ...kept } = this.state.kept;
    this.set({ kept });
    this.tellProgress();
  }

  fill(key: string, value: string): void {
    const { [key]: _, ...errors } = this.state.errors;
    this.set({ values: { ...this.state.values, [key]: value }, errors });
    this.tellProgress();
  }

  /** Left a field: what is wrong with it is said now, unless it is only empty. */
  leave(key: string): void {
    const field = this.state.view?.definition.fields.find(candidate => candidate.key === key);
    const code = field && check(field, this.state.values[key] ?? '', new Date(this.now));
    if (code && code !== 'required') {
      this.set({ errors: { ...this.state.errors, [key]: { code } } });
    }
  }

  consent(hasConsent: boolean): void {
    this.set({ hasConsent, failure: this.state.failure === 'consent' || this.state.failure === 'notice' ? undefined : this.state.failure });
  }

  async submit(): Promise<void> {
    const { view, values, hasConsent, phase } = this.state;
    if (phase !== 'fill' || !view?.notice) {
      return;
    }

    const errors: Record<string, { code: RefusalCode }> = {};
    for (const field of view.definition.fields) {
      const code = this.isKept(field.key) ? undefined : check(field, values[field.key] ?? '', new Date(this.now));
      if (code) {
        errors[field.key] = { code };
      }
    }

    const filled = view.definition.fields.filter(field => (values[field.key] ?? '') !== '');
    const kept = view.definition.fields.filter(({ key }) => this.isKept(key)).map(({ key }) => this.state.kept[key]!.valueId);
    const first = view.definition.fields[0];
    if (filled.length === 0 && kept.length === 0 && first) {
      errors[first.key] ??= { code: 'required' };
    }

    if (Object.keys(errors).length > 0 || !hasConsent) {
      this.set({ errors, failure: Object.keys(errors).length > 0 ? 'fields' : 'consent' });
      this.onRefused();
      return;
    }

    const { version, language, sha256 } = view.notice;
    const fields = Object.fromEntries(filled.map(field => [field.key, values[field.key]!]));

    // One id for one content: a repeat after a lost answer is the same submission.
    const content = JSON.stringify([version, language, sha256, fields, kept]);
    if (this.submission?.content !== content) {
      this.submission = { content, id: newId() };
    }

    const submission: FormSubmission = { submissionId: this.submission.id, consent: { given: true, version, language, sha256 }, fields, ...kept.length > 0 && { kept } };
    this.set({ phase: 'sending', errors: {}, failure: undefined });
    try {
      const card = await this.api.post<FormCard>('forms/current/submit', submission);
      this.finish(card.state);
    } catch (reason) {
      await this.refused(reason);
    }
  }

  async decline(): Promise<void> {
    try {
      this.finish((await this.api.post<FormCard>('forms/current/decline')).state);
    } catch (reason) {
      await this.refused(reason);
    }
  }

  /** Answers whether there is more time now. */
  async extend(): Promise<boolean> {
    try {
      const card = await this.api.post<FormCard>('forms/current/extend');
      const expiresAt = Date.parse(card.expiresAt);

      // The host counts what gave more time; the next look says what it has.
      const isLonger = expiresAt > this.state.expiresAt;
      const { extensionsLeft } = this.state;
      this.set({ expiresAt, extensionsLeft: isLonger && extensionsLeft !== undefined ? Math.max(0, extensionsLeft - 1) : extensionsLeft });
      return true;
    } catch (reason) {
      if (reason instanceof ApiError && !reason.isTransient) {
        this.set({ extensionsLeft: 0 });
        await this.look();
      }

      return false;
    }
  }

  /** Asks where the form stands; says nothing when that cannot be learned. */
  async look(): Promise<void> {
    try {
      const view = await this.api.get<FormView>('forms/current');
      if (this.state.phase !== 'fill') {
        return;
      }

      if (!isOpen(view.form.state)) {
        this.finish(view.form.state);
      } else {
        this.set({ expiresAt: Date.parse(view.form.expiresAt), extensionsLeft: view.extensionsLeft ?? this.state.extensionsLeft, kept: this.keptOf(view) });
        this.tellProgress();
      }
    } catch (reason) {
      if (this.state.phase === 'fill' && reason instanceof ApiError && !reason.isTransient) {
        this.fail(reason, 'unavailable');
      }
    }
  }

  /** The time is over by our clock; the server's word decides, and without it ours. */
  async timeIsUp(): Promise<void> {
    await this.look();
    if (this.state.phase === 'fill' && this.now >= this.state.expiresAt) {
      this.finish('expired');
    }
  }

  /** Forgets what was typed. Strings cannot be zeroed; nothing refers to them any more. */
  wipe(): void {
    this.submission = undefined;
    this.onWipe();
    this.set({ values: {}, errors: {}, hasConsent: false, isPrefilled: false, kept: {} });
  }

  none(): void {
    this.set({ phase: 'none' });
  }

  private keptOf(view: FormView): Readonly<Record<string, KeptValue>> {
    return Object.fromEntries((view.kept ?? []).filter(({ fieldKey }) => !this.retyped.has(fieldKey)).map(value => [value.fieldKey, value]));
  }

  private watch(): void {
    clearInterval(this.watching);
    this.watching = setInterval(() => {
      if (this.state.phase === 'fill' && document.visibilityState === 'visible') {
        void this.look();
      }
    }, WATCH);
  }

  private async refused(reason: unknown): Promise<void> {
    const error = reason instanceof ApiError ? reason : new ApiError('network', 0);
    const { problem } = error;
    switch (error.code) {
      case 'SC6002': {
        const fields = problem.fields ?? [];
        if (fields.some(({ code }) => code === 'not-kept')) {
          // Gone, or another one is there now: what is shown is asked for again, and agreed to again.
          this.set({ phase: 'fill', kept: {}, hasConsent: false, errors: {} });
          await this.look();
        }

        const errors = Object.fromEntries(fields.filter(({ field }) => field !== '*').map(({ field, code, message }) => [field, { code: code as RefusalCode, message }]));
        this.set({ phase: 'fill', errors, failure: 'fields' });
        this.onRefused();
        return;
      }

      case 'SC4001':
        this.set({ phase: 'fill', failure: 'consent', hasConsent: false });
        this.onRefused();
        return;
      case 'SC4002':
        try {
          const view = await this.api.get<FormView>('forms/current');
          this.set({ phase: 'fill', view, failure: 'notice', hasConsent: false });
          this.onRefused();
        } catch {
          this.set({ phase: 'fill', failure: 'offline' });
        }

        return;
      case 'SC6017':
        this.set({ wasSentBefore: true });
        this.finish('submitted');
        return;
      case 'SC6012':
        this.finish(problem.state ?? 'expired');
        return;
      case 'SC6011':
        this.finish('cancelled');
        return;
      default:
        if (error.isTransient) {
          this.set({ phase: 'fill', failure: error.isOffline ? 'offline' : error.code === 'SC6010' ? 'busy' : 'fault' });
        } else {
          this.fail(error, 'fill');
        }
    }
  }

  private fail(reason: unknown, otherwise: Phase): void {
    const code = reason instanceof ApiError ? reason.code : '';
    if (['SC6003', 'SC6004', 'SC6005', 'SC6026'].includes(code)) {
      clearInterval(this.watching);
      this.wipe();
      this.set({ phase: 'elsewhere' });
    } else if (code === 'SC6007') {
      this.set({ phase: 'refused' });
    } else if (code === 'SC6012' || code === 'SC6011') {
      this.finish((reason as ApiError).problem.state ?? 'cancelled');
    } else {
      this.set({ phase: otherwise, failure: 'fault' });
    }
  }

  private finish(state: FormRequestState): void {
    clearInterval(this.watching);
    if (isOpen(state)) {
      this.set({ phase: 'fill' });
      return;
    }

    // After the time is up the input stays until the visitor leaves (E18): it may be wanted for a new form.
    if (state !== 'expired') {
      this.wipe();
    }

    this.set({ phase: state as Phase, failure: undefined });
  }

  private tellProgress(): void {
    const fields = this.state.view?.definition.fields ?? [];
    const filled = fields.filter(field => (this.state.values[field.key] ?? '').trim() !== '' || this.isKept(field.key)).length;
    if (this.progress !== `${filled}/${fields.length}`) {
      this.progress = `${filled}/${fields.length}`;
      this.onProgress(filled, fields.length);
    }
  }

  private set(change: Partial<FormState>): void {
    this.state = { ...this.state, ...change };
    this.onChange();
  }
}
