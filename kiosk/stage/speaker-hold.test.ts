import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  forget,
  followActiveSpeaker,
  HOLD_MS,
  NOBODY_SPOKE,
  settle,
  settlesAtMs,
  type SpeakerEvent,
} from './speaker-hold.ts';

const said = (...events: [number, string | null][]): SpeakerEvent[] =>
  events.map(([atMs, peerId]) => ({ atMs, peerId }));

/** Who is shown at `nowMs`, after a whole history in the order of its time. */
const heldSpeaker = (events: readonly SpeakerEvent[], nowMs: number): string | null =>
  settle(events.filter((event) => event.atMs <= nowMs).reduce(followActiveSpeaker, NOBODY_SPOKE), nowMs).shown;

describe('whom the stage shows', () => {
  const table: [string, SpeakerEvent[], number, string | null][] = [
    ['nobody before anyone spoke', said([0, null]), 10, null],
    ['the first at once', said([100, 'a']), 100, 'a'],
    ['the first through silence', said([100, 'a'], [500, null]), 60_000, 'a'],
    ['not the second within two seconds', said([0, 'a'], [500, 'b']), 1_999, 'a'],
    ['the second after two seconds, still speaking', said([0, 'a'], [500, 'b']), 2_000, 'b'],
    ['not the second who stopped meanwhile', said([0, 'a'], [500, 'b'], [900, null]), 5_000, 'a'],
    ['the second at once once the first had the time', said([0, 'a'], [7_000, 'b']), 7_000, 'b'],
    ['whoever speaks when the time is up, not who spoke first', said([0, 'a'], [500, 'b'], [900, 'c']), 2_000, 'c'],
    ['the first again who never left', said([0, 'a'], [500, 'b'], [900, 'a'], [2_500, 'b']), 2_500, 'b'],
  ];
  it.each(table)('%s', (_, events, nowMs, expected) => expect(heldSpeaker(events, nowMs)).toBe(expected));

  it('replaces at once whoever left', () => {
    const both = followActiveSpeaker(followActiveSpeaker(NOBODY_SPOKE, { atMs: 0, peerId: 'a' }), {
      atMs: 100,
      peerId: 'b',
    });
    expect(forget(both, 'a', 200).shown).toBe('b');
    expect(forget(forget(both, 'a', 200), 'b', 300).shown).toBe(null);
  });

  it('says when it has to look again, and not before', () => {
    const both = followActiveSpeaker(followActiveSpeaker(NOBODY_SPOKE, { atMs: 0, peerId: 'a' }), {
      atMs: 100,
      peerId: 'b',
    });
    expect(settlesAtMs(both)).toBe(HOLD_MS);
    expect(settlesAtMs(settle(both, HOLD_MS))).toBe(null);
    expect(settlesAtMs(NOBODY_SPOKE)).toBe(null);
  });
});

describe('whatever is heard', () => {
  const histories = fc
    .array(fc.record({ gapMs: fc.integer({ min: 0, max: 3_000 }), peerId: fc.constantFrom('a', 'b', 'c', null) }), {
      maxLength: 30,
    })
    .map((gaps) => {
      let atMs = 0;
      return gaps.map(({ gapMs, peerId }): SpeakerEvent => {
        atMs += gapMs;
        return { atMs, peerId };
      });
    });

  it('keeps each at least two seconds, and shows none who has not spoken', () => {
    fc.assert(
      fc.property(histories, (events) => {
        let sinceMs = 0;
        let shown: string | null = null;
        const endMs = (events.at(-1)?.atMs ?? 0) + 2 * HOLD_MS;
        for (let nowMs = 0; nowMs <= endMs; nowMs += 50) {
          const now = heldSpeaker(events, nowMs);
          if (now === shown) continue;
          if (shown !== null) expect(nowMs - sinceMs).toBeGreaterThanOrEqual(HOLD_MS - 50);
          expect(events.some((event) => event.peerId === now && event.atMs <= nowMs)).toBe(true);
          [shown, sinceMs] = [now, nowMs];
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same told step by step, with late timers, as over the whole history', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 500 }), (events, lateMs) => {
        let hold = NOBODY_SPOKE;
        for (const event of events) {
          const dueMs = settlesAtMs(hold);
          if (dueMs !== null && dueMs + lateMs < event.atMs) hold = settle(hold, dueMs + lateMs);
          hold = followActiveSpeaker(hold, event);
        }
        const endMs = (events.at(-1)?.atMs ?? 0) + HOLD_MS;
        expect(settle(hold, endMs).shown).toBe(heldSpeaker(events, endMs));
      }),
    );
  });
});
