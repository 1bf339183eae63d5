import type { FieldRefusal, FormRequestState, HubError } from './types.ts';

/** Codes of our own for what never reached the server, or was no answer of it. */
export const NETWORK = 'network';
export const TIMEOUT = 'timeout';
export const NO_ANSWER = 'no-answer';
export const SIGNED_OUT = 'SC6003';

/** What problem details carry, all of it optional: a proxy in between may answer something else. */
export interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly nextStep?: string;
  readonly errors?: Readonly<Record<string, readonly string[]>>;
  readonly fields?: readonly FieldRefusal[];
  readonly state?: FormRequestState;
  readonly openedByRole?: string;
  readonly openedAt?: string;
  readonly noticeKey?: string;
  readonly version?: string;
  readonly language?: string;
  readonly retryAfter?: number;
  readonly maxAge?: number;
  /** Kinds that the message may not hold. */
  readonly kinds?: readonly string[];
}

/** A refusal or a fault. The message is the server's title: it never carries a value. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    readonly status: number,
    readonly problem: Problem = {},
  ) {
    super(problem.title ?? code);
  }

  static ofHub(error: HubError): ApiError {
    const { code, title, nextStep, retryAfterSeconds, kinds } = error;
    return new ApiError(code, 0, { code, title, nextStep, ...(retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }), ...(kinds === undefined ? {} : { kinds }) });
  }

  /** Whether the same call with the same ids may work later: nothing was done, or a repeat is recognised. */
  get isTransient(): boolean {
    return this.status >= 500 || this.status === 429
      || [NETWORK, TIMEOUT, NO_ANSWER, 'SC2001', 'SC3001', 'SC3002', 'SC3008', 'SC4003', 'SC5001', 'SC5002', 'SC6010', 'SC6021'].includes(this.code);
  }

  /** Whether the host's rules do not let the message through as it is: a repeat would be refused again. */
  get isBlocked(): boolean {
    return this.code === 'SC2003';
  }

  /** Whether nothing came from the server at all. */
  get isOffline(): boolean {
    return this.code === NETWORK || this.code === TIMEOUT;
  }
}

export interface ApiOptions {
  /** The prefix of SecureChat, with or without a slash at the end. */
  readonly base: string | URL;
  /** Bearer token of the call, asked for each time; agents have none. */
  readonly token?: () => string | undefined;
  readonly credentials?: RequestCredentials;
  readonly language?: () => string | undefined;
  readonly timeout?: number;
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The page is going away: let the call outlive it. */
  readonly keepalive?: boolean;
}

/** Calls of the HTTP API: relative paths, JSON, problem details as `ApiError`. */
export class Api {
  readonly base: string;

  /** Server's clock minus ours, in milliseconds, as of the last answer that let us read its date. */
  skew = 0;

  constructor(private readonly options: ApiOptions) {
    const base = String(options.base);
    this.base = base.endsWith('/') ? base : `${base}/`;
  }

  get<T>(path: string, options?: CallOptions): Promise<T> {
    return this.call<T>('GET', path, undefined, options);
  }

  post<T>(path: string, body?: unknown, options?: CallOptions): Promise<T> {
    return this.call<T>('POST', path, body, options);
  }

  private async call<T>(method: string, path: string, body: unknown, { signal, keepalive }: CallOptions = {}): Promise<T> {
    const { token, credentials = 'same-origin', language, timeout = 20_000, fetch: send = fetch.bind(globalThis) } = this.options;
    const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' };
    const bearer = token?.();
    if (bearer) {
      headers.Authorization = `Bearer ${bearer}`;
    }

    const tongue = language?.();
    if (tongue) {
      headers['Accept-Language'] = tongue;
    }

    if (method !== 'GET') {
      headers['X-SecureChat'] = '1';
    }

    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }

    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeout);
    const cancel = () => limit.abort();
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) {
      cancel();
    }

    try {
      const request: RequestInit = { method, headers, credentials, cache: 'no-store', redirect: 'manual', referrerPolicy: 'no-referrer', signal: limit.signal };
      if (body !== undefined) {
        request.body = JSON.stringify(body);
      }

      if (keepalive) {
        request.keepalive = true;
      }

      const response = await send(this.base + path, request);
      const date = Date.parse(response.headers.get('Date') ?? '');
      if (date) {
        this.skew = Math.abs(date - Date.now()) < 2_000 ? 0 : date - Date.now();
      }

      // A redirect is a host's sign-in page: this API knows none.
      if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
        throw new ApiError(SIGNED_OUT, 401);
      }

      const isJson = /json/i.test(response.headers.get('Content-Type') ?? '');
      const answer = isJson ? await response.json() as unknown : undefined;
      if (!response.ok) {
        const problem = (answer ?? {}) as Problem;
        const retryAfter = problem.retryAfter ?? (Number(response.headers.get('Retry-After')) || undefined);
        throw new ApiError(
          problem.code ?? (response.status === 401 ? SIGNED_OUT : NO_ANSWER),
          response.status,
          retryAfter === undefined ? problem : { ...problem, retryAfter });
      }

      if (!isJson && response.status !== 204) {
        throw new ApiError(NO_ANSWER, response.status);
      }

      return answer as T;
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError(limit.signal.aborted && !signal?.aborted ? TIMEOUT : NETWORK, 0);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }
}

/** A random id for `clientId`, `submissionId`, `claimId`: 128 bits, base64url. */
export function newId(): string {
  let text = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
    text += byte.toString(16).padStart(2, '0');
  }

  return text;
}
