/** Every state of the staff page, as the HTTP API would show it. */
import type { Page } from 'playwright-core';
import { airUnderTest, deskUnderTest } from '#contract/air-under-test.ts';
import type { BroadcastDesk, MeetingAir } from '#contract/broadcast.ts';
import { allRoutes, type RouteName } from '#contract/http/all-routes.ts';
import type { ChatPost } from '#contract/http/chat-api.ts';
import type { MeetingDetail, MeetingSummary, RoomAvailability, StaffHome } from '#contract/http/meetings-api.ts';
import type { CallAttendance, MeetingMinutes, RecordKeeping } from '#contract/http/record-api.ts';
import { RECORD_KINDS } from '#contract/record-policy.ts';
import type { SeriesMeeting, SeriesTask } from '#contract/http/series-api.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { WaitingList } from '#contract/waiting.ts';
import { type PlayedNotes, playNotes } from '../played-notes.ts';
import { playStreams } from '../played-streams.ts';
import { endedQuiz, longPoll, runningPoll } from './polls.ts';
import type { SpokenText } from '#contract/http/transcript-api.ts';
import type { Scene } from './scene.ts';
import { englishCaption, hostileCaption, longCaption, shortCaption } from './transcripts.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const minutes = (count: number): number => count * 60_000;
const LONG_TITLE = '2027년 상반기 글로벌 제품 전략 및 연구개발 투자 우선순위 조정을 위한 전사 임원 확대 회의 (2차)';
const LONG_NAME = 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander';

