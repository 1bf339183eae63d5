import { describe, expect, it } from 'vitest';
import { ApiError } from '../shared/http.ts';
import { Outbox, type OutboxOptions } from '../shared/outbox.ts';
import type { ConversationEvent } from '../shared/types.ts';

const CARD = '4111 1111 1111 1111';
const stored = (clientId: string, text: string): ConversationEvent =>
  ({ sequence: 1, kind: 'messageAdded', at: '2026-01-01T00:00:00Z', actor: 'visitor', clientId, text: text.replace(CARD, '[card]'), maskedKinds: ['payment-card'] });

function outbox(send: OutboxOptions['send']) {
  const settled: [ConversationEvent, string][] = [];
  let id = 0;
  const box = new Outbox({ send, changed: () => undefined, settled: (event, text) => settled.push([event, text]), newId: () => `id-${++id}`, wait: () => Promise.resolve() });
  return { box, settled };
}

describe('outbox', () => {
  it('forgets the typed text as soon as the stored one is known (E38)', async () => {
    const { box, settled } = outbox((clientId, text) => Promise.resolve(stored(clientId, text)));
    box.add(`it is ${CARD}`);
    expect(box.all[0]?.state).toBe('sending');
    await box.pump();
    await Promise.resolve();
    await new Promise(resolve => { setTimeout(resolve); });
    expect(box.all).toEqual([]);
    expect(settled).toHaveLength(1);
    expect(settled[0]?.[0].text).toBe('it is [card]');
    expect(JSON.stringify(box)).not.toContain('4111');
  });

  it('settles once when the event comes before the answer', async () => {
    const { box, settled } = outbox((clientId, text) => {
      box.settle(stored(clientId, text));
      return Promise.resolve(stored(clientId, text));
    });
    box.add(CARD);
    await new Promise(resolve => { setTimeout(resolve); });
    expect(settled).toHaveLength(1);
  });

  it('keeps order and client ids over a lost connection', async () => {
    let isOnline = false;
    const sent: string[] = [];
    const { box } = outbox((clientId, text) => {
      if (!isOnline) {
        return Promise.reject(new ApiError('network', 0));
      }

      sent.push(`${clientId} ${text}`);
      return Promise.resolve(stored(clientId, text));
    });
    box.add('one');
    box.add('two');
    await new Promise(resolve => { setTimeout(resolve); });
    expect(box.all.map(item => item.state)).toEqual(['waiting', 'waiting']);
    isOnline = true;
    await box.pump();
    expect(sent).toEqual(['id-1 one', 'id-2 two']);
    expect(box.all).toEqual([]);
  });

  it('tries a fault again with the same id, then leaves it to the sender; what comes after is not held up', async () => {
    const tries: string[] = [];
    const { box } = outbox((clientId, text) => {
      tries.push(clientId);
      return text === 'bad' ? Promise.reject(new ApiError('SC2001', 503)) : Promise.resolve(stored(clientId, text));
    });
    box.add('bad');
    box.add('good');
    await new Promise(resolve => { setTimeout(resolve); });
    expect(tries).toEqual(['id-1', 'id-1', 'id-1', 'id-2']);
    expect(box.all.map(item => [item.clientId, item.state, item.error?.code])).toEqual([['id-1', 'failed', 'SC2001']]);
    box.discard('id-1');
    expect(box.all).toEqual([]);
  });

  it('does not repeat what the server refuses for good', async () => {
    let tries = 0;
    const { box } = outbox(() => { tries++; return Promise.reject(new ApiError('SC6009', 413)); });
    box.add('long');
    await new Promise(resolve => { setTimeout(resolve); });
    expect(tries).toBe(1);
    expect(box.all[0]?.state).toBe('failed');
  });
});
