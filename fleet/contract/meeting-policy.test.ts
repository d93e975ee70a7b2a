/** What a page of this release makes of a policy of the next one. */
import { expect, test } from 'vitest';
import { MeetingDetail } from './http/meetings-api.ts';
import { placesApi } from './http/places-api.ts';
import { DEFAULT_MEETING_POLICY, MeetingPolicy } from './meeting-policy.ts';

const NEWER = {
  ...DEFAULT_MEETING_POLICY,
  admission: 'by-vote',
  guestRecord: { shows: 'everything', days: 9, copies: 2 },
  isQuiet: true,
};

test('it is shown without what is not known, words as what lets in and shows the least', () => {
  const shown = { ...DEFAULT_MEETING_POLICY, admission: 'all-wait', guestRecord: { shows: 'nothing', days: 9 } };
  expect(MeetingDetail.shape.policy.parse(NEWER)).toEqual(shown);
  const organisation = { meetingPolicy: NEWER, allowedRanges: [], language: 'ko' };
  expect(placesApi.listPlaces.response.parse({ places: [], organisation }).organisation).toEqual({
    meetingPolicy: shown,
    allowedRanges: [],
  });
});

test('it is not taken over by half where somebody sets it', () => {
  expect(MeetingPolicy.safeParse(NEWER).success).toBe(false);
  const { isQuiet } = NEWER;
  expect(MeetingPolicy.safeParse({ ...DEFAULT_MEETING_POLICY, isQuiet }).success).toBe(false);
});
