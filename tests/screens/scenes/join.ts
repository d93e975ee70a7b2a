/** The guest's page, as fleet server and media node would answer it. */
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { MeetingDocument } from '#contract/http/documents-api.ts';
import type { ChatMessage } from '#contract/chat.ts';
import type { Participant } from '#contract/room-state.ts';
import type { TicketState } from '#contract/waiting.ts';
import { playStreams } from '../played-streams.ts';
import type { SharedDocument } from '#contract/shared-document.ts';
import type { CallTranscript, TranscriptSegment } from '#contract/transcript.ts';
import {
  documentAccess,
  drawing,
  drawnPage,
  listedDocument,
  LONG_FILE_NAME,
  playDocuments,
  sharedDocument,
} from '../drawn-documents.ts';
import type { GuestRecord } from '#contract/http/guest-record-api.ts';
import { drawPictures, type OwnDevices, picturesOf } from '../drawn-pictures.ts';
import { playNotes } from '../played-notes.ts';
import { CALL, id, PlayedNode, person, ROOM_PEER, ticket } from '../screen-wires.ts';
import { servePages } from '../static-pages.ts';
import { endedQuiz, longPoll, runningPoll } from './polls.ts';
import type { Scene, SizeName } from './scene.ts';
import { englishCaption, hostileCaption, longCaption, shortCaption, written } from './transcripts.ts';

const sizes: readonly SizeName[] = ['phone', 'laptop'];
const LONG_TITLE = '2027년 상반기 글로벌 제품 전략 및 연구개발 투자 우선순위 조정을 위한 전사 임원 확대 회의 (2차)';

type Told = {
  title?: string;
  refusal?: ErrorCode;
  own?: OwnDevices;
  /** who is in beside the guest; given, the guest joins */
  others?: Participant[];
  /** given, the guest may share documents; these are there, and this one is shown */
  documents?: MeetingDocument[];
  shown?: SharedDocument;
  /** of the pages */
  aspect?: 'slide' | 'sheet';
  upload?: 'stalls' | 'fails';
  air?: CallAir;
  transcript?: CallTranscript;
  /** also on a phone that is held sideways */
  isSideways?: boolean;
  after?: (page: Page, node: PlayedNode) => Promise<unknown>;
};

function scene(
  name: string,
  {
    title = 'Weekly plan',
    refusal,
    own,
    others,
    after,
    documents,
    shown,
    aspect,
    upload,
    air,
    transcript,
    isSideways,
  }: Told = {},
): Scene {
  const nodes = new WeakMap<Page, PlayedNode>();
  return {
    name,
    path: '/join#scene-invite',
    sizes: isSideways ? [...sizes, 'phone-sideways'] : sizes,
    setup: async (page) => {
      const guest = person(0, 'Head office', { peerKind: 'person' });
      const node = new PlayedNode([guest, ...(others ?? [])]);
      node.role = 'guest';
      if (air !== undefined) node.air = air;
      if (transcript !== undefined) node.transcript = transcript;
      nodes.set(page, node);
      await drawPictures(page, own);
      await servePages(page);
      if (documents) {
        node.documentRights = ['present', 'view'];
        node.document = shown ?? null;
        await playDocuments(page, { documents, aspect, upload });
      }
      await page.route('**/api/v1/guest-entries', (route) =>
        refusal === undefined
          ? route.fulfill({ json: entry(title, documents ? documentAccess() : null) })
          : route.fulfill({ status: 403, json: { error: { code: refusal, message: refusal } } }),
      );
      await node.attach(page);
    },
    act: async (page) => {
      if (others !== undefined) {
        await page.getByRole('textbox').fill('Head office');
        await page.getByRole('textbox').press('Enter');
        await page.getByRole('figure').first().waitFor();
        await picturesOf(page, others);
      }
      await after?.(page, nodes.get(page)!);
      await page.waitForTimeout(1_200);
    },
  };
}

