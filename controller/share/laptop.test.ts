/** A laptop's way in and out: what is asked of server, browser and call, and what each way of ending leaves behind. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallState } from '#call/call-state.ts';
import { Observable } from '#call/observable.ts';
import { Laptop, type Problem } from './laptop.ts';

class Track extends EventTarget {
  readyState = 'live';
  stop = vi.fn(() => {
    this.readyState = 'ended';
  });
}

const SELF = { peerId: 'self', peerKind: 'person' };
const ROOM = { peerId: 'room', peerKind: 'room' };
let video: Track;
let audio: Track;
let requests: { path: string; body: unknown }[];
let answers: Promise<void>;
let refuse: { status: number; code: string } | 'no server' | null;
const GRANT = {
  callId: '0193a0b0-0000-7000-8000-000000000001',
  meetingId: '0193a0b0-0000-7000-8000-000000000002',
  meetingTitle: 'Maple',
  peerId: '0193a0b0-0000-7000-8000-000000000003',
  signalingUrl: 'ws://127.0.0.1:7403/signaling',
  joinToken: 'signed',
  expiresAtMs: 1,
  documents: null,
  iceServers: [],
};

beforeEach(() => {
  video = new Track();
  audio = new Track();
  requests = [];
  refuse = null;
  answers = Promise.resolve();
  vi.stubGlobal(
    'fetch',
    vi.fn(async (path: string, { body }: { body: string }) => {
      if (refuse === 'no server') throw new TypeError('no route');
      requests.push({ path, body: JSON.parse(body) });
      await answers;
      if (refuse) return Response.json({ error: { code: refuse.code, message: '' } }, { status: refuse.status });
      return Response.json(path.endsWith('pairings') ? { laptopToken: 'secret', roomName: 'Maple' } : { grant: GRANT });
    }),
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
});

function scene(chooseScreen?: () => Promise<unknown>) {
  const state = new Observable({
    phase: { name: 'idle' },
    local: { sharesScreen: false },
    blocked: null,
    way: null,
    participants: [SELF, ROOM],
  });
  const phase = (name: string, more: object = {}) =>
    state.set({ ...state.getSnapshot(), phase: { name, ...more } } as never);
  const call = {
    getSnapshot: () => state.getSnapshot() as unknown as CallState,
    subscribe: state.subscribe,
    setScreen: vi.fn((track: unknown) =>
      state.set({ ...state.getSnapshot(), local: { sharesScreen: track !== null } }),
    ),
    join: vi.fn(async () => phase('joined', { connection: 'connected', peerId: 'self' })),
    leave: vi.fn(() => phase('ended', { reason: 'left' })),
    leaveWithPage: vi.fn(() => phase('ended', { reason: 'left' })),
  };
  let again: () => Promise<unknown> = async () => null;
  const laptop = new Laptop({
    createCall: (requestGrant) => {
      again = requestGrant;
      return call as never;
    },
    chooseScreen: (chooseScreen ??
      (async () => ({
        getTracks: () => [video, audio],
        getVideoTracks: () => [video],
        getAudioTracks: () => [audio],
      }))) as () => Promise<MediaStream>,
  });
  return {
    laptop,
    call,
    phase,
    set: (more: object) => state.set({ ...state.getSnapshot(), ...more } as never),
    again: () => again(),
  };
}
const shown = ({ laptop }: ReturnType<typeof scene>) => laptop.state.getSnapshot();
const problem = (it: ReturnType<typeof scene>): Problem | null => (shown(it) as { problem: Problem | null }).problem;
async function sharing() {
  const it = scene();
  await it.laptop.pair('K7PW-3MXD');
  await it.laptop.share('Mina');
  return it;
}

it('pairs by the code, asks the browser, then the room, and joins under the name with nothing to receive', async () => {
  const it = scene();
  await it.laptop.pair('K7PW-3MXD');
  expect(shown(it)).toEqual({ step: 'ready', roomName: 'Maple', waitsFor: null, problem: null });
  expect(requests).toEqual([{ path: '/api/v1/laptop-pairings', body: { code: 'K7PW-3MXD' } }]);
  await it.laptop.share('Mina');
  expect(requests[1]).toEqual({ path: '/api/v1/laptop-entries', body: { laptopToken: 'secret' } });
  expect(it.call.setScreen).toHaveBeenCalledWith(video, audio);
  expect(it.call.join).toHaveBeenCalledWith(
    { displayName: 'Mina', microphone: null, camera: null, view: { kind: 'exact', tiles: [] } },
    GRANT,
  );
  expect(shown(it)).toEqual({ step: 'sharing', roomName: 'Maple', isReconnecting: false, isBlocked: false });
  // a place that was lost is asked for anew
  expect(await it.again()).toEqual(GRANT);
});

it('without a choice in the browser the room is asked nothing', async () => {
  for (const [error, kind] of [
    [new DOMException('', 'NotAllowedError'), 'refused'],
    [new DOMException('', 'NotReadableError'), 'failed'],
  ] as const) {
    requests = [];
    const it = scene(async () => {
      throw error;
    });
    await it.laptop.pair('K7PW-3MXD');
    await it.laptop.share('Mina');
    expect([problem(it), requests.length, it.call.join.mock.calls.length]).toEqual([{ kind }, 1, 0]);
  }
});

it.each([
  ['pairing-code-invalid', 403, { kind: 'error', code: 'pairing-code-invalid' }],
  ['too-many-attempts', 429, { kind: 'error', code: 'too-many-attempts' }],
])('a code is refused: %s', async (code, status, expected) => {
  const it = scene();
  refuse = { status, code };
  await it.laptop.pair('K7PW-3MXD');
  expect(shown(it)).toEqual({ step: 'code', isPending: false, problem: expected });
});

it.each([
  ['room-not-answering', 504, 'ready', { kind: 'error', code: 'room-not-answering' }],
  ['no-media-node', 503, 'ready', { kind: 'error', code: 'no-media-node' }],
  ['pairing-revoked', 403, 'code', { kind: 'over' }],
  ['token-invalid', 401, 'code', { kind: 'over' }],
])('the way in is refused: %s; the screen is let go', async (code, status, step, expected) => {
  const it = scene();
  await it.laptop.pair('K7PW-3MXD');
  refuse = { status, code };
  await it.laptop.share('Mina');
  expect([shown(it).step, problem(it)]).toEqual([step, expected]);
  expect([video.stop.mock.calls.length, audio.stop.mock.calls.length]).toEqual([1, 1]);
});

it('a server that is not there is a problem of its own', async () => {
  const it = scene();
  refuse = 'no server';
  await it.laptop.pair('K7PW-3MXD');
  expect(problem(it)).toEqual({ kind: 'no-server' });
});

it.each([
  ['the button', (it: ReturnType<typeof scene>) => it.laptop.stop()],
  ['the browser’s own bar', () => video.dispatchEvent(new Event('ended'))],
])('ended by %s it leaves the call, lets the screen go, and can share again', async (_by, end) => {
  const it = await sharing();
  end(it);
  expect(it.call.leave).toHaveBeenCalledOnce();
  expect([video.readyState, audio.readyState]).toEqual(['ended', 'ended']);
  expect(shown(it)).toEqual({ step: 'ready', roomName: 'Maple', waitsFor: null, problem: null });
  await it.laptop.share('Mina');
  expect(shown(it).step).toBe('sharing');
});

it('a page that goes leaves the call with it', async () => {
  const it = await sharing();
  it.laptop.leaveWithPage();
  expect([it.call.leaveWithPage.mock.calls.length, video.readyState]).toEqual([1, 'ended']);
});

it('removed by somebody it needs a code of now; a meeting that ended does not', async () => {
  const removed = await sharing();
  removed.phase('ended', { reason: 'removed' });
  expect(shown(removed)).toEqual({ step: 'code', isPending: false, problem: { kind: 'removed' } });
  const ended = await sharing();
  ended.phase('ended', { reason: 'ended-by-room' });
  expect([shown(ended).step, problem(ended)]).toEqual(['ready', { kind: 'meeting-ended' }]);
});

it('a call that fails, and a track that the node refuses, end it in words', async () => {
  const failed = await sharing();
  failed.phase('failed', { code: 'media-failed' });
  expect(problem(failed)).toEqual({ kind: 'error', code: 'media-failed' });
  const refused = await sharing();
  refused.set({ local: { sharesScreen: false } });
  expect([problem(refused), refused.call.leave.mock.calls.length]).toEqual([{ kind: 'failed' }, 1]);
});

it('a line that breaks and a network that blocks are shown while it goes on', async () => {
  const it = await sharing();
  it.phase('joined', { connection: 'reconnecting', peerId: 'self' });
  expect(shown(it)).toMatchObject({ isReconnecting: true });
  it.set({ blocked: { addresses: [] } });
  expect(shown(it)).toMatchObject({ isBlocked: true });
});

it('a screen that ends while the room is asked shares nothing', async () => {
  const it = scene();
  await it.laptop.pair('K7PW-3MXD');
  const gate = Promise.withResolvers<void>();
  answers = gate.promise;
  const done = it.laptop.share('Mina');
  await vi.waitFor(() => expect(requests).toHaveLength(2));
  video.dispatchEvent(new Event('ended'));
  gate.resolve();
  await done;
  expect([it.call.join.mock.calls.length, shown(it).step]).toEqual([0, 'ready']);
});

it('is on the TV once the room is in; a room that does not come ends it', async () => {
  vi.useFakeTimers();
  const it = scene();
  it.set({ participants: [SELF] });
  await it.laptop.pair('K7PW-3MXD');
  await it.laptop.share('Mina');
  expect(shown(it)).toMatchObject({ step: 'ready', waitsFor: 'room' });
  it.set({ participants: [SELF, ROOM] });
  expect(shown(it).step).toBe('sharing');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown(it).step).toBe('sharing');
  it.laptop.stop();
  it.set({ participants: [SELF, { peerId: 'recorder', peerKind: 'program' }] });
  await it.laptop.share('Mina');
  await vi.advanceTimersByTimeAsync(20_000);
  expect([problem(it), it.call.leave.mock.calls.length]).toEqual([{ kind: 'error', code: 'room-not-answering' }, 2]);
  vi.useRealTimers();
});

it.each([
  ['alone', [SELF]],
  ['with another laptop', [SELF, { peerId: 'other laptop', peerKind: 'person' }]],
])('left %s in the call it ends: the screen is on no TV', async (_who, participants) => {
  const it = await sharing();
  it.set({ participants });
  expect([problem(it), it.call.leave.mock.calls.length, video.readyState]).toEqual([
    { kind: 'meeting-ended' },
    1,
    'ended',
  ]);
});
