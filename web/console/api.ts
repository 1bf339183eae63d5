import { Api, ApiError, NETWORK, NO_ANSWER, SIGNED_OUT, TIMEOUT } from '../shared/http.ts';
import type {
  AgentsHereView, AgentView, ConversationEvent, ConversationListView, ConversationView, EventsView, FormCard, FormListView, RequestedFormView, RevealAnswer, RevealCommand, StepUpAnswer,
  TryMaskingCommand, TryMaskingView,
} from '../shared/types.ts';
import { kindsText } from './words.ts';

/** The prefix, taken from where this script came from: right behind every path base and proxy. */
export const prefix = new URL(/* @vite-ignore */ '.', import.meta.url);

export const http = new Api({ base: prefix });

/** The host's clock. Countdowns follow it. */
export const hostNow = (): number => Date.now() + http.skew;

export function errorOf(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('page', 0, { title: 'Something went wrong in this page.', nextStep: 'Reload it.' });
}

export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.code === SIGNED_OUT;

/** What went wrong and what to do, for people. The code in front is for whoever they ask. */
export function wordsOf(error: unknown): { title: string; nextStep: string; code: string } {
  const { code, problem } = errorOf(error);
  const own: Readonly<Record<string, readonly [string, string]>> = {
    [NETWORK]: ['The host does not answer.', 'Check the connection, then try again.'],
    [TIMEOUT]: ['The host took too long to answer.', 'Try again: a repeat is recognised.'],
    [NO_ANSWER]: ['Something between here and the host answered in its place.', 'Try again; if it stays, ask who runs the proxy.'],
    [SIGNED_OUT]: ['You are not signed in.', 'Sign in, then go on here.'],
    SC6005: ['It is not there for you any more.', 'It may have been taken, handed over or ended meanwhile.'],
    SC6010: ['That was too much at once.', 'Wait a moment, then try again.'],
    SC6014: ['This code was not accepted.', 'Each code works once. Wait for the next one, then enter it.'],
  };
  const kinds = problem.kinds ?? [];
  if (kinds.length > 0) return { title: `It may not be sent here: ${kindsText(kinds)}.`, nextStep: 'Take it out, or ask for it with a secure form.', code };
  const [title, nextStep] = own[code] ?? [problem.title ?? 'The host refused.', problem.nextStep ?? 'Try again.'];
  const wait = problem.retryAfter;
  return { title, nextStep: wait === undefined ? nextStep : `Wait ${waitText(wait)}, then try again.`, code: code.startsWith('SC') ? code : '' };
}

const waitText = (seconds: number): string => (seconds < 90 ? `${seconds} second${seconds === 1 ? '' : 's'}` : `${Math.ceil(seconds / 60)} minutes`);

const conversation = (id: string): string => `agent/conversations/${encodeURIComponent(id)}`;
const form = (id: string, requestId: string): string => `${conversation(id)}/forms/${encodeURIComponent(requestId)}`;

export const api = {
  me: () => http.get<AgentView>('agent/me'),
  here: async () => (await http.post<AgentsHereView>('agent/here')).agents,
  /** So many of the open conversations, or a page more, oldest first. A page may be short, even empty, while there are more. */
  list: async (most: number): Promise<{ conversations: readonly ConversationView[]; hasMore: boolean }> => {
    const conversations: ConversationView[] = [];
    let next: string | undefined;
    do {
      const page = await http.get<ConversationListView>(`agent/conversations${next === undefined ? '' : `?after=${encodeURIComponent(next)}`}`);
      conversations.push(...page.conversations);
      next = page.next;
    } while (next !== undefined && conversations.length < most);
    return { conversations, hasMore: next !== undefined };
  },
  conversation: (id: string) => http.get<ConversationView>(conversation(id)),
  events: (id: string, after: number) => http.get<EventsView>(`${conversation(id)}/events?after=${after}`),
  send: (id: string, clientId: string, text: string) => http.post<ConversationEvent>(`${conversation(id)}/messages`, { clientId, text }),
  assign: (id: string) => http.post<ConversationView>(`${conversation(id)}/assign`, {}),
  transfer: (id: string, agent: string) => http.post<ConversationView>(`${conversation(id)}/transfer`, { agent }),
  close: (id: string) => http.post<ConversationView>(`${conversation(id)}/close`),
  forms: async () => (await http.get<FormListView>('agent/forms')).forms,
  requestForm: (id: string, formKey: string) => http.post<RequestedFormView>(`${conversation(id)}/forms`, { formKey }),
  card: (id: string, requestId: string) => http.get<FormCard>(form(id, requestId)),
  cancel: (id: string, requestId: string) => http.post<FormCard>(`${form(id, requestId)}/cancel`),
  stepUp: (id: string, requestId: string, body: { claimId: string; valueIds: readonly string[]; code: string }) =>
    http.post<StepUpAnswer>(`${form(id, requestId)}/step-up`, body),
  reveal: (id: string, requestId: string, body: RevealCommand) => http.post<RevealAnswer>(`${form(id, requestId)}/reveal`, body),
  tryMasking: (body: TryMaskingCommand) => http.post<TryMaskingView>('agent/privacy/masking/try', body),
  acknowledge: (id: string, requestId: string, claimId: string) =>
    http.post<FormCard>(`${form(id, requestId)}/acknowledge`, { claimId }, { keepalive: true }),
};

export type ConsoleApi = typeof api;