const entry = (meetingTitle: string, documents: ReturnType<typeof documentAccess> | null) => ({
  kind: 'admitted',
  ...headingOf(meetingTitle),
  admission: 'all-enter',
  agenda: 'Prices of the first quarter\n대리점 교육 일정 확정',
  grant: {
    callId: CALL,
    meetingId: id(4),
    meetingTitle,
    peerId: ROOM_PEER,
    signalingUrl: ticket.signalingUrl,
    joinToken: 'of-a-scene',
    expiresAtMs: Date.now() + 60_000,
    documents,
  },
});

const headingOf = (meetingTitle: string) => ({
  meetingId: id(4),
  meetingTitle,
  hostName: 'Mina Park',
  displayName: null as string | null,
});

type Afters = Partial<Pick<GuestRecord, 'minutes' | 'isDeleted' | 'documents'>> & {
  title?: string;
  refusal?: ErrorCode;
  /** its call may be entered again */
  mayJoin?: boolean;
  /** chat and polls too */
  hasTalk?: boolean;
  /** title of the document that is opened */
  opens?: string;
  /** of that document */
  picture?: 'shown' | 'refused';
};
const DOCUMENTS: GuestRecord['documents'] = [
  { documentId: id(21), title: 'Prices of the first quarter.pptx', pageCount: 12 },
  { documentId: id(22), title: '2027년 상반기 대리점 교육 일정과 준비 사항 안내(최종).hwp', pageCount: 1 },
];
const HELD_MS = new Date(2027, 0, 12, 10, 0).getTime();
const MINUTES_TEXT = `# Minutes: Weekly plan

- When: Tuesday 12 January 2027 at 10:00 GMT+9 (10:00–10:42)
- Host: Mina Park

## Attendees

- Mina Park, 10:00–10:42 (42 min)
- Dealer East (guest), 10:03–10:42 (39 min)

## Decisions

- Prices of the first quarter stay. 1분기 가격은 그대로 둡니다.

## Tasks

- [ ] 대리점 교육 일정 확정 (박서연, by 2027-01-20)
- [x] Write to the dealers (Joon Lee)
`;
/** A guest who comes back when the meeting is over. */
function after(
  name: string,
  { title = 'Weekly plan', refusal, mayJoin = false, hasTalk = false, opens, picture = 'shown', ...more }: Afters = {},
): Scene {
  const { result: _, ...poll } = runningPoll;
  const chat = [
    { displayName: 'Mina Park', isGuest: false, text: 'The price list is in the documents.', atMs: HELD_MS + 300_000 },
    {
      displayName: 'Dealer East',
      isGuest: true,
      text: '교육은 2월 둘째 주가 좋습니다.\n자료는 미리 보내 주세요.',
      atMs: HELD_MS + 420_000,
    },
    { displayName: 'Dealer East', isGuest: true, text: '', atMs: HELD_MS + 480_000 },
  ];
  const record: GuestRecord = {
    ...{ meetingTitle: title, hostName: 'Mina Park', agenda: 'Prices of the first quarter\n대리점 교육 일정 확정' },
    ...{ heldFromMs: HELD_MS, heldUntilMs: HELD_MS + 42 * 60_000, untilMs: HELD_MS + 7 * 86_400_000 },
    isDeleted: false,
    minutes: [{ minutesId: id(5), startedAtMs: HELD_MS, endedAtMs: HELD_MS + 42 * 60_000, text: MINUTES_TEXT }],
    ...(hasTalk && { chat, polls: [{ ...poll, result: { endedAtMs: HELD_MS, rightChoice: null, answers: null } }] }),
    ...more,
  };
  return {
    name,
    path: '/join#scene-invite',
    sizes,
    setup: async (page) => {
      await drawPictures(page);
      await servePages(page);
      const refused = (code: ErrorCode) => ({ status: 403, json: { error: { code, message: code } } });
      await page.route('**/api/v1/guest-entries', (route) =>
        route.fulfill(
          mayJoin ? { json: { kind: 'knock', ...headingOf(title), isAfter: true } } : refused('invite-expired'),
        ),
      );
      await page.route('**/api/v1/guest-records', (route) =>
        route.fulfill(refusal === undefined ? { json: record } : refused(refusal)),
      );
      await page.route('**/api/v1/guest-records/document-page', async (route) => {
        if (picture === 'refused') return route.fulfill(refused('guest-record-over'));
        const drawn = drawnPage({ number: 1, seed: 21, size: 'laptop', aspect: 'slide' });
        const webp = await sharp(Buffer.from(drawn)).webp().toBuffer();
        return route.fulfill({ json: { picture: webp.toString('base64') } });
      });
    },
    act: async (page) => {
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (opens !== undefined) {
        await page.getByRole('listitem').filter({ hasText: opens }).getByRole('button').click();
        await page.locator('main img, [role=alert] p').first().waitFor();
        await page.getByText(opens, { exact: true }).scrollIntoViewIfNeeded();
      }
      await page.waitForTimeout(300);
    },
  };
}