const account: Account = {
  accountId: id(1),
  userName: 'mina.park',
  displayName: 'Mina Park',
  email: 'mina.park@example.com',
  placeId: null,
  issuer: 'local',
  mustChangePassword: false,
  grants: [{ role: 'member', scope: { kind: 'organisation' } }],
};
const at = (hour: number, minute = 0, days = 0): number => {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return day.setHours(hour, minute, 0, 0);
};
const maple = { roomId: id(201), roomName: 'Maple 3F' };
const halla = { roomId: id(202), roomName: '한라 회의실' };
const meeting = (n: number, title: string, over: Partial<MeetingSummary> = {}): MeetingSummary => ({
  meetingId: id(100 + n),
  title,
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
const rooms: RoomAvailability[] = [
  { ...maple, placeName: 'Seoul / Tower / 3F', isFree: true, untilMs: at(18) },
  { ...halla, placeName: '서울 / 본관 / 5층', isFree: false, untilMs: at(15, 30) },
  { roomId: id(203), roomName: 'Cedar 5F', placeName: 'Seoul / Tower / 5F', isFree: true, untilMs: null },
];
const home: StaffHome = {
  running: [
    meeting(1, 'Weekly plan', { participantCount: 4, rooms: [maple], waitingCount: 1 }),
    meeting(2, '대리점 교육', { participantCount: 14, hostName: '김준호', role: 'member' }),
  ],
  meetings: [
    meeting(1, 'Weekly plan', { participantCount: 4, rooms: [maple] }),
    meeting(3, 'Price talks', { startsAtMs: at(23, 15), endsAtMs: at(23, 45), rooms: [halla] }),
    meeting(4, 'Open desk', { hostName: 'Joon Lee', role: 'co-host' }),
    meeting(5, 'Called off', { startsAtMs: at(23, 50), endsAtMs: at(23, 55), isCancelled: true }),
    meeting(6, '분기 결산 회의', { startsAtMs: at(10, 0, 2), endsAtMs: at(11, 0, 2), rooms: [maple, halla] }),
  ],
  rooms,
  mentions: [],
};
const weekly = (day: number, over: Partial<MeetingSummary>) =>
  meeting(20 + day, 'Weekly', {
    startsAtMs: at(10, 0, day),
    endsAtMs: at(10, 30, day),
    repetition: { repetitionId: id(900), every: 'week' },
    ...over,
  });
const person = (n: number, displayName: string, over: object = {}) => ({
  personId: id(300 + n),
  displayName,
  email: null,
  accountId: id(400 + n),
  role: 'member' as const,
  mail: null,
  inviteId: null,
  ...over,
});
const guest = { accountId: null, role: 'guest' as const };
const detail: MeetingDetail = {
  ...meeting(3, 'Price talks', { startsAtMs: at(23, 15), endsAtMs: at(23, 45), rooms: [maple, halla] }),
  participantCount: 3,
  sequence: 2,
  hostAccountId: id(1),
  people: [
    person(1, 'Joon Lee', { role: 'co-host', mail: 'sent', email: 'joon@example.com', cameAtMs: 1 }),
    person(2, '박서연', { mail: 'queued', email: 'seoyeon@example.com' }),
    person(3, 'Dealer East', { ...guest, inviteId: id(501), email: 'east@dealer.example', mail: 'failed' }),
    person(4, LONG_NAME, { ...guest, inviteId: id(502) }),
  ],
  policy: {
    ...{ admission: 'links-wait', joinBeforeHost: false, guestsAllowed: true },
    ...{ allowedRanges: ['203.0.113.0/24'], transcript: true },
    guestRecord: { shows: 'minutes', days: 365 },
  },
  isTranscriptPermitted: true,
  guestRecordOfPlace: { shows: 'minutes', days: 14 },
  conflicts: [{ ...halla, title: '이사회' }],
  agenda: 'Prices of the first quarter\n대리점 교육 일정 확정\nNext steps',
};
const longDetail: MeetingDetail = {
  ...detail,
  title: LONG_TITLE,
  hostName: LONG_NAME,
  rooms: [{ roomId: id(201), roomName: '글로벌 제품 전략 및 연구개발 투자 우선순위 조정 회의실 (본관 12층 동편)' }],
  conflicts: [],
};
const repeating: MeetingDetail = { ...detail, repeats: { every: 'week', laterCount: 11 } };
const busyDays = [2, 9, 16, 23, 30, 37, 44, 51, 58, 65].map((days) => ({
  ...{
    startsAtMs: detail.startsAtMs! + days * 86_400_000,
    roomName: days === 9 ? longDetail.rooms[0]!.roomName : '한라 회의실',
  },
  title: days === 16 ? '' : '이사회',
}));
const chooseFollowing = (page: Page) => page.getByText(/^(This and all that follow|이후 회의 모두)/).click();
const waiting = {
  meetingId: id(103),
  count: 3,
  waiting: [
    {
      ticketId: id(601),
      displayName: 'Jonas',
      organisation: 'Dealer East',
      isKnown: false,
      sinceMs: Date.now() - 90_000,
    },
    { ticketId: id(602), displayName: 'Jonas', organisation: null, isKnown: false, sinceMs: Date.now() - 30_000 },
    { ticketId: id(603), displayName: '이하늘', organisation: null, isKnown: true, sinceMs: Date.now() - 5_000 },
  ],
};
const sessions = [
  ['Firefox on Linux', true],
  ['Chrome on Android', false],
].map(([browser, isCurrent], n) => ({
  sessionId: id(700 + n),
  method: n === 0 ? 'password' : 'openid',
  createdAtMs: 1,
  lastUsedAtMs: Date.now() - minutes(60 * n),
  browser,
  network: '10.20.0.0/24',
  isCurrent,
}));

const past: MeetingDetail = {
  ...detail,
  startsAtMs: at(9, 0, -1),
  endsAtMs: at(9, 30, -1),
  participantCount: 0,
  conflicts: [],
};
const ahead: MeetingDetail = {
  ...detail,
  startsAtMs: at(14, 0, 2),
  endsAtMs: at(15, 0, 2),
  participantCount: 0,
};
const attended: CallAttendance[] = [
  {
    callId: id(910),
    startedAtMs: at(8, 58, -1),
    endedAtMs: at(9, 41, -1),
    attendees: (
      [
        ['Mina Park', 'account', 0, 43],
        ['한라 회의실', 'room', 0, 43],
        ['박서연', 'account', 2, 40],
        [LONG_NAME, 'guest', 11, 31],
        ['Dealer East', 'guest', 12, 12.4],
      ] as const
    ).map(([displayName, kind, from, until]) => ({
      displayName,
      kind,
      joinedAtMs: at(8, 58, -1) + minutes(from),
      leftAtMs: at(8, 58, -1) + minutes(until),
      presentMs: Math.round(minutes(until - from)),
    })),
  },
  {
    callId: id(911),
    startedAtMs: at(8, 30, -1),
    endedAtMs: at(8, 36, -1),
    attendees: [
      {
        displayName: 'Mina Park',
        kind: 'account',
        joinedAtMs: at(8, 30, -1),
        leftAtMs: at(8, 36, -1),
        presentMs: minutes(6),
      },
    ],
  },
];

const minutesOf = (sentAtMs: number | null): MeetingMinutes => ({
  minutesId: id(920),
  startedAtMs: at(8, 58, -1),
  endedAtMs: at(9, 41, -1),
  language: 'ko',
  text: `# 회의록: Price talks

- 일시: 2026년 11월 29일 일요일 08:58 (08:58–09:41)
- 주최자: Mina Park
- 회의실: 한라 회의실

## 요약

이 요약은 기계가 작성했습니다. 문장 끝의 링크에서 근거를 확인해 주세요.

- 새 가격표를 3쪽부터 검토했습니다. [채팅 09:07](https://maru.example/staff#/meetings/${id(103)}/at/chat-${id(951)}) [안건](https://maru.example/staff#/meetings/${id(103)}/at/agenda)

## 참석자

- Mina Park, 08:58–09:41 (43분)
- 한라 회의실 (회의실), 08:58–09:41 (43분)
- ${LONG_NAME} (외부 참가자), 09:09–09:29 (20분)

## 안건

1. 1분기 가격
2. 대리점 교육 일정 확정

## 공유한 문서

- 가격표: 1쪽 09:02–09:10, 2쪽 09:10–09:25

## 생중계와 녹화

- 녹화, 09:00–09:41: [Price talks](https://maru.example/watch/1)
`,
  revision: 1,
  sentAtMs,
});
const pastList = {
  rows: [
    { ...meeting(7, 'Price talks', { rooms: [halla] }), heldAtMs: at(9, 0, -1) },
    { ...meeting(8, LONG_TITLE, { hostName: LONG_NAME, role: 'member' }), heldAtMs: at(14, 30, -3) },
    { ...meeting(9, '대리점 교육', { hostName: '김준호', role: 'member' }), heldAtMs: at(10, 0, -8) },
  ],
  nextCursor: 'more',
  total: 41,
  counts: { all: 41 },
};
const ownTime = [-9, -3, -1, 0].flatMap((day) => [
  { fromMs: at(1, 0, day), untilMs: at(1, 50, day) },
  { fromMs: at(2, 0, day), untilMs: at(3, 25, day) },
]);

const keptForGood: RecordKeeping = {
  ownDays: null,
  kinds: RECORD_KINDS.map((kind) => ({ kind, days: null, dueAtMs: null })),
};
const keeping: RecordKeeping = {
  ownDays: 30,
  kinds: keptForGood.kinds.map((each, n) => ({
    ...each,
    days: 30,
    dueAtMs: n === 2 ? null : at(9, 0, n === 0 ? 0 : 21),
  })),
};
const inSeries = (n: number, title: string, over: Partial<SeriesMeeting> = {}): SeriesMeeting => ({
  meetingId: id(970 + n),
  title,
  atMs: at(23, 15, -7 * n),
  isCancelled: false,
  ...over,
});
const earlierMeetings = (rows: SeriesMeeting[], nextCursor: string | null = null): Answer => ({
  body: { rows, nextCursor, total: rows.length, counts: {} },
});
const seriesTask = (n: number, meeting: SeriesMeeting, text: string, over: Partial<SeriesTask> = {}): SeriesTask => ({
  meeting,
  taskId: `7-${n}`,
  text,
  person: null,
  dueOn: null,
  mayMark: true,
  ...over,
});
const [lastWeek, before] = [inSeries(1, 'Price talks'), inSeries(2, 'Price talks', { isCancelled: true })];
const seriesAnswers = {
  meetingSeries: {
    body: {
      next: inSeries(-1, 'Price talks'),
      tasks: [
        seriesTask(1, lastWeek, 'Write to the dealers', { person: 'Joon Lee', dueOn: '2026-11-02' }),
        seriesTask(2, lastWeek, '대리점 교육 일정 확정', { person: '박서연', dueOn: '2031-12-24' }),
        seriesTask(3, lastWeek, 'Book the room'),
        seriesTask(4, before, 'Compare the prices of last year', { person: 'Mina Park', mayMark: false }),
      ],
      hasMoreTasks: false,
    },
  },
  earlierMeetings: earlierMeetings(
    [lastWeek, before, inSeries(3, 'Price talks'), inSeries(4, '분기 결산 회의'), inSeries(5, 'Price talks')],
    'more',
  ),
};
const longSeries = {
  meetingSeries: {
    body: {
      next: null,
      tasks: [
        seriesTask(1, inSeries(1, LONG_TITLE), LONG_TITLE.repeat(2), { person: LONG_NAME, dueOn: '2026-11-02' }),
        seriesTask(2, inSeries(1, LONG_TITLE), '가'.repeat(200), { dueOn: '2031-12-24' }),
      ],
      hasMoreTasks: true,
    },
  },
  earlierMeetings: earlierMeetings([inSeries(1, LONG_TITLE), inSeries(2, LONG_TITLE, { isCancelled: true })]),
};
const seeSeries = (page: Page) =>
  page.getByRole('region', { name: /^(Series|이어지는 회의)$/ }).scrollIntoViewIfNeeded();

/** All that a meeting may leave behind. */
const leftBehind = (meeting: MeetingDetail, sentAtMs: number | null = null): Partial<Record<RouteName, Answer>> => ({
  ...seriesAnswers,
  meeting: { body: { meeting: { ...meeting, transcriptRevision: 9 } } },
  minutes: { body: { minutes: [minutesOf(sentAtMs)] } },
  transcript: { body: { segments: spokenTexts, hasOlder: true } },
  meetingPolls: { body: { polls: [{ poll: endedQuiz, isLost: false }] } },
  attendance: { body: { calls: attended } },
  recordKeeping: { body: keeping },
});

type Answer = { status?: number; body: unknown } | 'no-answer';
const refusal = (status: number, code: string): Answer => ({ status, body: { error: { code, message: '' } } });
type Told = {
  answers?: Partial<Record<RouteName, Answer>>;
  /** null: the stream cannot be opened */
  home?: StaffHome | null;
  isOut?: boolean;
  /** instead of the three who wait */
  waiting?: WaitingList;
  /** of the meeting; absent: the account may neither broadcast nor record it */
  air?: MeetingAir;
  notes?: PlayedNotes;
  hash?: string;
  act?: (page: Page) => Promise<unknown>;
};

const invites = [
  { displayName: 'Dealer East', seats: 1, usedAtMs: Date.now() - minutes(30), revokedAtMs: null },
  { displayName: null, seats: 50, usedAtMs: null, revokedAtMs: null },
  { displayName: LONG_NAME, seats: 1, usedAtMs: null, revokedAtMs: Date.now() },
].map((invite, n) => ({
  ...invite,
  inviteId: id(810 + n),
  meetingId: id(103),
  // none is handed out any more: the dialog makes one
  expiresAtMs: Date.now() + minutes(50),
  closedAtMs: null,
}));

const planned = {
  broadcastId: deskUnderTest().broadcastId,
  title: 'Price talks',
  phase: 'planned',
  startsAtMs: at(23, 15),
  audience: { placeIds: [id(902)], groups: ['영업본부'], allowedRanges: [] },
  quality: { height: 720, partMs: 500 },
  watchUrl: `https://maru.example/watch#${deskUnderTest().broadcastId}`,
};
const choices = {
  places: [
    'Seoul',
    'Seoul / Tower',
    'Seoul / Tower / 3F',
    '포항',
    '포항 / 제1공장 / 글로벌 제품 전략 및 연구개발 투자 우선순위 조정실',
  ].map((placeName, n) => ({ placeId: id(901 + n), placeName })),
  groups: ['Executives', '영업본부', '연구소'],
};
const broadcast = (of: Partial<BroadcastDesk> = {}): MeetingAir => airUnderTest({ broadcast: deskUnderTest(of) });
const live = { phase: 'live', liveAtMs: Date.now() - 761_000, watching: 4_012, peakWatching: 4_120 } as const;

const posts: ChatPost[] = [
  {
    displayName: 'Joon Lee',
    text: 'The new price list is attached to the invitation.',
    isFromCall: false,
    isOwn: false,
  },
  { displayName: '김준호', text: '네, 확인했습니다.\n3페이지부터 볼까요?', isFromCall: true, isOwn: false },
  {
    displayName: 'Lena Visser',
    text: 'My microphone is broken, I write.',
    isFromCall: true,
    isOwn: false,
    isGuest: true,
  },
  { displayName: '김준호', text: '', isFromCall: true, isOwn: false, isRecalled: true, mayRecall: false },
  {
    displayName: 'Mina Park',
    text: 'Thank you all. The minutes follow.',
    isFromCall: false,
    isOwn: true,
    readCount: 3,
  },
].map((post, n) => ({
  messageId: id(950 + n),
  number: 40 + n,
  isGuest: false,
  isRecalled: false,
  mayRecall: true,
  mentions: [],
  atMs: at(9, n * 7),
  ...post,
}));

/** An address has no place to break at, and what answers it quotes it in one line. */
const longWords: ChatPost[] = [
  { ...posts[0]!, text: `https://example.com/${'prices-of-spring-'.repeat(18)}` },
  { ...posts[4]!, text: 'Thank you.', replyTo: posts[0]!.messageId },
];

function scene(
  name: string,
  { answers = {}, home: shown = home, isOut = false, waiting: waits = waiting, air, notes, hash = '', act }: Told = {},
): Scene {
  const all: Partial<Record<RouteName, Answer>> = {
    currentSession: isOut ? refusal(401, 'not-signed-in') : { body: { account } },
    signInWays: { body: { openid: null } },
    meeting: { body: { meeting: detail } },
    minutes: { body: { minutes: [] } },
    attendance: { body: { calls: [] } },
    recordKeeping: { body: keptForGood },
    meetingSeries: { body: { next: null, tasks: [], hasMoreTasks: false } },
    earlierMeetings: earlierMeetings([]),
    markedMessages: { body: { messageIds: [id(951)] } },
    pastMeetings: { body: pastList },
    ownTime: { body: { intervals: ownTime } },
    chatPosts: { body: { posts, hasOlder: true, people: [] } },
    markChatRead: { body: {} },
    chatReaders: { body: { names: ['Joon Lee', 'Lena Visser', '김준호'] } },
    findRooms: { body: { rooms } },
    findPeople: { body: { people: [{ accountId: id(2), displayName: 'Joon Lee', placeName: 'Seoul / Tower' }] } },
    listSessions: { body: { sessions } },
    listInvites: { body: { invites } },
    meetingPolls: { body: { polls: [] } },
    transcript: { body: { segments: [], hasOlder: false } },
    preparedPolls: { body: { preparedPolls: [] } },
    plannedBroadcasts: { body: { broadcasts: [planned] } },
    audienceChoices: { body: choices },
    createInvite: {
      body: {
        invite: {
          inviteId: id(800),
          meetingId: id(103),
          displayName: null,
          seats: 50,
          expiresAtMs: Date.now() + minutes(60 * 24 * 7),
          revokedAtMs: null,
          closedAtMs: null,
          usedAtMs: null,
        },
        joinUrl: `https://maru.example/join#${'eyJhbGciOiJFZERTQSJ9'.repeat(8)}`,
      },
    },
    ...answers,
  };
  return {
    name,
    path: `/staff${hash}`,
    sizes: ['phone', 'laptop'],
    setup: async (page) => {
      await page.route('**/api/v1/**', (route) => {
        const method = route.request().method();
        const { pathname } = new URL(route.request().url());
        const found = (Object.keys(allRoutes) as RouteName[]).find(
          (each) =>
            allRoutes[each].method === method &&
            new RegExp(`^${allRoutes[each].path.replace(/:\w+/g, '[^/]+')}$`).test(pathname),
        );
        const answer = (found && all[found]) ?? refusal(404, 'not-found');
        if (answer === 'no-answer') return route.abort();
        return route.fulfill({ status: answer.status ?? 200, json: answer.body });
      });
      if (notes) await playNotes(page, notes);
      await playStreams(page, {
        'staff-home': shown && { name: 'home', data: shown },
        '/waiting': { name: 'waiting', data: waits },
        '/air': { name: 'air', data: air ?? airUnderTest({ mayBroadcast: false, mayRecord: false }) },
      });
    },
    act: async (page) => {
      await act?.(page);
      await page.waitForTimeout(500);
    },
  };
}
/** @param line in which the caret is put; absent: none; null: nothing comes */
const openNotes = (line?: string | null) => async (page: Page) => {
  await page.getByRole('button', { name: /^(Open the notes|메모 열기)$/ }).click();
  if (line === null) return;
  const editor = page.getByRole('textbox', { name: /^(Notes of the meeting|회의 메모)$/ });
  await editor.scrollIntoViewIfNeeded();
  if (line !== undefined) await editor.getByText(line, { exact: true }).click();
};
const showTranscript = (page: Page) =>
  page.getByRole('region', { name: /^(Transcript|발언 기록)$/ }).scrollIntoViewIfNeeded();
const spokenTexts: SpokenText[] = [shortCaption, englishCaption, longCaption, hostileCaption, shortCaption].map(
  ({ displayName, text }, n) => ({
    ...{ segmentId: id(980 + n), callId: id(n < 4 ? 970 : 971), number: n, displayName, text },
    ...{ isOwn: n === 0, fromMs: at(9, n * 9), untilMs: at(9, n * 9) + 4_000 },
  }),
);
const press = (name: RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();
const meetingHash = `#/meetings/${id(103)}`;
const ofCalendar = { meeting: { body: { meeting: { ...detail, isOfCalendar: true as const, conflicts: [] } } } };

export const staffScenes: readonly Scene[] = [
  scene('sign-in', { isOut: true }),
  scene('sign-in-openid', { isOut: true, answers: { signInWays: { body: { openid: { label: 'Example Corp' } } } } }),
  scene('sign-in-openid-refused', { isOut: true, hash: '#sign-in=openid-refused' }),
  scene('invited', { isOut: true, hash: '#invite=of-a-scene' }),
  scene('no-server', { answers: { currentSession: 'no-answer' } }),
  scene('home'),
  scene('home-empty', { home: { running: [], meetings: [], rooms: [], mentions: [] } }),
  scene('home-mentions', {
    home: {
      ...home,
      mentions: [
        { meetingId: id(101), title: 'Weekly plan', names: ['Joon Lee'], count: 1 },
        { meetingId: id(106), title: '분기 결산 회의', names: ['김준호', 'Lena Visser'], count: 3 },
      ],
    },
  }),
  scene('home-repeats', {
    home: {
      ...home,
      meetings: [
        ...home.meetings,
        ...[2, 9, 16, 23].map((day) => weekly(day, { title: LONG_TITLE, isCancelled: day === 16 })),
        meeting(7, 'Price talks', { startsAtMs: at(9, 0, 3), endsAtMs: at(9, 30, 3) }),
      ],
    },
    act: press(/(Every week, 2 more|매주, 이후 2회)$/),
  }),
  scene('home-repeats-closed', {
    home: { ...home, meetings: [2, 9, 16, 23].map((day) => weekly(day, { title: '주간 회의', isCancelled: day > 9 })) },
    act: (page) =>
      page
        .getByRole('button', { name: /(Every week, 1 more|매주, 이후 1회)$/ })
        .evaluate((button) => button.scrollIntoView({ block: 'center' })),
  }),
  scene('home-stale', { home: null }),
  scene('home-long-names', {
    home: {
      running: [meeting(1, LONG_TITLE, { hostName: LONG_NAME, participantCount: 120 })],
      meetings: [meeting(2, LONG_TITLE, { startsAtMs: at(23, 30), hostName: LONG_NAME })],
      rooms: [{ ...rooms[0]!, roomName: longDetail.rooms[0]!.roomName }],
      mentions: [{ meetingId: id(102), title: LONG_TITLE, names: [LONG_NAME, LONG_NAME], count: 12 }],
    },
  }),
  scene('new-meeting', { hash: '#/new' }),
  scene('new-meeting-filled', {
    hash: '#/new',
    act: async (page) => {
      await page.getByRole('textbox', { name: /^(Title|제목)$/ }).fill('Price talks');
      await page.getByRole('textbox', { name: /^(Agenda|안건)$/ }).fill('Prices\n대리점 교육');
      await page.getByRole('textbox', { name: /^(Find people|참석자 찾기)$/ }).fill('Jo');
      await page.getByRole('button', { name: /Joon Lee/ }).click();
      await page.getByRole('textbox', { name: /^(Name of the guest|외부 참가자 이름)$/ }).fill('Dealer East');
      await page.getByRole('button', { name: /^(Add guest|외부 참가자 추가)$/ }).click();
      await page.getByText(/^(Guests wait to be let in|외부 참가자는 입장 허용을 기다립니다)$/).click();
      await page.getByText('한라 회의실').click();
    },
  }),
  scene('new-meeting-repeats', {
    hash: '#/new',
    act: async (page) => {
      await page.getByRole('textbox', { name: /^(Title|제목)$/ }).fill(LONG_TITLE);
      await page.getByLabel(/^(Date|날짜)$/).fill('2027-01-29');
      await page.getByText(/^(Repeats|반복)$/).click();
      await page.getByText(/^(Every month, on the same day|매월 같은 날)$/).click();
      await page.getByText(/^(Repeats|반복)$/).scrollIntoViewIfNeeded();
    },
  }),
  scene('new-meeting-empty-date', {
    hash: '#/new',
    act: async (page) => {
      await page.getByLabel(/^(Date|날짜)$/).fill('');
      await page.getByRole('textbox', { name: /^(Title|제목)$/ }).focus();
    },
  }),
  scene('new-meeting-repeats-wrong', {
    hash: '#/new',
    act: async (page) => {
      await page.getByRole('textbox', { name: /^(Title|제목)$/ }).fill('Price talks');
      await page.getByText(/^(Repeats|반복)$/).click();
      await page.getByRole('radio', { name: /^(On a day|날짜로 정하기)$/ }).click();
      await page.getByLabel(/^(Last day|마지막 날)$/).fill('2020-01-01');
      await press(/^(Make meeting|회의 만들기)$/)(page);
      await page.getByLabel(/^(Last day|마지막 날)$/).scrollIntoViewIfNeeded();
    },
  }),
  scene('new-meeting-incomplete', { hash: '#/new', act: press(/^(Make meeting|회의 만들기)$/) }),
  scene('new-meeting-title-too-long', {
    hash: '#/new',
    act: async (page) => {
      await page.getByRole('textbox', { name: /^(Title|제목)$/ }).fill('전국 대리점 가격 협의 '.repeat(8));
      await page.getByRole('textbox', { name: /^(Agenda|안건)$/ }).fill('가격'.repeat(200));
      await press(/^(Make meeting|회의 만들기)$/)(page);
    },
  }),
  scene('new-meeting-refused', {
    hash: '#/new',
    answers: { createMeeting: refusal(422, 'meeting-in-past') },
    act: async (page) => {
      await page.getByRole('textbox', { name: /^(Title|제목)$/ }).fill(LONG_TITLE);
      await press(/^(Make meeting|회의 만들기)$/)(page);
    },
  }),
  scene('new-meeting-other-release', {
    hash: '#/new',
    answers: {
      createMeeting: {
        status: 400,
        body: { error: { code: 'bad-message', message: '✖ Unrecognized key: "guestRecord"\n  → at policy' } },
      },
    },
    act: async (page) => {
      await page.getByRole('textbox', { name: /^(Title|제목)$/ }).fill('Price talks');
      await press(/^(Make meeting|회의 만들기)$/)(page);
      await page.getByRole('alert').last().scrollIntoViewIfNeeded();
    },
  }),
  scene('new-meeting-no-server', {
    hash: '#/new',
    answers: { findRooms: 'no-answer', createMeeting: 'no-answer' },
    act: async (page) => {
      await page.getByRole('textbox', { name: /^(Title|제목)$/ }).fill('Price talks');
      await press(/^(Make meeting|회의 만들기)$/)(page);
    },
  }),
  scene('meeting', { hash: meetingHash }),
  scene('meeting-polls', {
    hash: meetingHash,
    answers: {
      meetingPolls: {
        body: {
          polls: [
            { poll: runningPoll, isLost: false },
            { poll: endedQuiz, isLost: false },
            { poll: longPoll, isLost: true },
          ],
        },
      },
      preparedPolls: {
        body: {
          preparedPolls: [
            {
              preparedPollId: id(960),
              preparedAtMs: 5,
              draft: { ...runningPoll, question: '오늘 결정한 내용에 모두 동의하십니까?', rightChoice: null },
            },
          ],
        },
      },
    },
    act: async (page) => {
      await page.getByRole('region', { name: /^(Polls|투표)$/ }).scrollIntoViewIfNeeded();
    },
  }),
  scene('meeting-transcript', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: { ...detail, transcriptRevision: 9 } } },
      transcript: { body: { segments: spokenTexts, hasOlder: true } },
    },
    act: showTranscript,
  }),
  scene('meeting-transcript-empty', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: { ...detail, policy: { ...detail.policy, transcript: true } } } },
      transcript: { body: { segments: [], hasOlder: false } },
    },
    act: showTranscript,
  }),
  scene('meeting-transcript-failed', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: { ...detail, transcriptRevision: 9 } } },
      transcript: refusal(503, 'storage-failing'),
    },
    act: showTranscript,
  }),
  scene('meeting-transcript-delete', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: { ...detail, transcriptRevision: 9 } } },
      transcript: { body: { segments: spokenTexts, hasOlder: false } },
    },
    act: async (page) => {
      await page.getByRole('button', { name: /^(Delete what Dealer East|.* Dealer East 님의 발언 삭제)/ }).click();
    },
  }),
  scene('meeting-ahead', { hash: meetingHash, answers: { meeting: { body: { meeting: ahead } }, ...seriesAnswers } }),
  scene('meeting-over', { hash: meetingHash, answers: leftBehind(past) }),
  scene('meeting-over-member', { hash: meetingHash, answers: leftBehind({ ...past, role: 'member' }, at(9, 50, -1)) }),
  scene('meeting-over-unwritten', { hash: meetingHash, answers: { meeting: { body: { meeting: past } } } }),
  scene('meeting-many-people', {
    hash: meetingHash,
    answers: {
      meeting: {
        body: {
          meeting: {
            ...ahead,
            people: Array.from({ length: 42 }, (_, n) =>
              person(n, n % 3 === 0 ? '남궁선우 수석연구위원' : `Joon Lee ${n}`, {
                mail: 'sent',
                email: `p${n}@example.com`,
              }),
            ),
          },
        },
      },
    },
    act: (page) => page.getByRole('region', { name: /^(People|참석자)$/ }).scrollIntoViewIfNeeded(),
  }),
  scene('meeting-nobody', {
    hash: meetingHash,
    waiting: { meetingId: id(103), count: 0, waiting: [] },
    answers: {
      meeting: {
        body: { meeting: { ...detail, participantCount: 0, startsAtMs: null, endsAtMs: null, people: [], rooms: [] } },
      },
    },
  }),
  scene('meeting-waiting-long', {
    hash: meetingHash,
    waiting: {
      meetingId: id(103),
      count: 12,
      waiting: [
        { ...waiting.waiting[0]!, displayName: LONG_NAME, organisation: LONG_TITLE.slice(0, 60) },
        { ...waiting.waiting[2]!, displayName: '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원' },
      ],
    },
  }),
  scene('meeting-member', {
    hash: meetingHash,
    answers: { meeting: { body: { meeting: { ...detail, role: 'member', conflicts: [] } } } },
  }),
  scene('meeting-long-names', { hash: meetingHash, answers: { meeting: { body: { meeting: longDetail } } } }),
  scene('meeting-chat-long-words', {
    hash: meetingHash,
    answers: { chatPosts: { body: { posts: longWords, hasOlder: false, people: [] } } },
  }),
  scene('meeting-attended', {
    hash: meetingHash,
    answers: { meeting: { body: { meeting: past } }, attendance: { body: { calls: attended } } },
    act: (page) => page.getByRole('region', { name: /^(Attendance|참석 기록)$/ }).scrollIntoViewIfNeeded(),
  }),
  scene('meeting-marked-messages', {
    hash: meetingHash,
    act: (page) => page.getByRole('textbox', { name: /^(Message|메시지)$/ }).scrollIntoViewIfNeeded(),
  }),
  scene('meeting-minutes-draft', {
    hash: meetingHash,
    answers: { meeting: { body: { meeting: past } }, minutes: { body: { minutes: [minutesOf(null)] } } },
    act: async (page) => {
      await page.getByRole('region', { name: /^(Minutes|회의록)$/ }).scrollIntoViewIfNeeded();
    },
  }),
  scene('meeting-minutes-correct', {
    hash: meetingHash,
    answers: { meeting: { body: { meeting: past } }, minutes: { body: { minutes: [minutesOf(null)] } } },
    act: press(/^(Correct the text|내용 고치기)$/),
  }),
  scene('meeting-minutes-deleted', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: past } },
      minutes: { body: { minutes: [], areDeleted: true } },
      attendance: { body: { calls: [] } },
    },
    act: (page) => page.getByRole('region', { name: /^(Minutes|회의록)$/ }).scrollIntoViewIfNeeded(),
  }),
  scene('meeting-minutes-sent', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: { ...past, role: 'member' } } },
      minutes: { body: { minutes: [minutesOf(at(9, 50, -1))] } },
    },
    act: (page) => page.getByRole('region', { name: /^(Minutes|회의록)$/ }).scrollIntoViewIfNeeded(),
  }),
  scene('meeting-minutes-no-pdf', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: { ...past, role: 'member' } } },
      minutes: { body: { minutes: [minutesOf(at(9, 50, -1))] } },
      minutesPdf: refusal(503, 'printer-unavailable'),
    },
    act: async (page) => {
      await page.getByRole('link', { name: 'PDF' }).click();
      await page.getByText('printer-unavailable').scrollIntoViewIfNeeded();
    },
  }),
  scene('meeting-minutes-sent-meanwhile', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: past } },
      minutes: { body: { minutes: [minutesOf(null)] } },
      correctMinutes: refusal(409, 'not-possible-now'),
    },
    act: async (page) => {
      await press(/^(Correct the text|내용 고치기)$/)(page);
      await page
        .getByRole('textbox', { name: /^(Draft of .*|.* 회의록 초안)$/ })
        .fill('# 회의록: Price talks\n\n## 결정 사항\n\n- 새 가격표를 3월부터 적용합니다\n');
      const sent = { body: JSON.stringify({ minutes: [minutesOf(at(9, 50, -1))] }), contentType: 'application/json' };
      await page.route('**/api/v1/meetings/*/minutes', (route) => route.fulfill(sent));
      await press(/^(Save|저장)$/)(page);
      await page.getByRole('button', { name: /^(Discard it|버리기)$/ }).scrollIntoViewIfNeeded();
    },
  }),
  scene('meeting-minutes-send-asked', {
    hash: meetingHash,
    answers: { meeting: { body: { meeting: past } }, minutes: { body: { minutes: [minutesOf(null)] } } },
    act: press(/^(Send the minutes|회의록 보내기)$/),
  }),
  scene('meeting-kept', {
    hash: meetingHash,
    answers: { meeting: { body: { meeting: past } }, recordKeeping: { body: keeping } },
    act: async (page) =>
      page
        .getByRole('radio', { name: /^(As usual|기본값)$/ })
        .last()
        .scrollIntoViewIfNeeded(),
  }),
  scene('meeting-kept-shorter', {
    hash: meetingHash,
    answers: { meeting: { body: { meeting: past } }, recordKeeping: { body: keeping } },
    act: async (page) => page.getByRole('radio', { name: /^(7 days|7일)$/ }).click(),
  }),
  scene('meeting-series', { hash: meetingHash, answers: seriesAnswers, act: seeSeries }),
  scene('meeting-series-done', {
    hash: meetingHash,
    answers: {
      meetingSeries: { body: { next: null, tasks: [], hasMoreTasks: false } },
      earlierMeetings: earlierMeetings([lastWeek]),
    },
    act: seeSeries,
  }),
  scene('meeting-series-refused', {
    hash: meetingHash,
    answers: { ...seriesAnswers, markTask: refusal(409, 'meeting-changed') },
    act: async (page) => {
      await page.getByText('Book the room').click();
      await seeSeries(page);
    },
  }),
  scene('meeting-series-long', { hash: meetingHash, answers: longSeries, act: seeSeries }),
  scene('meeting-repeats-cancel', {
    hash: meetingHash,
    answers: {
      meeting: { body: { meeting: { ...detail, title: LONG_TITLE, repeats: { every: 'two-weeks', laterCount: 11 } } } },
    },
    act: press(/^(Cancel meeting|회의 취소)$/),
  }),
  scene('meeting-change-following', {
    hash: `${meetingHash}/change`,
    answers: { meeting: { body: { meeting: repeating } } },
    act: chooseFollowing,
  }),
  scene('meeting-change-following-busy', {
    hash: `${meetingHash}/change`,
    answers: {
      meeting: { body: { meeting: repeating } },
      changeFollowing: { body: { meeting: repeating, conflicts: busyDays } },
    },
    act: async (page) => {
      await chooseFollowing(page);
      await press(/^(Save changes|변경 저장)$/)(page);
      await page.getByText(/^(and 5 more|외 5건)$/).scrollIntoViewIfNeeded();
    },
  }),
  scene('next-meeting', {
    hash: `${meetingHash}/next`,
    answers: { meeting: { body: { meeting: past } }, earlierMeetings: earlierMeetings([lastWeek]) },
  }),
  scene('next-meeting-planned', { hash: `${meetingHash}/next`, answers: seriesAnswers }),
  scene('meeting-cancelled', {
    hash: meetingHash,
    answers: { meeting: { body: { meeting: { ...detail, isCancelled: true, participantCount: 0, conflicts: [] } } } },
  }),
  scene('notes', { hash: meetingHash, notes: {}, act: openNotes('Write to the dealers') }),
  scene('notes-read-only', { hash: meetingHash, notes: { access: 'read' }, act: openNotes() }),
  scene('notes-loading', { hash: meetingHash, notes: { behaves: 'silent' }, act: openNotes(null) }),
  scene('notes-offline', { hash: meetingHash, notes: { behaves: 'gone' }, act: openNotes() }),
  scene('notes-too-large', {
    hash: meetingHash,
    notes: { behaves: 'full' },
    act: async (page) => {
      await openNotes('Write to the dealers')(page);
      await page.keyboard.type('x');
      await page.getByRole('button', { name: /^(Open the notes again|메모 다시 열기)$/ }).scrollIntoViewIfNeeded();
    },
  }),
  scene('meeting-of-calendar', { hash: meetingHash, answers: ofCalendar }),
  scene('change-meeting', { hash: `${meetingHash}/change` }),
  scene('change-meeting-of-calendar', { hash: `${meetingHash}/change`, answers: ofCalendar }),
  scene('meeting-gone', { hash: meetingHash, answers: { meeting: refusal(404, 'not-found') } }),
  scene('meeting-invite', { hash: meetingHash, act: press(/^(Invite|초대)$/) }),
  scene('meeting-cancel-asked', { hash: meetingHash, act: press(/^(Cancel meeting|회의 취소)$/) }),
  scene('air-offered', { hash: meetingHash, air: airUnderTest() }),
  scene('air-planned', { hash: meetingHash, air: broadcast({ phase: 'planned', startsAtMs: at(23, 15) }) }),
  scene('air-plan', { hash: meetingHash, air: airUnderTest(), act: press(/^(Plan a broadcast|생중계 예약)$/) }),
  scene('air-plan-audience', {
    hash: meetingHash,
    air: broadcast({ phase: 'planned', startsAtMs: at(23, 15) }),
    act: async (page) => {
      await press(/^(Change the plan|예약 변경)$/)(page);
      await page.getByRole('checkbox').first().scrollIntoViewIfNeeded();
    },
  }),
  scene('air-green-room', { hash: meetingHash, air: broadcast(), act: press(/^(Go live|생중계 준비)$/) }),
  scene('air-one-person', {
    hash: meetingHash,
    air: {
      ...broadcast(live),
      people: ['Maple 3F', LONG_NAME, 'Joon Lee'].map((displayName, n) => ({ peerId: id(700 + n), displayName })),
    },
    act: (page) => page.getByRole('radio', { name: /^(One person|한 사람)$/ }).click({ force: true }),
  }),
  scene('air-live', { hash: meetingHash, air: broadcast(live) }),
  scene('air-live-troubles', {
    hash: meetingHash,
    air: broadcast({ ...live, phase: 'hold', troubles: ['packager-unavailable'] }),
  }),
  scene('air-recording', {
    hash: meetingHash,
    air: airUnderTest({ recording: deskUnderTest({ kind: 'recording', phase: 'live' }) }),
  }),
  scene('past', { hash: '#/past' }),
  scene('past-none', {
    hash: '#/past',
    answers: { pastMeetings: { body: { ...pastList, rows: [], nextCursor: null, total: 0, counts: { all: 0 } } } },
  }),
  scene('account', { hash: '#/account' }),
  scene('account-own-time', {
    hash: '#/account',
    act: async (page) => {
      await press(/^(Show my time|내 시간 보기)$/)(page);
      await page.getByRole('table').first().scrollIntoViewIfNeeded();
    },
  }),
];
