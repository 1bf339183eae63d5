import type { HubConnection } from '@microsoft/signalr';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Api } from '../shared/http.ts';
import { ChatLink, retryDelay, type LinkOptions, type LinkState } from '../shared/hub.ts';
import type { ConversationEvent, HubReply } from '../shared/types.ts';

const event = (sequence: number, more: Partial<ConversationEvent> = {}): ConversationEvent =>
  ({ sequence, kind: 'messageAdded', at: '2026-01-01T00:00:00Z', actor: 'agent', text: `${sequence}`, ...more });

/** A server with one conversation: over HTTP and over sockets that can be broken, each on its own. */
class Server {
  events: ConversationEvent[] = [];
  isHttpUp = true;
  isSocketUp = true;
  joins: Record<string, unknown>[] = [];
  sockets: Socket[] = [];
  reads = 0;
  refusal: HubReply<never> | undefined;

  add(more: Partial<ConversationEvent> = {}, isTold = true): void {
    const added = event(this.events.length + 1, more);
    this.events.push(added);
    if (isTold) {
      this.sockets.filter(socket => socket.isOpen).forEach(socket => socket.tell('event', added));
    }
  }

  fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (!this.isHttpUp) {
      return Promise.reject(new TypeError('Failed to fetch'));
    }

    const { pathname, searchParams } = new URL(String(url));
    const json = (body: unknown) => Promise.resolve(Response.json(body));
    if (init?.method === 'POST') {
      const { clientId, text } = JSON.parse(String(init.body)) as { clientId: string; text: string };
      return json(this.store(clientId, text));
    }

    if (pathname.endsWith('/events')) {
      this.reads++;
      const after = Number(searchParams.get('after'));
      return json({ events: this.events.slice(after, after + Math.min(Number(searchParams.get('limit') ?? 200), 200)), isDestroyed: false });
    }

    return json({ id: 'c', type: 'chat', state: 'open', createdAt: '', lastActivityAt: '' });
  };

  store(clientId: string, text: string): ConversationEvent {
    const known = this.events.find(candidate => candidate.clientId === clientId);
    if (!known) {
      this.add({ actor: 'visitor', clientId, text });
    }

    return known ?? this.events.at(-1)!;
  }
}

class Socket {
  state = 'Disconnected';
  isOpen = false;
  isDeaf = false;
  private readonly handlers = new Map<string, (frame: unknown) => void>();
  private readonly closing: (() => void)[] = [];

  constructor(private readonly server: Server) {
    server.sockets.push(this);
  }

  start(): Promise<void> {
    if (!this.server.isSocketUp) {
      return Promise.reject(new Error('WebSocket failed to connect.'));
    }

    this.state = 'Connected';
    return Promise.resolve();
  }

  stop(): Promise<void> {
    if (this.state !== 'Disconnected') {
      this.state = 'Disconnected';
      this.isOpen = false;
      this.closing.forEach(close => close());
    }

    return Promise.resolve();
  }

  on(name: string, handler: (frame: never) => void): void {
    this.handlers.set(name, handler as (frame: unknown) => void);
  }

  onclose(handler: () => void): void {
    this.closing.push(handler);
  }

  tell(name: string, frame: unknown): void {
    if (!this.isDeaf) {
      this.handlers.get(name)?.(frame);
    }
  }

  invoke(method: string, argument: Record<string, unknown>): Promise<HubReply<unknown>> {
    const last = this.server.events.length;
    if (this.isDeaf) {
      return new Promise(() => undefined);
    }

    if (this.server.refusal) {
      return Promise.resolve(this.server.refusal);
    }

    switch (method) {
      case 'Join':
        this.server.joins.push(argument);
        this.isOpen = true;
        return Promise.resolve({ result: { conversation: { id: 'c', type: 'chat', state: 'open', createdAt: '', lastActivityAt: '' }, lastSequence: last } });
      case 'Heartbeat':
        return Promise.resolve({ result: { lastSequence: last } });
      case 'Send':
        return Promise.resolve({ result: this.server.store(String(argument.clientId), String(argument.text)) });
      default:
        return Promise.resolve({});
    }
  }
}

let server: Server;
let link: ChatLink | undefined;
let states: LinkState[];
let heard: number[];
const listeners = new Map<string, () => void>();

function open(more: Partial<LinkOptions> = {}): ChatLink {
  states = [];
  heard = [];
  link = new ChatLink({
    api: new Api({ base: 'https://example.com/chat', fetch: server.fetch as typeof fetch }), conversationId: 'c', role: 'visitor', token: 't',
    connect: () => new Socket(server) as unknown as HubConnection,
    onState: state => states.push(state),
    onEvents: events => heard.push(...events.map(({ sequence }) => sequence)),
    ...more,
  });
  link.start();
  return link;
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  vi.stubGlobal('addEventListener', (name: string, listener: () => void) => listeners.set(name, listener));
  vi.stubGlobal('removeEventListener', () => undefined);
  vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined, removeEventListener: () => undefined });
});