type Knocks = {
  title?: string;
  /** after the knock; absent: not asked yet */
  state?: TicketState;
  isLineLost?: boolean;
};
/** A guest who has to ask. */
function knock(name: string, { title = 'Weekly plan', state, isLineLost = false }: Knocks = {}): Scene {
  return {
    name,
    path: '/join#scene-invite',
    sizes,
    setup: async (page) => {
      await drawPictures(page);
      await servePages(page);
      const heading = headingOf(title);
      const waits = { kind: 'waiting', ...heading, displayName: 'Head office', ticket: 'of-a-scene', state: 'waiting' };
      await page.route('**/api/v1/guest-entries', (route) =>
        route.fulfill({ json: state === undefined ? { kind: 'knock', ...heading } : waits }),
      );
      const said = { name: 'ticket', data: { state, hostName: 'Mina Park', sinceMs: Date.now() - 120_000 } };
      await playStreams(page, { 'waiting/changes': isLineLost ? null : said });
    },
    act: async (page) => {
      if (state === undefined)
        await page.getByRole('textbox', { name: /^(Your organisation|소속)$/ }).fill('포항 공장 설비관리팀');
      await page.waitForTimeout(1_000);
    },
  };
}

const LIVE: CallAir = { phase: 'live', liveAtMs: Date.now() - 761_000, watching: 312, isRecorded: true };
const waitingPeople = (...displayNames: string[]) => ({
  meetingId: id(4),
  count: displayNames.length,
  waiting: displayNames.map((displayName, n) => ({
    ticketId: id(700 + n),
    displayName,
    organisation: n % 2 === 0 ? '부산 대리점' : null,
    isKnown: n === 2,
    sinceMs: Date.now() - 60_000 * (n + 1),
  })),
});
type Hosted = {
  waiting?: string[];
  isLocked?: boolean;
  chat?: ChatMessage[];
  transcript?: CallTranscript;
  after?: (page: Page, node: PlayedNode) => Promise<unknown>;
};
/** A host in the call. */
function host(name: string, hosted: Hosted = {}): Scene {
  const { waiting = [], isLocked = false, chat: messages = chat, transcript, after } = hosted;
  const nodes = new WeakMap<Page, PlayedNode>();
  return {
    name,
    path: `/join?meeting=${id(4)}`,
    sizes: [...sizes, 'phone-sideways'],
    setup: async (page) => {
      const self = person(0, 'Mina Park', { peerKind: 'person', role: 'host' });
      const others = people(5).map((each, n) => ({
        ...each,
        isGuest: n > 1,
        role: n > 1 ? ('guest' as const) : each.role,
        organisation: n === 2 ? '부산 대리점' : null,
        handRaisedAtMs: n === 3 ? Date.now() : null,
      }));
      const node = new PlayedNode([self, ...others]);
      nodes.set(page, node);
      node.role = 'host';
      node.order = { isLocked, staysMuted: isLocked, sharedBy: 'everyone' };
      node.chat = messages;
      node.chatReads = [{ messageId: id(922), count: 2 }];
      if (transcript !== undefined) node.transcript = transcript;
      await drawPictures(page);
      await servePages(page);
      await playNotes(page, {});
      await page.route('**/api/v1/meetings/*/entries', (route) =>
        route.fulfill({ json: { ...entry('Weekly plan', null), displayName: 'Mina Park', admission: 'links-wait' } }),
      );
      await page.route('**/api/v1/meetings/*/invites', (route) =>
        route.fulfill({
          json:
            route.request().method() === 'GET'
              ? { invites: [] }
              : { invite: invite(), joinUrl: `https://maru.example/join#${'eyJhbGciOiJFZERTQSJ9'.repeat(6)}` },
        }),
      );
      await page.route('**/api/v1/meetings/*/prepared-polls', (route) =>
        route.fulfill({
          json: {
            preparedPolls: [
              {
                preparedPollId: id(961),
                preparedAtMs: 5,
                draft: {
                  question: '오늘 결정한 내용에 모두 동의하십니까?',
                  choices: ['예', '아니요'],
                  isMultiple: false,
                  isSecret: true,
                  rightChoice: null,
                },
              },
            ],
          },
        }),
      );
      await playStreams(page, { '/waiting': { name: 'waiting', data: waitingPeople(...waiting) } });
      await node.attach(page);
    },
    act: async (page) => {
      await page.getByRole('button', { name: /^(Join|참여)$/ }).click();
      await page.getByRole('figure').first().waitFor();
      await picturesOf(page, people(5));
      await after?.(page, nodes.get(page)!);
      await page.waitForTimeout(1_200);
    },
  };
}
const invite = () => ({
  inviteId: id(800),
  meetingId: id(4),
  displayName: null,
  seats: 50,
  expiresAtMs: Date.now() + 86_400_000,
  revokedAtMs: null,
  closedAtMs: null,
});
const chat: ChatMessage[] = [
  ['Mina Park', 'The price list is in the documents of this meeting.', false],
  ['부산 대리점', '감사합니다. 마이크가 없어서 채팅으로 참여하겠습니다.', true],
  ['Dealer East', 'Two questions:\n1. From when?\n2. For all regions?', true],
].map(([displayName, text, isGuest], number) => ({
  messageId: id(900 + number),
  number,
  peerId: number === 0 ? ROOM_PEER : id(100 + number),
  displayName: displayName as string,
  isGuest: isGuest as boolean,
  text: text as string,
  atMs: Date.now() - 60_000 * (3 - number),
}));
/** Answered, recalled, with a mention of who looks and with who has read it. */
const answeredChat: ChatMessage[] = [
  { ...chat[0]!, messageId: id(920) },
  {
    ...chat[1]!,
    messageId: id(921),
    text: '@Mina Park 3페이지부터 볼까요?',
    mentions: [{ peerId: ROOM_PEER, name: 'Mina Park' }],
  },
  {
    ...chat[0]!,
    messageId: id(922),
    peerId: ROOM_PEER,
    displayName: 'Mina Park',
    text: 'Yes, from page 3.',
    replyTo: id(921),
  },
  { ...chat[2]!, messageId: id(923), text: '', isRecalled: true },
].map((message, number) => ({ ...message, number }));
/** Behind `More` where there is no room for it. */
/** A phone that is held sideways has them behind `More`. */
async function openNotes(page: Page): Promise<void> {
  const notes = page.getByRole('button', { name: /^(Notes|메모)$/ });
  const more = page.getByRole('button', { name: /^(More|더 보기)$/ });
  await notes.or(more).first().waitFor();
  if (!(await notes.isVisible())) await more.click();
  await notes.click();
}

