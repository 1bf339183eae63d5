import { describe, expect, it } from 'vitest';
import { ApiError } from '../shared/http.ts';
import { Outbox, type Outgoing, type OutboxOptions } from '../shared/outbox.ts';
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

  it('tells of a message that the rules do not let through, with its text and the kinds, once', async () => {
    const failed: Outgoing[] = [];
    const box = new Outbox({
      newId: () => 'id-1', changed: () => undefined, settled: () => undefined, failed: item => failed.push(item),
      send: () => Promise.reject(ApiError.ofHub({ code: 'SC2003', title: 'No.', nextStep: 'Take it out.', kinds: ['payment-card'] })),
    });
    box.add('my card');
    await new Promise(resolve => { setTimeout(resolve); });
    expect(failed.map(item => [item.text, item.error?.isBlocked, item.error?.isTransient, item.error?.problem.kinds])).toEqual([['my card', true, false, ['payment-card']]]);
  });

  it('does not repeat what the server refuses for good', async () => {
    let tries = 0;
    const { box } = outbox(() => { tries++; return Promise.reject(new ApiError('SC6009', 413)); });
    box.add('long');
    await new Promise(resolve => { setTimeout(resolve); });
    expect(tries).toBe(1);
    expect(box.all[0]?.state).toBe('failed');
  });

  describe('what is settled or gone changes nothing again', () => {
    /** One message under way, whose sending ends when the test says so. */
    function underWay() {
      let end: { resolve: (event: ConversationEvent) => void; reject: (reason: unknown) => void } | undefined;
      const sent: string[] = [];
      const settled: string[] = [];
      let changes = 0;
      let id = 0;
      const box = new Outbox({
        send: clientId => {
          sent.push(clientId);
          return sent.length === 1 ? new Promise((resolve, reject) => { end = { resolve, reject }; }) : Promise.resolve(stored(clientId, 'later'));
        },
        changed: () => { changes++; },
        settled: event => settled.push(event.clientId!),
        newId: () => `id-${++id}`,
        wait: () => Promise.resolve(),
      });
      box.add('first');
      return { box, sent, settled, end: end!, changes: () => changes };
    }

    const turn = () => new Promise(resolve => { setTimeout(resolve); });
    const endings: [string, (end: ReturnType<typeof underWay>['end']) => void][] = [
      ['an answer', end => end.resolve(stored('id-1', 'first'))],
      ['a refusal', end => end.reject(new ApiError('SC6011', 409))],
      ['a fault that would be tried again', end => end.reject(new ApiError('SC6021', 500))],
      ['a lost connection', end => end.reject(new ApiError('network', 0))],
    ];
    const fates: [string, (box: Outbox) => void][] = [
      ['settled by its event', box => box.settle(stored('id-1', 'first'))],
      ['discarded', box => box.discard('id-1')],
      ['cleared', box => box.clear()],
    ];
    it.each(fates.flatMap(([fate, meet]) => endings.map(([ending, how]) => [fate, ending, meet, how] as const)))('%s, then %s', async (_fate, _ending, meet, how) => {
      const { box, sent, settled, end, changes } = underWay();
      meet(box);
      const before = [changes(), settled.length, box.all] as const;
      how(end);
      await turn();
      expect([changes(), settled.length, box.all]).toEqual(before);
      expect(sent).toEqual(['id-1']);
    });

    it.each(endings)('%s of a message that is gone keeps nothing that came after it', async (_ending, how) => {
      const { box, sent, settled, end } = underWay();
      box.clear();
      box.add('of the next conversation');
      how(end);
      await turn();
      expect(sent).toEqual(['id-1', 'id-2']);
      expect(settled).toEqual(['id-2']);
      expect(box.all).toEqual([]);
    });

    it('an event that comes twice settles once, and nothing is retried or discarded after it', async () => {
      const { box, sent, settled, end, changes } = underWay();
      end.resolve(stored('id-1', 'first'));
      await turn();
      const before = changes();
      box.settle(stored('id-1', 'first'));
      box.retry('id-1');
      box.discard('id-1');
      await turn();
      expect(settled).toEqual(['id-1']);
      expect(sent).toEqual(['id-1']);
      expect(changes()).toBe(before);
    });

    it('a retry of a message that is on its way does not send it twice', async () => {
      const { box, sent, end, changes } = underWay();
      const before = changes();
      box.retry('id-1');
      expect(changes()).toBe(before);
      end.resolve(stored('id-1', 'first'));
      await turn();
      expect(sent).toEqual(['id-1']);
    });

    it('a message that failed and was stored after all is settled, and stays so', async () => {
      const { box, settled, end } = underWay();
      end.reject(new ApiError('SC6011', 409));
      await turn();
      expect(box.all[0]?.state).toBe('failed');
      box.settle(stored('id-1', 'first'));
      box.retry('id-1');
      await turn();
      expect(settled).toEqual(['id-1']);
      expect(box.all).toEqual([]);
    });
  });
});
