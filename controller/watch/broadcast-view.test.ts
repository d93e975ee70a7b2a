/** What is shown of a broadcast in each state that fleet server, delivery and player may be in. */
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '#contract/error-codes.ts';
import type { BroadcastDetail } from '#contract/http/broadcasts-api.ts';
import type { LiveStatus } from '#contract/live-delivery.ts';
import { NOT_PLAYING } from './watch-player.ts';
import { broadcastViewOf } from './broadcast-view.ts';
import type { Watched } from './watched.ts';

const detailOf = (over: Partial<BroadcastDetail> = {}): BroadcastDetail => ({
  broadcastId: '0193a0b0-0000-7000-8000-000000000901',
  kind: 'broadcast',
  title: 'Executive meeting',
  presenterName: 'Mina',
  phase: 'live',
  startsAtMs: null,
  liveAtMs: 1_000,
  endedAtMs: null,
  recording: 'growing',
  durationMs: null,
  watching: 0,
  deletedAtMs: null,
  mayDownload: false,
  mayDelete: false,
  chapters: [],
  ...over,
});
const statusOf = (over: Partial<LiveStatus> = {}): LiveStatus => ({
  phase: 'live',
  watching: 1,
  isOnSlate: false,
  canRewind: true,
  nowMs: 0,
  ...over,
});
const watched = (over: Partial<Watched> = {}): Watched => ({
  detail: detailOf(),
  liveUrl: 'http://maru.example:7404',
  status: statusOf(),
  clockAheadMs: 0,
  isFleetAway: false,
  refusal: null,
  ...over,
});
const shown = (of: Partial<Watched>, playback = NOT_PLAYING, wantsReplay = false) =>
  broadcastViewOf(watched(of), playback, wantsReplay);

describe('before it is live', () => {
  it('starts soon, by what the fleet server knows', () => {
    const planned = detailOf({ phase: 'planned', startsAtMs: 5_000, liveAtMs: null });
    expect(shown({ detail: planned, status: null })).toEqual({ kind: 'soon', startsAtMs: 5_000, liveAtMs: null });
    const counted = detailOf({ phase: 'countdown', liveAtMs: 9_000 });
    expect(shown({ detail: counted, status: statusOf({ phase: 'green-room' }) })).toEqual({
      kind: 'soon',
      startsAtMs: null,
      liveAtMs: 9_000,
    });
  });

  it('goes live by the delivery’s word alone, while the fleet server is away', () => {
    const detail = detailOf({ phase: 'planned', liveAtMs: null });
    expect(shown({ detail, isFleetAway: true }).kind).toBe('live');
  });

  it('waits for the server where nothing is known, and for the first answer', () => {
    expect(shown({ detail: null, status: null, isFleetAway: true }).kind).toBe('no-server');
    expect(shown({ detail: null, status: null }).kind).toBe('loading');
  });
});

describe('while it is live', () => {
  it('shows the slate, a full disk, and a pause', () => {
    expect(shown({ status: statusOf({ isOnSlate: true, canRewind: false }) })).toEqual({
      kind: 'live',
      isHeld: false,
      isOnSlate: true,
      canRewind: false,
    });
    expect(shown({ detail: detailOf({ phase: 'hold' }) })).toMatchObject({ kind: 'live', isHeld: true });
  });

  it('forgets a pause that nobody can confirm', () => {
    expect(shown({ detail: detailOf({ phase: 'hold' }), isFleetAway: true })).toMatchObject({ isHeld: false });
  });

  it('goes on by the fleet server’s word while the delivery does not answer', () => {
    expect(shown({ status: null })).toMatchObject({ kind: 'live', canRewind: true });
  });
});

describe('after it', () => {
  const ended = { detail: detailOf({ phase: 'ended', recording: 'finishing' }), status: statusOf({ phase: 'ended' }) };
  it('plays on what was behind the live edge, then it is over', () => {
    const behind = { ...NOT_PLAYING, source: 'dvr', picture: 'moving' } as const;
    expect(shown(ended, behind).kind).toBe('live');
    expect(shown(ended, { ...behind, isOver: true })).toEqual({ kind: 'over', hasReplay: true });
  });

  it('is a replay for who comes later or asks for it, where it was recorded', () => {
    expect(shown(ended, NOT_PLAYING, true)).toEqual({ kind: 'replay' });
    const unrecorded = { ...ended, detail: detailOf({ phase: 'ended', recording: 'none' }) };
    expect(shown(unrecorded, NOT_PLAYING, true)).toEqual({ kind: 'over', hasReplay: false });
  });
});

it('is denied, whatever was known before', () => {
  expect(shown({ refusal: new ProtocolError('not-found', '') })).toEqual({ kind: 'denied', code: 'not-found' });
});
