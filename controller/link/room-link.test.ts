/** The link against a socket that says, swallows and breaks what it likes. */
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import type { RoomAgenda } from '#contract/room-agenda.ts';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import type { RoomLinkToController } from '#contract/room-link.ts';
import type { RoomState } from '#contract/room-state.ts';
import { RECONNECT_MAX_MS, reconnectDelayMs } from './backoff.ts';
import { FakeSocket } from './fake-socket.ts';
import { ANSWER_WITHIN_MS, PING_EVERY_MS, RoomLink } from './room-link.ts';

const ROOM = '0193a0b0-0000-7000-8000-000000000001';
function stateAt(revision: number): RoomState {
  return {
    protocol: PROTOCOL_VERSION,
    roomId: ROOM,
    roomName: 'Maple',
    epoch: 1,
    revision,
    asOfMs: 1,
    phase: { name: 'idle' },
    meeting: null,
    microphone: 'on',
    camera: 'on',
    volumePercent: 40,
    layout: 'auto',
    stagePage: 0,
    stagePageCount: 1,
    notices: [],
  };
}
const agendaAt = (revision: number): RoomAgenda => ({
  protocol: PROTOCOL_VERSION,
  roomId: ROOM,
  epoch: 1,
  revision,
  asOfMs: 1,
  timeZone: 'Asia/Seoul',
  calendar: { state: 'fresh', code: null, freshAsOfMs: 1, unreadCount: 0 },
  bookings: [],
  moreCount: 0,
});
const equipment: RoomEquipment = {
  protocol: PROTOCOL_VERSION,
  roomId: ROOM,
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  devices: [],
  camera: null,
  presets: [],
  shownInput: null,
  speakerphone: null,
  tv: { control: 'none', power: 'unknown', name: null, code: null },
  selfTest: null,
  lanUrl: null,
};
const documentAccess: DocumentAccess = {
  url: 'https://maru.example',
  token: 'document-token',
  expiresAtMs: 1,
  meetingId: ROOM,
  documents: ['present', 'view'],
};
function welcome(revision: number): Extract<RoomLinkToController, { type: 'welcome' }> {
  return {
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    roomId: ROOM,
    roomName: 'Maple',
    projections: { state: stateAt(revision) },
    online: true,
    lastSeenMs: 5,
    nowMs: Date.now() + 1_000,
  };
}
function setUp() {
  const sockets: FakeSocket[] = [];
  const link = new RoomLink({
    token: 'secret',
    random: () => 0.5,
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
  });
  const newest = () => sockets.at(-1)!;
  const connect = (revision = 1) => {
    newest().accept();
    newest().say(welcome(revision));
  };
  return { link, sockets, newest, connect };
}
const outcome = async (promise: Promise<void>) =>
  promise.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('room link', () => {
  it('keeps what the room tells of bookings and devices, and forgets it where a server tells none', () => {
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    expect(link.getSnapshot().projections).toEqual({ state: stateAt(1) });
    const agenda = agendaAt(1);
    newest().say({ ...welcome(2), projections: { state: stateAt(2), agenda } });
    expect(link.getSnapshot().projections.agenda).toEqual(agenda);
    newest().say({ type: 'projection', name: 'agenda', value: agendaAt(2) });
    newest().say({ type: 'projection', name: 'equipment', value: equipment });
    expect(link.getSnapshot().projections).toMatchObject({
      agenda: { revision: 2 },
      equipment,
      state: { revision: 2 },
    });
    newest().say(welcome(3));
    expect(link.getSnapshot().projections).toEqual({ state: stateAt(3) });
  });

  it('decides about who waits, makes invites and proves presence; each settles by its id, over a broken line too', async () => {
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    expect(link.getSnapshot().waiting).toBeNull();
    const waiting = { meetingId: ROOM, count: 0, waiting: [] };
    newest().say({ type: 'waiting', waiting });
    expect(link.getSnapshot().waiting).toEqual(waiting);
    const decided = outcome(link.decideWaiting({ name: 'admit-all' }));
    const proved = outcome(link.provePresence('BCDFGHJK'));
    const invited = link.makeInvite('Mina');
    newest().break();
    link.wake();
    connect();
    const [decision, proof, invite] = newest().sent.slice(1) as { type: string; id: string }[];
    expect([decision, proof, invite]).toMatchObject([
      { type: 'decide-waiting', decision: { name: 'admit-all' } },
      { type: 'prove-presence', code: 'BCDFGHJK' },
      { type: 'make-invite', displayName: 'Mina' },
    ]);
    const made = { joinUrl: 'https://maru.example/join#invite=a', expiresAtMs: 5 };
    newest().say({ type: 'invite', id: invite!.id, ...made });
    newest().say({
      type: 'command-reply',
      id: proof!.id,
      error: { code: 'pairing-code-invalid', message: '' },
    });
    newest().say({ type: 'command-reply', id: decision!.id, error: null });
    expect(await invited).toEqual(made);
    expect(await proved).toBe('pairing-code-invalid');
    expect(await decided).toBe('done');
  });

  it('keeps the access to documents over a broken line, and knows a server without documents', () => {
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    expect(link.getSnapshot().documentAccess).toBeUndefined();
    newest().say({ type: 'document-access', access: documentAccess });
    expect(link.getSnapshot().documentAccess).toEqual(documentAccess);
    newest().break();
    link.wake();
    connect(2);
    expect(link.getSnapshot().documentAccess).toEqual(documentAccess);
    newest().say({ type: 'document-access', access: null });
    expect(link.getSnapshot().documentAccess).toBeNull();
  });

  it('shows the rest where a projection is of a newer release, or broken', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    newest().say({ ...welcome(2), projections: { state: stateAt(2), agenda: { bookings: 'many' }, subtitles: {} } });
    expect(link.getSnapshot()).toMatchObject({ connection: 'connected', projections: { state: { revision: 2 } } });
    newest().say({ type: 'projection', name: 'subtitles', value: { lines: [] } });
    newest().say({ type: 'projection', name: 'state', value: { revision: 'three' } });
    newest().say({ type: 'projection', name: 'equipment', value: equipment });
    expect(link.getSnapshot().projections).toEqual({ state: stateAt(2), equipment });
  });

  it('says hello with the token first and shows what the welcome tells', () => {
    const { link, newest, connect } = setUp();
    expect(link.getSnapshot().connection).toBe('connecting');
    link.start();
    connect(3);
    expect(newest().sent[0]).toEqual({ type: 'hello', protocol: PROTOCOL_VERSION, token: 'secret' });
    expect(link.getSnapshot()).toMatchObject({
      connection: 'connected',
      roomName: 'Maple',
      online: true,
      clockOffsetMs: 1_000,
    });
    expect(link.getSnapshot().projections.state?.revision).toBe(3);
  });

  it('calls a room that was renamed while its kiosk was away by its new name', () => {
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    newest().say({ ...welcome(1), roomName: 'Oak', online: false });
    expect(link.getSnapshot()).toMatchObject({ roomName: 'Oak', projections: { state: { roomName: 'Maple' } } });
    newest().say({ type: 'projection', name: 'state', value: { ...stateAt(2), roomName: 'Elm' } });
    expect(link.getSnapshot().roomName).toBe('Elm');
  });

  it('settles a command by its own reply, and tells the refusal', async () => {
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    const [first, second] = [outcome(link.command({ name: 'join-call' })), outcome(link.command({ name: 'mute-all' }))];
    const [a, b] = newest().commands();
    newest().say({ type: 'command-reply', id: b!.id, error: { code: 'not-possible-now', message: 'idle' } });
    newest().say({ type: 'command-reply', id: a!.id, error: null });
    expect(await first).toBe('done');
    expect(await second).toBe('not-possible-now');
  });

  it('says after five seconds that the room does not answer, not before', async () => {
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    let settled: string | null = null;
    void outcome(link.command({ name: 'end-call' })).then((value) => {
      settled = value;
    });
    for (let at = 0; at < COMMAND_TIMEOUT_MS - 1_000; at += 1_000) {
      await vi.advanceTimersByTimeAsync(1_000);
      newest().say({ type: 'pong' });
    }
    expect(settled).toBeNull();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(settled).toBe('room-not-answering');
  });

  it('asks again with the same id when the line broke under a command', async () => {
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    const result = outcome(link.command({ name: 'set-microphone', on: false }));
    const id = newest().commands()[0]!.id;
    newest().break();
    expect(link.getSnapshot().connection).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(200);
    connect();
    expect(
      newest()
        .commands()
        .map((command) => command.id),
    ).toEqual([id]);
    newest().say({ type: 'command-reply', id, error: null });
    expect(await result).toBe('done');
  });

  it('gives up a silent line and comes back', async () => {
    const { link, sockets, newest, connect } = setUp();
    link.start();
    connect();
    await vi.advanceTimersByTimeAsync(PING_EVERY_MS);
    expect(newest().sent.at(-1)).toEqual({ type: 'ping' });
    await vi.advanceTimersByTimeAsync(ANSWER_WITHIN_MS);
    expect(link.getSnapshot().connection).toBe('reconnecting');
    expect(sockets[0]!.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    expect(sockets.length).toBe(2);
  });

  it('stays on a line that answers its pings', async () => {
    const { link, sockets, newest, connect } = setUp();
    link.start();
    connect();
    for (let round = 0; round < 5; round++) {
      await vi.advanceTimersByTimeAsync(PING_EVERY_MS);
      newest().say({ type: 'pong' });
    }
    expect(sockets.length).toBe(1);
    expect(newest().sent.filter((message) => message.type === 'ping').length).toBe(5);
  });

  it.each([
    [
      'an error message',
      (socket: FakeSocket) => socket.say({ type: 'error', error: { code: 'pairing-revoked', message: '' } }),
    ],
    ['a close code alone', (socket: FakeSocket) => socket.break(4421)],
  ])('stops for good when the pairing is revoked, told by %s', async (_how, tell) => {
    const { link, sockets, newest, connect } = setUp();
    link.start();
    connect();
    const waiting = outcome(link.command({ name: 'mute-all' }));
    tell(newest());
    expect(link.getSnapshot()).toMatchObject({ connection: 'refused', refusedBy: 'pairing-revoked' });
    expect(await waiting).toBe('pairing-revoked');
    await vi.advanceTimersByTimeAsync(60_000);
    link.wake();
    expect(sockets.length).toBe(1);
    expect(await outcome(link.command({ name: 'mute-all' }))).toBe('pairing-revoked');
  });

  it('does not wait for its timer when the network comes back', async () => {
    const { link, sockets, newest, connect } = setUp();
    link.start();
    connect();
    newest().break();
    link.wake();
    expect(sockets.length).toBe(2);
    await vi.advanceTimersByTimeAsync(RECONNECT_MAX_MS);
    expect(sockets.length).toBe(2);
  });

  it('is not moved by messages it does not know, nor by sockets it has left', () => {
    const { link, sockets, newest, connect } = setUp();
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    link.start();
    connect(1);
    newest().onmessage?.({ data: '{"type":"from-the-future"}' });
    newest().onmessage?.({ data: 'not json' });
    expect(warned).toHaveBeenCalledTimes(1);
    newest().break();
    link.wake();
    connect(7);
    sockets[0]!.say({ type: 'projection', name: 'state', value: stateAt(2) });
    expect(link.getSnapshot().projections.state?.revision).toBe(7);
    warned.mockRestore();
  });

  it('keeps a roster only while deltas follow each other', () => {
    const { link, newest, connect } = setUp();
    link.start();
    connect();
    const stop = link.watchRoster();
    const person = participantUnderTest({ peerId: ROOM });
    newest().say({ type: 'roster', roster: { kind: 'snapshot', callId: ROOM, revision: 1, participants: [person] } });
    newest().say({
      type: 'roster',
      roster: {
        kind: 'delta',
        callId: ROOM,
        revision: 2,
        changed: [{ ...person, microphone: 'muted' }],
        removedPeerIds: [],
      },
    });
    expect(link.getSnapshot().roster?.participants.map((p) => p.microphone)).toEqual(['muted']);
    const asked = newest().commands().length;
    newest().say({
      type: 'roster',
      roster: { kind: 'delta', callId: ROOM, revision: 4, changed: [], removedPeerIds: [ROOM] },
    });
    expect(link.getSnapshot().roster).toBeNull();
    expect(newest().commands().length).toBe(asked + 1);
    stop();
  });
});

