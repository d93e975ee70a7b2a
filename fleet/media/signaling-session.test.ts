/** One connection on a clock that is moved by hand: its hello, its silence, its end, and notifications to a client that is behind. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { InvalidStateError } from '#contract/error-codes.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { WebSocket } from 'ws';
import { defaultSettings } from './media-settings.ts';
import type { AdmittedPeer } from './call-registry.ts';
import { SignalingSession, type SignalingSessionOptions } from './signaling-session.ts';

class Socket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly closedWith: number[] = [];
  pings = 0;
  send(text: string): void {
    this.sent.push(text);
  }
  ping(): void {
    this.pings += 1;
  }
  /** the client does not answer the close frame */
  close(code: number): void {
    this.closedWith.push(code);
    this.readyState = 2;
  }
  terminate(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit('close');
  }
  get isGone(): boolean {
    return this.readyState === 3;
  }
  receive(frame: object): void {
    this.emit('message', Buffer.from(JSON.stringify(frame)), false);
  }
}

let socket: Socket;
let session: SignalingSession;
let admit: (admitted: AdmittedPeer) => void;
let refuse: (error: Error) => void;
const onClosed = vi.fn();
const drop = vi.fn();
const leave = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  socket = new Socket();
  session = new SignalingSession({
    socket: socket as unknown as WebSocket,
    network: '192.0.2.1',
    address: '192.0.2.1',
    settings: defaultSettings,
    registry: {
      resume: () =>
        new Promise<AdmittedPeer>((resolve, reject) => {
          [admit, refuse] = [resolve, reject];
        }),
    },
    onHello: () => {},
    mayFail: () => true,
    onClosed,
    logger: pino({ level: 'silent' }),
  } as unknown as SignalingSessionOptions);
  session.start();
});
afterEach(() => {
  socket.terminate();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
const BEHIND = 1_000_000;

it('sends what passes at once to a client that keeps up', () => {
  for (const text of ['p1', 'p2']) session.notify(text, true);
  expect(socket.sent).toEqual(['p1', 'p2']);
});

it('keeps the latest back while the client is behind, and sends it once it is not', () => {
  socket.bufferedAmount = BEHIND;
  for (const text of ['p1', 'p2', 'p3']) session.notify(text, true);
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual([]);
  socket.bufferedAmount = 0;
  vi.advanceTimersByTime(200);
  expect(socket.sent).toEqual(['p3']);
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual(['p3']);
});

it('drops nothing else, and puts what was kept back before it', () => {
  socket.bufferedAmount = BEHIND;
  session.notify('p1', true);
  session.notify('p2', true);
  session.notify('stroke');
  session.notify('turn');
  session.notify('p3', true);
  expect(socket.sent).toEqual(['p2', 'stroke', 'turn']);
  socket.bufferedAmount = 0;
  session.notify('p4', true);
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual(['p2', 'stroke', 'turn', 'p4']);
});

it('holds nothing for a client that is gone', () => {
  socket.bufferedAmount = BEHIND;
  session.notify('p1', true);
  socket.terminate();
  socket.bufferedAmount = 0;
  vi.advanceTimersByTime(1_000);
  expect(socket.sent).toEqual([]);
});

const place = {
  peer: { peerId: 'peer', claims: { peerKind: 'person', meetingTitle: 'Test' }, permissions: {}, resumeSecret: 's' },
  call: { callId: 'call', drop, leave },
  admission: {},
} as unknown as AdmittedPeer;
const settled = () => vi.advanceTimersByTimeAsync(0);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const sayHello = () =>
  socket.receive({
    id: 1,
    method: 'hello',
    data: {
      protocol: PROTOCOL_VERSION,
      admission: { kind: 'resume', peerId: '01890000-0000-7000-8000-000000000001', secret: 's' },
    },
  });
async function admitted(): Promise<void> {
  sayHello();
  await settled();
  admit(place);
  await settled();
}
/** what was sent, each by its event or the id that it answers */
const sent = () =>
  socket.sent.map((text) => {
    const frame = JSON.parse(text) as { event?: string; id?: number | null; error?: { code: string } };
    return frame.event ?? `${frame.id} ${frame.error?.code ?? 'ok'}`;
  });

describe('a hello', () => {
  it('that does not come in five seconds is waited for no longer', async () => {
    await pass(4_999);
    expect(socket.closedWith).toEqual([]);
    await pass(1);
    expect([sent(), socket.closedWith]).toEqual([['null hello-expected'], [4402]]);
    await pass(2_000);
  });

  it('that came in time may be answered late', async () => {
    await pass(4_999);
    sayHello();
    await pass(20_000);
    admit(place);
    await settled();
    expect([sent(), socket.closedWith]).toEqual([['1 ok'], []]);
  });

  it('whose socket closes before its answer gives the place up, once', async () => {
    sayHello();
    await settled();
    socket.terminate();
    expect(drop).not.toHaveBeenCalled();
    admit(place);
    await settled();
    expect(drop.mock.calls).toEqual([[place.peer, session]]);
    expect([sent(), onClosed.mock.calls.length]).toEqual([[], 1]);
  });

  it('that is refused is answered before the socket is closed, with the same code', async () => {
    sayHello();
    await settled();
    refuse(new InvalidStateError('peer-unknown'));
    await settled();
    expect([sent(), socket.closedWith]).toEqual([['1 peer-unknown'], [4433]]);
    await pass(2_000);
  });

  it('is answered before what happens meanwhile, and before the end that comes meanwhile', async () => {
    sayHello();
    await settled();
    session.notify('{"event":"moved"}');
    session.close('replaced');
    expect([sent(), socket.closedWith]).toEqual([[], []]);
    admit(place);
    await settled();
    expect([sent(), socket.closedWith]).toEqual([['1 ok', 'moved'], [4434]]);
    await pass(2_000);
  });
});

describe('a client that leaves and closes while its request before that is under way', () => {
  const leaves = (): void => {
    socket.receive({ id: 9, method: 'leave-call', data: {} });
    socket.terminate();
  };
  beforeEach(() => {
    Object.assign(place.peer, { line: session });
  });

  it('has left, and its place is not kept for it', async () => {
    await admitted();
    socket.receive({ id: 2, method: 'ping', data: {} });
    leaves();
    await settled();
    expect([leave.mock.calls, drop.mock.calls]).toEqual([[[place.peer]], []]);
  });

  it('has left also where that request is its hello', async () => {
    sayHello();
    await settled();
    leaves();
    expect(leave).not.toHaveBeenCalled();
    admit(place);
    await settled();
    expect([leave.mock.calls, drop.mock.calls]).toEqual([[[place.peer]], []]);
  });

  it('does not leave for another connection that has its place by now', async () => {
    await admitted();
    socket.receive({ id: 2, method: 'ping', data: {} });
    place.peer.line = null;
    leaves();
    await settled();
    expect(leave).not.toHaveBeenCalled();
  });
});

it('a client may ask 300 times at once, and a hundred times a second from then on', async () => {
  await admitted();
  const ask = (id: number): void => socket.receive({ id, method: 'ping', data: {} });
  // the hello was the first
  for (let id = 2; id <= 300; id++) ask(id);
  await pass(10);
  ask(301);
  await settled();
  expect([sent().at(-1), socket.closedWith]).toEqual(['301 ok', []]);
  ask(302);
  await settled();
  expect([sent().at(-1), socket.closedWith]).toEqual(['null too-many-attempts', [4429]]);
  await pass(2_000);
});

describe('a client that is silent', () => {
  const look = () => session.checkPulse(performance.now());

  it('is asked after one and a half pulses', async () => {
    await pass(2_250);
    look();
    expect(socket.pings).toBe(0);
    await pass(1);
    look();
    expect(socket.pings).toBe(1);
  });

  it.each([
    ['a pong', () => void socket.emit('pong')],
    ['a request', () => socket.receive({ id: 2, method: 'ping', data: {} })],
  ])('is given up that long after its last sign of life: %s', async (_, live) => {
    await admitted();
    await pass(3_000);
    live();
    await settled();
    await pass(5_500);
    look();
    expect(socket.isGone).toBe(false);
    await pass(1);
    look();
    expect(socket.isGone).toBe(true);
  });

  it('gets a pulse where it has got nothing else for half a second, once it has a place', async () => {
    await pass(1_000);
    look();
    expect(sent()).toEqual([]);
    await admitted();
    await pass(500);
    look();
    expect(sent()).toEqual(['1 ok']);
    await pass(1);
    look();
    expect(sent()).toEqual(['1 ok', 'pulse']);
    await pass(500);
    look();
    expect(sent()).toHaveLength(2);
  });

  it('gets no pulse while it is behind, and is given up once it is too far behind', async () => {
    await admitted();
    await pass(1_000);
    socket.bufferedAmount = 64 * 1024;
    look();
    expect(sent()).toEqual(['1 ok']);
    socket.bufferedAmount = 2 * 1024 * 1024;
    look();
    expect(socket.isGone).toBe(false);
    socket.bufferedAmount += 1;
    look();
    expect(socket.isGone).toBe(true);
  });
});

it('cuts a client that does not answer the close frame, a second and a half later', async () => {
  await admitted();
  session.close(null);
  expect(socket.closedWith).toEqual([1000]);
  await pass(1_499);
  expect(socket.isGone).toBe(false);
  await pass(1);
  expect(socket.isGone).toBe(true);
  expect(drop).toHaveBeenCalledOnce();
});