const openPeople = async (page: Page) => {
  const more = page.getByRole('button', { name: /^(More|더 보기)$/ });
  if (await more.isVisible()) await more.click();
  await page.getByRole('button', { name: /^(People|참가자),/ }).click();
};

/** A person who wants captions reads these. */
const withCaptions =
  (...captions: TranscriptSegment[]) =>
  async (page: Page, node: PlayedNode) => {
    const more = page.getByRole('button', { name: /^(More|더 보기)$/ });
    if (await more.isVisible()) await more.click();
    await page.getByRole('button', { name: /^(Show captions|자막 켜기)$/ }).click();
    for (const caption of captions) node.tell('caption', caption);
  };

const openNewPoll = async (page: Page) => {
  const more = page.getByRole('button', { name: /^(More|더 보기)$/ });
  if (await more.isVisible()) await more.click();
  await page.getByRole('button', { name: /^(New poll|새 투표)$/ }).click();
};

const names = [
  'Maple 3F',
  '포항 공장',
  'Plant 2',
  '부산 대리점',
  'Dealer East',
  '영업 1팀',
  'Guest 7',
  '구매팀',
  'Dealer West',
];
const people = (count: number): Participant[] =>
  names.slice(0, count).map((displayName, index) =>
    person(index + 1, displayName, {
      peerKind: index === 0 ? 'room' : 'person',
      microphone: index % 3 === 1 ? 'muted' : 'on',
      camera: index % 7 === 5 ? 'off' : 'on',
    }),
  );