it('waits between half and all of its doubling pause, two seconds at most', () => {
  void fc.assert(
    fc.property(
      fc.nat({ max: 1000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const delay = reconnectDelayMs(attempt, random);
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThanOrEqual(RECONNECT_MAX_MS);
        expect(reconnectDelayMs(attempt + 1, random)).toBeGreaterThanOrEqual(delay);
      },
    ),
  );
});

/** Whatever drops, stalls and answers come in whatever order: each command settles once and in time, and the line mends. */
it('survives any sequence of drops', async () => {
  const step = fc.oneof(
    fc.constant({ kind: 'break' } as const),
    fc.constant({ kind: 'connect' } as const),
    fc.constant({ kind: 'wake' } as const),
    fc.constant({ kind: 'command' } as const),
    fc.constant({ kind: 'answer' } as const),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 6_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      vi.clearAllTimers(); // of a run that failed before this one
      const { link, newest, connect } = setUp();
      const settledAfter: { issuedAt: number; settledAt: number | null; times: number }[] = [];
      link.start();
      for (const each of steps) {
        if (each.kind === 'break' && !newest().closed) newest().break();
        if (each.kind === 'connect' && !newest().closed && link.getSnapshot().connection !== 'connected') connect();
        if (each.kind === 'wake') link.wake();
        if (each.kind === 'answer' && !newest().closed)
          for (const { id } of newest().commands()) newest().say({ type: 'command-reply', id, error: null });
        if (each.kind === 'command') {
          const entry = { issuedAt: Date.now(), settledAt: null as number | null, times: 0 };
          settledAfter.push(entry);
          const settled = () => {
            entry.settledAt = Date.now();
            entry.times += 1;
          };
          void link.command({ name: 'mute-all' }).then(settled, settled);
        }
        await vi.advanceTimersByTimeAsync(each.kind === 'wait' ? each.ms : 0);
      }
      // the network is good again: the link finds it without being told
      for (let waitedMs = 0; newest().closed && waitedMs <= RECONNECT_MAX_MS; waitedMs += 50)
        await vi.advanceTimersByTimeAsync(50);
      if (link.getSnapshot().connection !== 'connected') connect(99);
      expect(link.getSnapshot()).toMatchObject({ connection: 'connected', lostAtMs: null });
      await vi.advanceTimersByTimeAsync(COMMAND_TIMEOUT_MS);
      for (const entry of settledAfter) {
        expect(entry.times).toBe(1);
        expect(entry.settledAt! - entry.issuedAt).toBeLessThanOrEqual(COMMAND_TIMEOUT_MS);
      }
      link.stop();
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 150 },
  );
});
