/** An event stream in pieces as a network delivers them, and a body that nobody reads any more. */
import { describe, expect, it } from 'vitest';
import { serverSentEvents, type ServerSentEvent } from './server-sent-events.ts';

/** A body of these pieces; `isCancelled` once its reader wants no more. */
function bodyOf(pieces: readonly (string | Uint8Array)[], isEndless = false) {
  const state = { isCancelled: false };
  const left = pieces.map((piece) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : piece));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift();
      if (piece) controller.enqueue(piece);
      else if (!isEndless) controller.close();
    },
    cancel() {
      state.isCancelled = true;
    },
  });
  return { body, state };
}
async function eventsOf(...pieces: (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of serverSentEvents(bodyOf(pieces).body)) events.push(event);
  return events;
}

describe('events', () => {
  it('are whole however the network cuts them, in the middle of a letter too', async () => {
    const bytes = new TextEncoder().encode('event: documents\r\ndata: "Plän"\r\n\r\n');
    const whole = [{ name: 'documents', data: '"Plän"' }];
    for (let cut = 1; cut < bytes.length; cut++)
      expect(await eventsOf(bytes.slice(0, cut), bytes.slice(cut)), `cut at ${cut}`).toEqual(whole);
  });

  it('have the lines of their own data, and no name of the event before', async () => {
    expect(
      await eventsOf('event: a\ndata: 1\ndata:2\n: beat\nid: 7\n\n', 'data: 3\n\nevent: b\n\ndata: 4\n\n'),
    ).toEqual([
      { name: 'a', data: '1\n2' },
      { name: 'message', data: '3' },
      { name: 'message', data: '4' },
    ]);
  });

  it('that do not end are not collected for ever', async () => {
    const endless = bodyOf(
      Array.from({ length: 5 }, () => 'x'.repeat(1024 * 1024)),
      true,
    );
    await expect(serverSentEvents(endless.body).next()).rejects.toThrow(RangeError);
    expect(endless.state.isCancelled).toBe(true);
  });
});

describe('the body', () => {
  it('is let go by who stops reading, so that its connection is free', async () => {
    const { body, state } = bodyOf(['data: 1\n\n', 'data: 2\n\n'], true);
    for await (const { data } of serverSentEvents(body)) {
      expect(data).toBe('1');
      break;
    }
    expect(state.isCancelled).toBe(true);
  });

  it('that breaks off rejects with its own reason, after what came whole', async () => {
    const reason = new TypeError('network error');
    let isFirst = true;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isFirst) controller.enqueue(new TextEncoder().encode('data: 1\n\ndata: half'));
        else controller.error(reason);
        isFirst = false;
      },
    });
    const events = serverSentEvents(body);
    expect((await events.next()).value).toEqual({ name: 'message', data: '1' });
    await expect(events.next()).rejects.toBe(reason);
  });
});
