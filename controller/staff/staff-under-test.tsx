/** For tests of the staff page: a played server with an account, a home and a meeting. */
import { airUnderTest } from '#contract/air-under-test.ts';
import type { ChatPost } from '#contract/http/chat-api.ts';
import type { MeetingDetail, MeetingSummary, RoomAvailability, StaffHome } from '#contract/http/meetings-api.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { RecordKeeping } from '#contract/http/record-api.ts';
import { DEFAULT_MEETING_POLICY, NO_GUEST_RECORD } from '#contract/meeting-policy.ts';
import { RECORD_KINDS } from '#contract/record-policy.ts';
import { PageUnderTest, PlayedServer, refusal, type StreamUnderTest, type UsualAnswers } from '#ui/page-under-test.tsx';
import broadcastEn from '#ui/words/en/broadcast.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import recordEn from '#ui/words/en/record.ts';
import pollsEn from '#ui/words/en/polls.ts';
import seriesEn from '#ui/words/en/series.ts';
import signInEn from '#ui/words/en/sign-in.ts';
import staffEn from '#ui/words/en/staff.ts';
import transcriptEn from '#ui/words/en/transcript.ts';
import broadcastKo from '#ui/words/ko/broadcast.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import recordKo from '#ui/words/ko/record.ts';
import pollsKo from '#ui/words/ko/polls.ts';
import seriesKo from '#ui/words/ko/series.ts';
import signInKo from '#ui/words/ko/sign-in.ts';
import staffKo from '#ui/words/ko/staff.ts';
import transcriptKo from '#ui/words/ko/transcript.ts';

export const idOf = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const mina: Account = {
  accountId: idOf(1),
  userName: 'mina',
  displayName: 'Mina Park',
  email: 'mina@example.com',
  placeId: null,
  issuer: 'local',
  mustChangePassword: false,
  grants: [{ role: 'member', scope: { kind: 'organisation' } }],
};

export const meetingOf = (n: number, over: Partial<MeetingSummary> = {}): MeetingSummary => ({
  meetingId: idOf(100 + n),
  title: `Meeting ${n}`,
  startsAtMs: null,
  endsAtMs: null,
  hostName: 'Mina Park',
  rooms: [],
  participantCount: 0,
  waitingCount: 0,
  role: 'host',
  isCancelled: false,
  ...over,
});
export const detailOf = (n: number, over: Partial<MeetingDetail> = {}): MeetingDetail => ({
  ...meetingOf(n),
  people: [],
  sequence: 3,
  policy: DEFAULT_MEETING_POLICY,
  isTranscriptPermitted: false,
  guestRecordOfPlace: NO_GUEST_RECORD,
  conflicts: [],
  agenda: '',
  ...over,
});
export const freeRoom = (n: number, over: Partial<RoomAvailability> = {}): RoomAvailability => ({
  roomId: idOf(200 + n),
  roomName: `Room ${n}`,
  placeName: '3F',
  isFree: true,
  untilMs: null,
  ...over,
});

export class StaffServerUnderTest extends PlayedServer {
  account: Account | null = mina;
  meetings: MeetingDetail[] = [];
  rooms: RoomAvailability[] = [];
  posts: ChatPost[] = [];
  kept: RecordKeeping['kinds'] = RECORD_KINDS.map((kind) => ({ kind, days: null, dueAtMs: null }));

  protected override readonly usual: UsualAnswers = {
    currentSession: () => (this.account ? { body: { account: this.account } } : refusal(401, 'not-signed-in')),
    signInWays: () => ({ body: { openid: null } }),
    signOut: () => ({ body: {} }),
    listInvites: () => ({ body: { invites: [] } }),
    minutes: () => ({ body: { minutes: [] } }),
    attendance: () => ({ body: { calls: [] } }),
    recordKeeping: () => ({ body: { ownDays: null, kinds: this.kept } }),
    meetingSeries: () => ({ body: { next: null, tasks: [], hasMoreTasks: false } }),
    earlierMeetings: () => ({ body: { rows: [], nextCursor: null, total: 0, counts: {} } }),
    markedMessages: () => ({ body: { messageIds: [] } }),
    meetingPolls: () => ({ body: { polls: [] } }),
    preparedPolls: () => ({ body: { preparedPolls: [] } }),
    chatPosts: () => ({ body: { posts: this.posts, hasOlder: false, people: [] } }),
    findRooms: () => ({ body: { rooms: this.rooms } }),
    meeting: ({ pathname }) => {
      const meeting = this.meetings.find(({ meetingId }) => pathname.endsWith(meetingId));
      return meeting ? { body: { meeting } } : refusal(404, 'not-found');
    },
  };

  /** who directs is shown it by the test */
  protected override onStream(stream: StreamUnderTest): void {
    if (stream.url.endsWith('/air')) stream.say('air', airUnderTest({ mayBroadcast: false, mayRecord: false }));
  }

  /** As the home stream shows it. */
  home(of: Partial<StaffHome> = {}): void {
    this.stream('staff-home').say('home', { running: [], meetings: [], rooms: [], ...of });
  }
}

export const staffPage = (): PageUnderTest =>
  new PageUnderTest({
    staff: { en: staffEn, ko: staffKo },
    broadcast: { en: broadcastEn, ko: broadcastKo },
    meeting: { en: meetingEn, ko: meetingKo },
    record: { en: recordEn, ko: recordKo },
    polls: { en: pollsEn, ko: pollsKo },
    series: { en: seriesEn, ko: seriesKo },
    'sign-in': { en: signInEn, ko: signInKo },
    transcript: { en: transcriptEn, ko: transcriptKo },
  });