const openDevices = async (page: Page) => {
  const more = page.getByRole('button', { name: /^(More|더 보기)$/ });
  if (await more.isVisible()) await more.click();
  await page.getByRole('button', { name: /^(Devices|장치)$/ }).click();
};

const guest = { peerId: ROOM_PEER, displayName: 'Head office' };
const room = { peerId: id(101), displayName: 'Maple 3F' };
const openShare = (page: Page) => page.getByRole('button', { name: /^(Share|공유)$/ }).click();
const press = (name: RegExp) => (page: Page) => page.getByRole('button', { name }).click();
const upload = async (page: Page, name: string) => {
  await openShare(page);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'application/pdf', buffer: Buffer.alloc(2_400_000, 7) });
  await page.waitForTimeout(600);
};
const fewDocuments = [
  listedDocument(1),
  listedDocument(2, { title: LONG_FILE_NAME, pageCount: 1, readyPages: 1, isOwn: false }),
  listedDocument(3, { title: 'Plan.pptx', state: 'converting', readyPages: 2, pageCount: 30 }),
  listedDocument(4, {
    title: '견적서.hwp',
    state: 'waiting',
    readyPages: 0,
    pageCount: null,
    isOwn: false,
  }),
  listedDocument(5, {
    title: 'Contract.pdf',
    state: 'failed',
    failure: 'document-encrypted',
    readyPages: 0,
    pageCount: null,
  }),
];
const withdrawn = { change: 'withdrawn', reason: 'outsider-in-call' } as const;