afterEach(() => {
  link?.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('connection', () => {
  it('reads the newest page of a long conversation, then what follows', async () => {
    server.events = Array.from({ length: 10_000 }, (_, i) => event(i + 1));
    const opened = open();
    await pass(10);
    expect(opened.state).toBe('online');
    expect(heard[0]).toBe(9_901);
    expect(opened.log?.last).toBe(10_000);
    expect(server.reads).toBeLessThan(5);
    server.add();
    expect(opened.log?.last).toBe(10_001);
    expect(await opened.loadEarlier(50)).toBe(true);
    expect(opened.log?.before).toBe(9_850);
  });

  it('puts the token into Join, and names where it stands when it comes back', async () => {
    server.add();
    open();
    await pass(10);
    server.sockets[0]!.stop();
    server.add();
    await pass(2_000);
    expect(server.joins.map(join => join.token)).toEqual(['t', 't']);
    expect(server.joins[1]?.after).toBe(1);
    expect(heard).toEqual([1, 2]);
  });

  it('fills a gap of frames by reading', async () => {
    open();
    await pass(10);
    server.add({}, false);
    server.add({}, false);
    server.add();
    await pass(10);
    expect(heard).toEqual([1, 2, 3]);
  });

  it('finds a frame that was lost by asking for the tail', async () => {
    open();
    await pass(10);
    server.add({}, false);
    await pass(15_100);
    expect(heard).toEqual([1]);
  });

  it('finds out a socket that looks alive and is dead', async () => {
    const opened = open();
    await pass(10);
    server.sockets[0]!.isDeaf = true;
    server.add();
    await pass(15_000 + 10_000 + 2_000);
    expect(opened.state).toBe('online');
    expect(server.sockets).toHaveLength(2);
    expect(heard).toEqual([1]);
  });

  it('goes over to HTTP when sockets are blocked, sends there, and comes back when they are not', async () => {
    server.isSocketUp = false;
    server.events = Array.from({ length: 300 }, (_, i) => event(i + 1));
    const opened = open();
    await pass(2_000);
    expect(opened.state).toBe('polling');
    expect(heard[0]).toBe(201);
    opened.send('over HTTP');
    await pass(10);
    expect(opened.outbox.all).toEqual([]);
    expect(server.events.at(-1)?.text).toBe('over HTTP');
    server.add();
    await pass(3_000);
    expect(heard.at(-1)).toBe(302);
    server.isSocketUp = true;
    await pass(65_000);
    expect(opened.state).toBe('online');
  });

  it('tries for ever, keeps what was written, and sends it once', async () => {
    server.isSocketUp = false;
    server.isHttpUp = false;
    const opened = open();
    await pass(10);
    opened.send('kept');
    await pass(600_000);
    expect(opened.state).toBe('offline');
    expect(opened.outbox.all.map(item => item.state)).toEqual(['waiting']);
    server.isSocketUp = true;
    server.isHttpUp = true;
    await pass(31_000);
    expect(opened.state === 'online' || opened.state === 'polling').toBe(true);
    expect(server.events.filter(({ text }) => text === 'kept')).toHaveLength(1);
    expect(opened.outbox.all).toEqual([]);
  });

  it('tries at once when the network is back', async () => {
    server.isSocketUp = false;
    server.isHttpUp = false;
    const opened = open();
    await pass(100_000);
    server.isSocketUp = true;
    server.isHttpUp = true;
    listeners.get('online')!();
    await pass(10);
    expect(opened.state).toBe('online');
  });

  it.each(['SC6003', 'SC6005'])('gives up on %s: trying again cannot help', async code => {
    server.refusal = { error: { code, title: '', nextStep: '' } };
    const opened = open();
    await pass(60_000);
    expect(opened.state).toBe('ended');
    expect(opened.ended).toBe(code);
    expect(server.sockets).toHaveLength(1);
  });

  it('ends when the server takes it out', async () => {
    const opened = open();
    await pass(10);
    server.sockets[0]!.tell('removed', { reason: 'destroyed' });
    await pass(60_000);
    expect(opened.ended).toBe('removed:destroyed');
    expect(server.sockets).toHaveLength(1);
  });

  it('spreads its tries', () => {
    expect(retryDelay(0, () => 0)).toBe(250);
    expect(retryDelay(0, () => 1)).toBe(500);
    expect(retryDelay(30, () => 0)).toBe(15_000);
    expect(retryDelay(30, () => 1)).toBe(30_000);
  });
});
