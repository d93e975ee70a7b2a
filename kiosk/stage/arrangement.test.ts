import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import { arrange, type Arrangement, type ArrangementInput, NOBODY_HERE, sameArrangement } from './arrangement.ts';

const person = (peerId: string, sharesScreen = false) =>
  participantUnderTest({ peerId, displayName: peerId, sharesScreen });
const moment = (ids: string[], over: Partial<ArrangementInput> = {}): ArrangementInput => ({
  participants: ids.map((id) => person(id)),
  selfPeerId: null,
  speakerPeerId: null,
  tilesPerPage: 30,
  ...over,
});

describe('the order of people', () => {
  it('keeps who was there, adds who came, closes up after who left, and leaves this client out', () => {
    const first = arrange(NOBODY_HERE, moment(['me', 'a', 'b', 'c'], { selfPeerId: 'me' }));
    expect(first.order).toEqual(['a', 'b', 'c']);
    expect(arrange(first, moment(['d', 'c', 'me', 'a'], { selfPeerId: 'me' })).order).toEqual(['a', 'c', 'd']);
  });

  it('brings who speaks on a later page to the first, in place of the one silent the longest', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const spoke = (before: Arrangement, speakerPeerId: string) =>
      arrange(before, moment(ids, { speakerPeerId, tilesPerPage: 3 }));
    const start = arrange(NOBODY_HERE, moment(ids, { tilesPerPage: 3 }));
    const afterC = spoke(start, 'c');
    expect(afterC.order).toEqual(ids);
    const afterE = spoke(afterC, 'e');
    expect(afterE.order).toEqual(['a', 'e', 'c', 'd', 'b']);
    expect(afterE.recentSpeakers).toEqual(['e', 'c']);
    expect(spoke(spoke(afterE, 'd'), 'b').order).toEqual(['d', 'e', 'b', 'a', 'c']);
  });

  it('knows the latest to share', () => {
    const first = arrange(NOBODY_HERE, { ...moment([]), participants: [person('a', true), person('b')] });
    const second = arrange(first, { ...moment([]), participants: [person('a', true), person('b', true)] });
    expect(second.sharers).toEqual(['b', 'a']);
    expect(arrange(second, { ...moment([]), participants: [person('a', true), person('b')] }).sharers).toEqual(['a']);
  });

  it('shows a share of one’s own only to who sees it here', () => {
    const participants = [person('me', true), person('a', true)];
    const own = { ...moment([]), participants, selfPeerId: 'me' };
    expect(arrange(NOBODY_HERE, own).sharers).toEqual(['a']);
    expect(arrange(NOBODY_HERE, { ...own, ownScreenShown: true }).sharers).toEqual(['me', 'a']);
    expect(arrange(NOBODY_HERE, { ...own, ownScreenShown: true }).order).toEqual(['a']);
  });

  it('knows whether the document or a screen came last, and takes another document as new', () => {
    const at = (before: Arrangement, sharing: boolean, documentId: string | null) =>
      arrange(before, { ...moment([]), participants: [person('a', sharing)], documentId });
    const isNewest = ({ document }: Arrangement) => document?.isNewest ?? null;
    const shown = at(at(NOBODY_HERE, true, null), true, 'one');
    expect(isNewest(shown)).toBe(true);
    const stopped = at(shown, false, 'one');
    expect(isNewest(stopped)).toBe(true);
    const under = at(stopped, true, 'one');
    expect(isNewest(under)).toBe(false);
    expect(isNewest(at(under, true, 'one'))).toBe(false);
    expect(isNewest(at(under, true, 'two'))).toBe(true);
    expect(isNewest(at(under, false, 'one'))).toBe(true);
    expect(at(under, true, null).document).toBeNull();
    expect(isNewest(at(NOBODY_HERE, true, 'one'))).toBe(true);
  });

  it('whatever happens: everyone once, few places change, and nothing changes without a reason', () => {
    const roster = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 10 });
    const moments = fc.array(fc.tuple(roster, fc.option(fc.constantFrom(...'abcdefghij'), { nil: null })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 5 }), (steps, tilesPerPage) => {
        let arrangement = NOBODY_HERE;
        for (const [ids, speakerPeerId] of steps) {
          const now = moment(ids, { speakerPeerId, tilesPerPage });
          const next = arrange(arrangement, now);
          expect([...next.order].sort()).toEqual([...ids].sort());
          const stayed = arrangement.order.filter((id) => ids.includes(id));
          const moved = stayed.filter((id, index) => next.order[index] !== id);
          expect(moved.length).toBeLessThanOrEqual(2);
          expect(sameArrangement(arrange(next, now), next)).toBe(true);
          if (speakerPeerId !== null && ids.includes(speakerPeerId))
            expect(next.order.indexOf(speakerPeerId)).toBeLessThan(tilesPerPage);
          arrangement = next;
        }
      }),
    );
  });
});