export const joinScenes: readonly Scene[] = [
  scene('check'),
  scene('check-no-devices', { own: 'missing' }),
  scene('check-refused', { own: 'refused' }),
  scene('check-long-title', { title: LONG_TITLE }),
  scene('check-written', { transcript: written }),
  scene('check-on-air-written', { title: LONG_TITLE, air: LIVE, transcript: written }),
  scene('check-recorded', { air: { ...OFF_AIR, isRecorded: true } }),
  scene('invite-expired', { refusal: 'invite-expired' }),
  scene('invite-invalid', { refusal: 'invite-invalid' }),
  scene('invite-closed', { refusal: 'invite-closed' }),
  scene('call-unreachable', { refusal: 'call-unreachable' }),
  knock('knock'),
  knock('knock-long-title', { title: LONG_TITLE }),
  knock('waiting', { state: 'waiting' }),
  knock('waiting-no-host', { state: 'no-host' }),
  knock('waiting-locked', { state: 'locked', title: LONG_TITLE }),
  knock('waiting-line-lost', { state: 'waiting', isLineLost: true }),
  knock('waiting-declined', { state: 'declined' }),
  knock('waiting-over', { state: 'over' }),
  after('after'),
  after('after-with-talk', { title: LONG_TITLE, mayJoin: true, hasTalk: true }),
  after('after-documents', { documents: DOCUMENTS, opens: 'Prices of the first quarter.pptx' }),
  after('after-document-refused', {
    documents: DOCUMENTS,
    opens: 'Prices of the first quarter.pptx',
    picture: 'refused',
  }),
  after('after-not-sent', { minutes: [] }),
  after('after-deleted', { minutes: [], isDeleted: true }),
  after('after-time-over', { refusal: 'guest-record-over' }),
  after('after-not-for-guests', { refusal: 'record-not-for-guests' }),
  host('host-waiting', { waiting: ['Jonas', 'Jonas', '이하늘'] }),
  host('host-waiting-long', {
    waiting: [
      'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander',
      '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원',
    ],
  }),
  host('host-locked', { isLocked: true }),
  host('host-people', { after: openPeople }),
  host('host-person', {
    after: async (page) => {
      await openPeople(page);
      await page.getByRole('button', { name: /Plant 2/ }).click();
    },
  }),
  host('host-invite', {
    after: async (page) => {
      const invite = page.getByRole('button', { name: /^(Invite|초대)$/ });
      if (!(await invite.isVisible())) await page.getByRole('button', { name: /^(More|더 보기)$/ }).click();
      await invite.click();
    },
  }),
  host('poll', { after: async (_page, node) => node.tell('poll-changed', runningPoll) }),
  host('poll-new', { after: openNewPoll }),
  host('poll-prepared', {
    after: async (page) => {
      await openNewPoll(page);
      await page.getByRole('button', { name: /동의하십니까/ }).click();
    },
  }),
  host('poll-new-quiz', {
    after: async (page) => {
      await openNewPoll(page);
      await page.getByRole('textbox', { name: /^(Question|질문)$/ }).fill('In which year was the first steel poured?');
      for (const [n, words] of ['1968', '1973'].entries())
        await page.getByRole('textbox', { name: new RegExp(`^(Choice|보기) ${n + 1}$`) }).fill(words);
      await page.getByText(/^(Quiz|퀴즈)$/).click();
      await page.getByRole('button', { name: /^(Start poll|투표 시작)$/ }).click();
    },
  }),
  host('poll-ended', { after: async (_page, node) => node.tell('poll-changed', endedQuiz) }),
  scene('poll-unanswered', { others: people(3), after: async (_page, node) => node.tell('poll-changed', runningPoll) }),
  scene('poll-long', { others: people(3), after: async (_page, node) => node.tell('poll-changed', longPoll) }),
  scene('poll-answered', {
    others: people(3),
    after: async (_page, node) => {
      node.tell('poll-changed', longPoll);
      node.tell('poll-answered', { pollId: longPoll.pollId, choices: [1, 7] });
    },
  }),
  host('transcript-switch', { transcript: { ...written, isOn: false }, after: openPeople }),
  host('transcript-failing', { transcript: { ...written, isFailing: true }, after: openPeople }),
  scene('transcript-begins', {
    others: people(3),
    title: LONG_TITLE,
    isSideways: true,
    after: async (_page, node) => node.tell('transcript-changed', written),
  }),
  scene('captions', { others: people(4), transcript: written, after: withCaptions(shortCaption) }),
  scene('captions-long', {
    others: people(3),
    transcript: written,
    air: LIVE,
    isSideways: true,
    after: withCaptions(longCaption),
  }),
  scene('captions-hostile', { others: people(1), transcript: written, after: withCaptions(hostileCaption) }),
  scene('captions-document', {
    others: people(3),
    documents: [listedDocument(1)],
    shown: sharedDocument({ presenter: room }),
    transcript: written,
    after: withCaptions(englishCaption),
  }),
  host('notes', { after: openNotes }),
  host('notes-task', {
    after: async (page) => {
      await openNotes(page);
      await page.locator('.notes-editor p', { hasText: 'Write to the dealers' }).click();
      await page.getByLabel(/^(Until when|기한)$/).waitFor();
    },
  }),
  host('chat', { after: press(/^(Chat|채팅)/) }),
  host('chat-answers', {
    chat: answeredChat,
    after: async (page) => {
      await page.getByRole('button', { name: /^(Chat|채팅)/ }).click();
      await page.getByRole('button', { name: /^(Read by 2|2명 읽음)$/ }).click();
      await page.getByRole('textbox', { name: /^(Message|메시지)$/ }).pressSequentially('@부');
    },
  }),
  scene('alone', { others: [] }),
  scene('call-two', { others: people(1) }),
  scene('call-nine', { others: people(8) }),
  scene('reconnecting', { others: people(3), after: (_page, node) => node.drop() }),
  scene('air-live', { others: people(3), air: LIVE, title: LONG_TITLE, isSideways: true }),
  scene('air-hold', {
    others: people(1),
    air: { ...LIVE, phase: 'hold' },
    after: (page) => page.waitForTimeout(4_200),
  }),
  scene('air-countdown', {
    others: people(2),
    air: { phase: 'countdown', liveAtMs: 1, watching: null, isRecorded: false },
    after: (page) => page.clock.setFixedTime(Date.now()),
  }),
  scene('air-recording', { others: people(2), air: { ...OFF_AIR, isRecorded: true } }),
  scene('call-devices', { others: people(3), after: openDevices }),
  scene('call-without-devices', { own: 'missing', others: people(3), after: openDevices }),
  scene('document-viewing', {
    isSideways: true,
    others: people(3),
    documents: [listedDocument(1)],
    shown: sharedDocument({ presenter: room, strokes: drawing(3), pointer: { x: 50_000, y: 40_000 } }),
  }),
  scene('document-sheet-of-paper', {
    others: people(5),
    documents: [listedDocument(1)],
    aspect: 'sheet',
    shown: sharedDocument({ presenter: room }),
  }),
  scene('document-long-name', {
    others: people(2),
    documents: [listedDocument(1)],
    shown: sharedDocument({
      title: LONG_FILE_NAME,
      presenter: { ...room, displayName: '포항 공장 대회의실 (본관 3층, 화상회의 전용)' },
    }),
  }),
  scene('document-presenting', {
    others: people(3),
    documents: [listedDocument(1)],
    shown: sharedDocument({ presenter: guest }),
  }),
  scene('document-pen', {
    isSideways: true,
    others: people(3),
    documents: [listedDocument(1)],
    shown: sharedDocument({ presenter: guest, strokes: drawing(3) }),
    after: (page) => page.getByRole('radio', { name: /^(Pen|펜)$/ }).check({ force: true }),
  }),
  scene('document-pages', {
    others: people(1),
    documents: [listedDocument(1)],
    shown: sharedDocument({ presenter: guest }),
    after: press(/^(All document pages|문서의 모든 쪽)$/),
  }),
  scene('document-hand-over', {
    others: people(3),
    documents: [listedDocument(1)],
    shown: sharedDocument({ presenter: guest }),
    after: press(/^(Hand over|넘기기)$/),
  }),
  scene('document-nobody-presents', { others: people(2), documents: [listedDocument(1)], shown: sharedDocument() }),
  scene('share-nothing-yet', { others: people(2), documents: [], after: openShare }),
  scene('share-list', {
    others: people(2),
    documents: fewDocuments,
    shown: sharedDocument({ presenter: room }),
    after: openShare,
  }),
  scene('share-uploading', { others: people(2), documents: [], after: (page) => upload(page, LONG_FILE_NAME) }),
  scene('share-uploading-strip', {
    others: people(2),
    documents: [],
    after: async (page) => {
      await upload(page, 'Price list 2027.pdf');
      await page.keyboard.press('Escape');
    },
  }),
  scene('share-refused', {
    others: people(2),
    documents: [],
    upload: 'fails',
    after: async (page) => {
      await upload(page, 'Price list 2027.pdf');
      await page.keyboard.press('Escape');
    },
  }),
  scene('document-withdrawn', {
    others: people(3),
    documents: [listedDocument(1)],
    shown: sharedDocument({ presenter: guest }),
    after: async (_page, node) => node.tell('document-changed', withdrawn),
  }),
  scene('joined-elsewhere', { others: people(2), after: (_page, node) => node.drop('joined-elsewhere') }),
  scene('seats-taken', { others: people(2), after: (_page, node) => node.drop('seats-taken') }),
  scene('removed', { others: people(2), after: async (_page, node) => node.tell('call-ended', { reason: 'removed' }) }),
  scene('ended', {
    others: people(2),
    after: async (_page, node) => node.tell('call-ended', { reason: 'ended-by-room' }),
  }),
];
