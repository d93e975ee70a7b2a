/** One open socket on a clock that is moved by hand: whose answer is late, who is silent, and what is left after its end. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { SignalingConnection } from './signaling-connection.ts';

class Socket extends EventTarget {
  readonly OPEN = 1;
  readyState = 1;
  readonly sent: { id: number; method: string }[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 2;
  }
  receive(frame: unknown): void {
    this.dispatchEvent(
      new MessageEvent('message', { data: typeof frame === 'string' ? frame : JSON.stringify(frame) }),
    );
  }
  /** by the network or the node */
  end(code: number): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}

const PULSE = { event: 'pulse', data: {} };
let socket: Socket;
let connection: SignalingConnection;
const onNotification = vi.fn();
const onClose = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  vi.spyOn(console, 'error').mockImplementation(() => {});
  socket = new Socket();
  connection = connectTo(socket);
});
afterEach(() => {
  connection.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
const connectTo = (to: Socket) => new SignalingConnection(to as unknown as WebSocket, { onNotification, onClose });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const outcome = (answer: Promise<unknown>) =>
  answer.then(
    () => 'answered',
    ({ code }: { code: string }) => code,
  );
const answer = (id: number, data: object = {}) => socket.receive({ id, ok: true, data });
const pings = () => socket.sent.filter(({ method }) => method === 'ping').length;
async function greeted(): Promise<void> {
  const admission = { kind: 'token', token: 't' } as const;
  void outcome(connection.request('hello', { protocol: PROTOCOL_VERSION, admission }));
  const iceParameters = { usernameFragment: 'u', password: 'p' };
  const dtlsParameters = { fingerprints: [{ algorithm: 'sha-256', value: 'AA:BB' }] };
  const transport = { transportId: 't', iceParameters, iceCandidates: [], dtlsParameters };
  const rtpParameters = { codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }] };
  const anchor = { consumerId: 'c', producerId: 'p', rtpParameters };
  answer(1, {
    protocol: PROTOCOL_VERSION,
    callId: '01890000-0000-7000-8000-000000000001',
    peerId: '01890000-0000-7000-8000-000000000002',
    peerKind: 'person',
    publishes: [],
    receives: [],
    rights: [],
    documents: [],
    meetingTitle: 'Test',
    resumeSecret: 's',
    admission: { kind: 'fresh', media: { routerRtpCapabilities: {}, send: transport, recv: transport, anchor } },
  });
  await pass(0);
}

describe('a request without an answer', () => {
  it('ends the connection three seconds after it was sent, however long nothing was received before', async () => {
    await pass(10_000);
    const result = outcome(connection.request('ping', {}));
    await pass(2_999);
    expect(onClose).not.toHaveBeenCalled();
    await pass(1);
    expect(onClose.mock.calls).toEqual([[null]]);
    expect(await result).toBe('media-failed');
    expect(socket.readyState).toBe(2);
  });

  it('is waited for while the node sends anything else, and for three seconds from then on', async () => {
    void outcome(connection.request('ping', {}));
    await pass(2_000);
    socket.receive(PULSE);
    await pass(2_999);
    expect(onClose).not.toHaveBeenCalled();
    await pass(1);
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('is found by its id: a later one may be answered before it', async () => {
    const [first, second] = [connection.request('ping', {}), connection.request('raise-hand', { isUp: true })];
    answer(2);
    expect(await outcome(second)).toBe('answered');
    answer(1);
    expect(await outcome(first)).toBe('answered');
  });

  it('is rejected with the reason for which the node closes', async () => {
    const result = outcome(connection.request('ping', {}));
    socket.end(4422);
    expect(await result).toBe('removed-from-call');
    expect(onClose.mock.calls).toEqual([['removed-from-call']]);
  });
});

describe('a node that is silent', () => {
  it('is asked after two seconds once it has let us in, one ping at a time', async () => {
    await pass(10_000);
    expect(pings()).toBe(0);
    await greeted();
    await pass(1_999);
    expect(pings()).toBe(0);
    await pass(1);
    expect(pings()).toBe(1);
    await pass(1_000);
    expect(pings()).toBe(1);
    answer(2);
    await pass(1_999);
    expect(pings()).toBe(1);
    await pass(1);
    expect(pings()).toBe(2);
  });

  it('is not asked while it sends pulses', async () => {
    await greeted();
    for (let pulses = 0; pulses < 10; pulses++) {
      await pass(1_500);
      socket.receive(PULSE);
    }
    expect(pings()).toBe(0);
  });
});

describe('after its end', () => {
  it('nothing is received, sent or asked any more, and only the end by another is reported', async () => {
    await greeted();
    const result = outcome(connection.request('ping', {}));
    connection.close();
    expect(await result).toBe('media-failed');
    expect(await outcome(connection.request('ping', {}))).toBe('media-failed');
    const { length } = socket.sent;
    socket.receive(PULSE);
    socket.end(4422);
    await pass(20_000);
    expect([onNotification.mock.calls, onClose.mock.calls, socket.sent.length]).toEqual([[], [], length]);
  });

  it('by a message that breaks the contract, it ends once, with that reason', async () => {
    const result = outcome(connection.request('ping', {}));
    socket.receive('no JSON');
    socket.end(1006);
    expect(await result).toBe('bad-message');
    expect(onClose.mock.calls).toEqual([['bad-message']]);
  });
});

it('ends at once where its socket has died before it came here', async () => {
  const dead = new Socket();
  dead.end(1006);
  connectTo(dead);
  expect(onClose).not.toHaveBeenCalled();
  await pass(0);
  expect(onClose.mock.calls).toEqual([[null]]);
});
