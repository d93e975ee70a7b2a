/** Every state of the TV, as agent and media node would tell it. */
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { Page } from 'playwright-core';
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import type { CallPoll } from '#contract/polls.ts';
import type { Participant, RoomState } from '#contract/room-state.ts';
import type { DocumentAct, SharedDocument } from '#contract/shared-document.ts';
import type { TranscriptSegment } from '#contract/transcript.ts';
import { documentAccess, drawing, LONG_FILE_NAME, playPages, sharedDocument } from '../drawn-documents.ts';
import { playPictureOnTv } from '../played-picture.ts';
import { drawPictures, type OwnDevices, picturesOf } from '../drawn-pictures.ts';
import {
  CALL,
  inCallPhase,
  person,
  PlayedAgent,
  PlayedNode,
  ROOM_PEER,
  roomView,
  serveTv,
  type ShownRoom,
  ticket,
  TV_ORIGIN,
  TV_PATH,
  welcome,
} from '../screen-wires.ts';
import {
  afternoon,
  agenda,
  at,
  booking,
  busyDay,
  due,
  equipment,
  HDMI_KEY,
  LONG_BOOKING,
  missed,
  selfTests,
  standAt,
  weeklyPlan,
} from '../rooms-day.ts';
import { COUNTDOWN_TIME, shownUpdates } from '../shown-updates.ts';
import type { IdleFrame } from '#contract/screen-link.ts';
import { pictureAt } from '../../../kiosk/screen/idle/turn.ts';
import type { NotEnrolledView } from '#contract/waiting-kiosk.ts';
import { endedQuiz, longestPoll, longestQuiz, longPoll, runningPoll } from './polls.ts';
import type { Scene, SizeName } from './scene.ts';
import { englishCaption, hostileCaption, longCaption, shortCaption, written } from './transcripts.ts';

const sizes: readonly SizeName[] = ['1080p', '4k'];
const ROOM_NAME = 'Maple 3F';
const LONG_ROOM = 'Namsan Panorama Conference Hall, South Wing, 27th floor';
const waitingKiosk = {
  fleetAddress: 'https://maru.example.com:7401',
  setupUrl: 'http://192.0.2.37:7421/#k3kDq0bqB8m1oYw2nN5c7dZr',
  claimCode: null,
  keySha256: null,
  caSha256: null,
  formerRoomName: null,
};
const compared = { keySha256: '3f9ac1d27b8e4410'.repeat(4), caSha256: '90b2e6f41a7cd385'.repeat(4) };
const NOT_ENROLLED: Record<string, NotEnrolledView> = {
  'asks-for-address': { ...waitingKiosk, step: 'asks-for-address', fleetAddress: null },
  'no-network': { ...waitingKiosk, step: 'asks-for-address', fleetAddress: null, setupUrl: null },
  'reaches-for-fleet': { ...waitingKiosk, step: 'reaches-for-fleet' },
  'waits-for-claim': { ...waitingKiosk, ...compared, step: 'waits-for-claim', claimCode: 'KX7P-4QWN' },
  'asks-to-return': { ...waitingKiosk, ...compared, step: 'asks-to-return', formerRoomName: ROOM_NAME },
};
const PICTURE_TIME = '09:12';
const SIGNAGE = ['5e'.repeat(32)];
/** So long each that at that time it is the picture's turn. */
const secondsEach = Array.from({ length: 500 }, (_, n) => 600 - n).find(
  (each) => pictureAt(at(PICTURE_TIME), SIGNAGE, each) !== null,
)!;
const picturesShown: IdleFrame = { notice: null, pictures: SIGNAGE, secondsEach };
const noticeOf = (tone: 'info' | 'warning') => ({
  text: '금요일 18시부터 21시까지 전기 점검으로 모든 회의실을 쓸 수 없습니다.',
  tone,
  untilMs: null,
});
const LONG_MEETING = '2027년 상반기 글로벌 제품 전략 및 연구개발 투자 우선순위 조정을 위한 전사 임원 확대 회의 (2차)';

type Told = {
  state?: Partial<RoomState>;
  view?: Partial<ShownRoom>;
  /** who is in the call; none: no call */
  people?: Participant[];
  /** what the call shows, or without a call the TV alone */
  document?: SharedDocument;
  /** the pages' shape; `missing`: none comes, `broken`: the server has none */
  pages?: 'slide' | 'sheet' | 'missing' | 'broken';
  air?: CallAir;
  own?: OwnDevices;
  /** the page's clock stands at that time of the made-up day */
  time?: string;
  /** what happens once it is shown */
  after?: (parts: { page: Page; agent: PlayedAgent; node: PlayedNode }) => Promise<void> | void;
  sizes?: readonly SizeName[];
};

/** Waits for `?lang` by itself: the view carries English, the address decides. */
function scene(name: string, told: Told = {}): Scene {
  const { state, view, people, own, after } = told;
  const parts = new WeakMap<Page, { agent: PlayedAgent; node: PlayedNode }>();
  return {
    name,
    path: TV_PATH,
    sizes: told.sizes ?? sizes,
    setup: async (page) => {
      if (told.time !== undefined) await standAt(page, told.time);
      const inCall: Partial<RoomState> = people === undefined ? {} : { phase: inCallPhase(people) };
      const agent = new PlayedAgent(() => [
        welcome(roomView({ ...inCall, ...state }, view), people === undefined ? null : ticket),
      ]);
      const node = new PlayedNode(people ?? []);
      parts.set(page, { agent, node });
      await drawPictures(page, own);
      node.document = told.document ?? null;
      if (told.air !== undefined) node.air = told.air;
      await serveTv(page);
      await servePagesOf(page, told.pages ?? 'slide');
      await agent.attach(page);
      await node.attach(page);
    },
    act: async (page) => {
      if (people !== undefined) {
        await page.getByRole('region').first().waitFor();
        await picturesOf(page, people);
      }
      const { agent, node } = parts.get(page)!;
      // what is said before the page has said hello, it does not hear
      while (agent.heard.length === 0) await page.waitForTimeout(20);
      if (told.document !== undefined) await showDocument(agent, told.document, people !== undefined);
      await after?.({ page, agent, node });
      // pictures have come, what appears has appeared
      await page.waitForTimeout(people === undefined ? 400 : 1_200);
    },
  };
}

/** What is spoken is written from now on, and these have just spoken. */
const spoken =
  (...captions: TranscriptSegment[]) =>
  async ({ page, node }: Parameters<NonNullable<Told['after']>>[0]): Promise<void> => {
    node.tell('transcript-changed', written);
    await page.getByRole('region', { name: /^(Captions|자막)$/ }).waitFor({ state: 'attached' });
    for (const caption of captions) node.tell('caption', caption);
  };

/** No choice of a poll is cut, and its board stays within the screen. */
const showWhole =
  (poll: CallPoll) =>
  async ({ page, node }: Parameters<NonNullable<Told['after']>>[0]): Promise<void> => {
    node.tell('poll-changed', poll);
    const board = page.getByRole('region', { name: /^(Poll|Quiz|투표|퀴즈)$/ });
    await board.waitFor();
    const cut = await board.evaluate((section) => {
      const words = [...section.querySelectorAll('li > span:not([aria-hidden])')];
      const tooLong = words.filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 2);
      const { top, bottom } = section.getBoundingClientRect();
      const last = section.lastElementChild!.getBoundingClientRect();
      return [
        ...tooLong.map(({ textContent }) => textContent),
        ...(top < 0 || last.bottom > Math.min(bottom, innerHeight) ? ['the board'] : []),
      ];
    });
    if (cut.length > 0) throw new Error(`cut on the TV: ${cut.join(', ')}`);
  };

/** The page came by its ticket: the agent brings what lets it at the pages. */
function showDocument(agent: PlayedAgent, document: SharedDocument, isInCall: boolean): void {
  const access = documentAccess(['present', 'view'], TV_ORIGIN);
  const effect = isInCall
    ? ({ name: 'use-document-access', callId: CALL, access } as const)
    : ({ name: 'show-document', shown: { document, access } } as const);
  agent.say({ type: 'do', effect });
}

async function servePagesOf(page: Page, pages: NonNullable<Told['pages']>): Promise<void> {
  if (pages === 'slide' || pages === 'sheet') return playPages(page, TV_ORIGIN, { aspect: pages });
  await page.route(`${TV_ORIGIN}/api/v1/documents/*/pages/**`, (route) =>
    pages === 'missing'
      ? undefined
      : route.fulfill({ status: 404, json: { error: { code: 'not-found', message: '' } } }),
  );
}

const LIVE: CallAir = { phase: 'live', liveAtMs: Date.now() - 761_000, watching: 312, isRecorded: true };
const presents = (n: number, name: string) => ({ presenter: { peerId: person(n, '').peerId, displayName: name } });
const room = person(0, ROOM_NAME);
const names = [
  'Head office',
  '포항 공장',
  'Plant 2',
  '부산 대리점',
  'Dealer East',
  '영업 1팀',
  'Guest 7',
  '구매팀',
  'Dealer West',
  '안전팀',
];
const others = (count: number): Participant[] =>
  Array.from({ length: count }, (_, index) =>
    person(index + 1, index < names.length ? names[index]! : `Guest ${index + 1}`, {
      microphone: index % 3 === 1 ? 'muted' : 'on',
      camera: index % 7 === 5 ? 'off' : 'on',
    }),
  );
const call = (count: number): Participant[] => [room, ...others(count)];
const tellAct = (node: PlayedNode, act: DocumentAct): void =>
  node.tell('document-changed', {
    change: 'act',
    by: { peerId: person(1, '').peerId, displayName: 'Head office' },
    act,
  });
const speaks =
  (n: number): Told['after'] =>
  ({ node }) =>
    node.tell('active-speaker', { peerId: person(n, '').peerId });
const long = [
  person(0, LONG_ROOM),
  person(1, 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander'),
  person(2, '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원', { microphone: 'muted', camera: 'off' }),
  person(3, 'a'),
  person(4, '독고탁', { camera: 'off' }),
];
const ended = (over: object = {}): Partial<RoomState> => ({
  phase: {
    name: 'ended',
    meetingTitle: 'Weekly plan',
    durationMs: 65 * 60_000,
    reason: 'ended-by-room',
    callId: CALL,
    feedback: null,
    ...over,
  },
});

const day = [weeklyPlan(), ...afternoon];
const idleDays: [name: string, time: string, view: Partial<ShownRoom>, notices?: RoomState['notices']][] = [
  ['idle-free-until', '09:12', { agenda: agenda(day) }],
  ['idle-free-today', '16:40', { agenda: agenda([]) }],
  ['idle-due-before', '09:52', { agenda: agenda([weeklyPlan(due), ...afternoon]) }],
  ['idle-due', '10:02', { agenda: agenda([weeklyPlan(due), ...afternoon]) }],
  ['idle-booked', '10:20', { agenda: agenda([weeklyPlan({ state: 'in-use' }), ...afternoon]) }],
  ['idle-released', '10:12', { agenda: agenda([weeklyPlan(missed), ...afternoon]) }],
  ['idle-all-day', '10:20', { agenda: agenda([booking('00:00', '23:59', '시설 점검', { isAllDay: true })]) }],
  ['idle-private', '11:10', { agenda: agenda([{ ...afternoon[0]!, state: 'in-use' }, ...afternoon.slice(1)]) }],
  ['idle-12-bookings', '10:05', { agenda: agenda(busyDay(12)) }],
  ['idle-20-bookings', '09:40', { agenda: agenda(busyDay(20), { moreCount: 7 }) }],
  [
    'idle-calendar-stale',
    '13:05',
    {
      agenda: agenda(day, {
        calendar: { state: 'stale', code: 'calendar-unreachable', freshAsOfMs: at('11:40'), unreadCount: 0 },
      }),
    },
  ],
  [
    'idle-calendar-unread',
    '13:05',
    { agenda: agenda(day, { calendar: { state: 'fresh', code: null, freshAsOfMs: at('13:00'), unreadCount: 3 } }) },
  ],
  [
    'idle-calendar-faulty',
    '09:12',
    {
      agenda: agenda([], {
        calendar: { state: 'faulty', code: 'calendar-refused', freshAsOfMs: null, unreadCount: 0 },
      }),
    },
    ['calendar-faulty'],
  ],
];
const idleDevices: [name: string, told: Told][] = [
  [
    'idle-booked-long',
    {
      time: '10:20',
      state: {
        roomName: LONG_ROOM,
        meeting: { meetingId: CALL, title: LONG_MEETING, underWay: true, participantCount: 3 },
      },
      view: {
        agenda: agenda([
          booking('10:00', '11:00', LONG_BOOKING, {
            state: 'in-use',
            organizer: '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원',
          }),
          ...busyDay(14).slice(4),
        ]),
      },
    },
  ],
  [
    'idle-broadcast',
    {
      view: {
        agenda: agenda(day),
        broadcasts: {
          protocol: PROTOCOL_VERSION,
          roomId: '0193a0b0-0000-7000-8000-000000000001',
          epoch: 1,
          revision: 1,
          asOfMs: 1,
          offered: [
            {
              broadcastId: '0193a0b0-0000-7000-8000-000000000080',
              title: '3분기 경영 현황 설명회',
              phase: 'live',
              startsAtMs: null,
            },
          ],
          shown: null,
          refusal: null,
        },
      },
    },
  ],
  ['idle-self-test-running', { view: { agenda: agenda(day), equipment: equipment({ selfTest: selfTests.running }) } }],
  [
    'idle-self-test-failed',
    {
      state: { notices: ['self-test-failed'] },
      view: { agenda: agenda([weeklyPlan(due), ...afternoon]), equipment: equipment({ selfTest: selfTests.failed }) },
    },
  ],
  [
    'idle-device-faults',
    {
      state: { roomName: LONG_ROOM, notices: ['speakerphone-faulty', 'tv-faulty'] },
      view: { agenda: agenda([weeklyPlan(due), ...afternoon]), equipment: equipment() },
    },
  ],
];
/** A call of the weekly plan, as its agenda says. */
const booked = (people: Participant[]): Partial<RoomState> => ({
  phase: { ...inCallPhase(people), bookingId: weeklyPlan().bookingId } as RoomState['phase'],
});

/** Nobody meets, and the TV shows a broadcast. `opening`: the delivery has not answered; `away`: it is live, and no picture comes. */
function tunedIn(state: 'opening' | 'soon' | 'live' | 'away'): Scene {
  const broadcastId = '0193a0b0-0000-7000-8000-000000000080';
  const liveUrl = 'http://127.0.0.1:1';
  const offered = { broadcastId, title: LONG_MEETING, phase: 'live', startsAtMs: null } as const;
  const heading = { protocol: PROTOCOL_VERSION, epoch: 1, revision: 1, asOfMs: 1, refusal: null };
  return scene(`broadcast-${state}`, {
    view: {
      agenda: agenda(day),
      broadcasts: {
        ...heading,
        roomId: '0193a0b0-0000-7000-8000-000000000001',
        offered: [offered],
        shown: { ...offered, sinceMs: 1 },
      },
    },
    after: async ({ page, agent }) => {
      await page.route(`${liveUrl}/**`, (route) => {
        if (state === 'opening') return undefined;
        const phase = state === 'soon' ? 'green-room' : 'live';
        const json = { phase, watching: 312, isOnSlate: false, canRewind: true, nowMs: Date.now() };
        return route.fulfill({
          json,
          headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
        });
      });
      if (state === 'live') await playPictureOnTv(page);
      const viewing = { broadcastId, liveUrl, expiresAtMs: Date.now() + 3_600_000, token: 'of-a-scene' };
      agent.say({ type: 'do', effect: { name: 'show-broadcast', shown: { title: LONG_MEETING, viewing } } });
      await page.waitForTimeout(state === 'opening' ? 300 : 2_500);
    },
  });
}

type ShownHelp = NonNullable<ShownRoom['help']>;
const helpView = (request: Partial<NonNullable<ShownHelp['request']>> | null, it: ShownHelp['it'] = []) => ({
  help: {
    protocol: PROTOCOL_VERSION,
    roomId: '0193a0b0-0000-7000-8000-000000000001',
    epoch: 1,
    revision: 1,
    asOfMs: 1,
    isOffered: true,
    request: request && {
      helpId: '0193a0b0-0000-7000-8000-000000000090',
      topic: 'no-picture' as const,
      state: 'sent' as const,
      calledAtMs: 1,
      messages: [],
      ...request,
    },
    it,
  },
});
const answered = {
  state: 'seen' as const,
  messages: [
    {
      messageId: '0193a0b0-0000-7000-8000-000000000091',
      from: 'it' as const,
      author: '김미나',
      text: '오른쪽 HDMI 단자에 꽂혀 있습니다. 왼쪽 단자에 꽂아 주십시오. 그래도 나오지 않으면 이 화면에 답해 주십시오.',
      atMs: 1,
    },
  ],
};
const itHere: ShownHelp['it'] = [
  { kind: 'looks-at-screen', by: '김미나', sinceMs: 1 },
  { kind: 'restarts-soon', by: 'Maximilian-Alexander Wolfeschlegelsteinhausenbergerdorff', sinceMs: 2 },
];
const helpScenes: readonly Scene[] = [
  scene('help-called', { view: helpView({}) }),
  scene('help-answered', { view: { ...helpView(answered), agenda: agenda(day) } }),
  scene('help-it-looks', { view: helpView(null, itHere) }),
  scene('help-key', { state: { notices: ['camera-missing'] }, view: { ...helpView(null), equipment: equipment() } }),
  scene('help-in-call', { people: call(4), view: helpView(answered, itHere) }),
];

const updateView = (name: keyof typeof shownUpdates): Partial<ShownRoom> => ({
  update: {
    protocol: PROTOCOL_VERSION,
    roomId: '0193a0b0-0000-7000-8000-000000000001',
    epoch: 1,
    revision: 1,
    asOfMs: 1,
    ...shownUpdates[name],
  },
});
const updateScenes: readonly Scene[] = [
  scene('update-countdown', { time: COUNTDOWN_TIME, view: updateView('countdown') }),
  scene('update-countdown-day', {
    time: COUNTDOWN_TIME,
    state: { roomName: LONG_ROOM },
    view: { ...updateView('countdown'), agenda: agenda(day) },
  }),
  scene('update-countdown-last', { time: COUNTDOWN_TIME, state: { roomName: LONG_ROOM }, view: updateView('last') }),
  scene('update-checks', { time: COUNTDOWN_TIME, view: { ...updateView('checks'), agenda: agenda(day) } }),
  scene('update-done', { time: COUNTDOWN_TIME, view: updateView('updated') }),
  scene('update-went-back', { time: COUNTDOWN_TIME, view: updateView('wentBack') }),
  scene('update-picture', { time: PICTURE_TIME, view: { ...updateView('countdown'), idle: picturesShown } }),
];

export const screenScenes: readonly Scene[] = [
  ...helpScenes,
  ...updateScenes,
  {
    ...scene('boot'),
    setup: async (page) => {
      await serveTv(page);
      await page.routeWebSocket(/\/screen-link$/, () => undefined);
    },
    act: (page) => page.waitForTimeout(400),
  },
  scene('gone', {
    sizes: ['1080p'],
    after: async ({ page, agent }) => {
      agent.listening = false;
      await agent.drop();
      await page.waitForTimeout(15_500);
    },
  }),
  scene('keyless', {
    after: async ({ page, agent }) => {
      agent.onHello = () => [{ type: 'error', code: 'forbidden' }];
      await agent.drop();
      await page.waitForTimeout(1_000);
    },
  }),
  scene('elsewhere', { after: ({ agent }) => agent.say({ type: 'yield' }) }),
  scene('not-enrolled', { after: ({ agent }) => agent.say({ type: 'not-enrolled', code: 'not-enrolled' }) }),
  ...Object.entries(NOT_ENROLLED).map(([name, view]) =>
    scene(name, {
      after: ({ agent }) =>
        agent.say({ type: 'not-enrolled', code: name === 'asks-to-return' ? 'enrolment-ended' : 'not-enrolled', view }),
    }),
  ),
  scene('enrolment-ended', {
    people: call(3),
    after: ({ agent }) => agent.say({ type: 'not-enrolled', code: 'enrolment-ended' }),
  }),
  scene('claim-refused', {
    sizes: ['1080p'],
    after: ({ agent }) => agent.say({ type: 'not-enrolled', code: 'claim-code-invalid' }),
  }),
  scene('idle'),
  scene('idle-under-way', {
    state: { meeting: { meetingId: CALL, title: 'Weekly plan', underWay: true, participantCount: 3 } },
  }),
  scene('idle-long-names', {
    state: {
      roomName: LONG_ROOM,
      meeting: { meetingId: CALL, title: LONG_MEETING, underWay: true, participantCount: 128 },
    },
  }),
  ...idleDays.map(([name, time, view, notices = []]) => scene(name, { time, view, state: { notices } })),
  ...idleDevices.map(([name, told]) => scene(name, { time: '09:52', ...told })),
  scene('idle-notice', {
    time: '09:12',
    view: { agenda: agenda(day), idle: { ...picturesShown, pictures: [], notice: noticeOf('warning') } },
  }),
  scene('idle-notice-long', {
    view: { idle: { ...picturesShown, pictures: [], notice: { ...noticeOf('info'), text: LONG_MEETING.repeat(4) } } },
    state: { roomName: LONG_ROOM, notices: ['camera-missing'] },
  }),
  scene('idle-picture', { time: PICTURE_TIME, view: { agenda: agenda(day), idle: picturesShown } }),
  scene('idle-picture-notice', {
    time: PICTURE_TIME,
    view: { agenda: agenda(day), idle: { ...picturesShown, notice: noticeOf('warning') } },
    state: { roomName: LONG_ROOM },
  }),
  scene('idle-cut-off', { state: { notices: ['signaling-untrusted', 'media-blocked'] } }),
  scene('idle-troubles', {
    own: 'missing',
    state: { notices: ['camera-missing', 'microphone-missing', 'fleet-unreachable'] },
    view: { pairing: null },
  }),
  scene('starting', {
    state: { phase: { name: 'starting', meetingTitle: 'Weekly plan', sinceMs: Date.now(), cancelOffered: false } },
    after: ({ agent }) =>
      agent.say({
        type: 'do',
        effect: {
          name: 'join-call',
          grant: {
            callId: CALL,
            meetingId: CALL,
            meetingTitle: 'Weekly plan',
            peerId: ROOM_PEER,
            signalingUrl: 'ws://localhost:7404/',
            joinToken: 'x',
            expiresAtMs: Date.now() + 60_000,
            documents: null,
            iceServers: [],
          },
        },
      }),
  }),
  scene('starting-slow', {
    own: 'refused',
    state: {
      phase: { name: 'starting', meetingTitle: LONG_MEETING, sinceMs: Date.now(), cancelOffered: true },
      notices: ['camera-refused', 'microphone-refused'],
    },
  }),
  scene('starting-slow-all-ways', {
    state: { phase: { name: 'starting', meetingTitle: 'Weekly plan', sinceMs: Date.now(), cancelOffered: true } },
    view: { equipment: equipment() },
  }),
  scene('starting-slow-no-way', {
    state: {
      phase: { name: 'starting', meetingTitle: 'Weekly plan', sinceMs: Date.now(), cancelOffered: true },
      notices: ['fleet-unreachable'],
    },
    view: { pairing: null },
  }),
  scene('document', {
    people: call(3),
    document: sharedDocument({
      ...presents(2, '포항 공장'),
      strokes: drawing(3),
      pointer: { x: 40_000, y: 30_000 },
    }),
  }),
  scene('document-drawn-live', {
    sizes: ['1080p'],
    people: call(3),
    document: sharedDocument(presents(1, 'Head office')),
    after: async ({ page, node }) => {
      await page.getByRole('img', { name: 'Price list 2027.pdf' }).waitFor();
      for (const stroke of drawing(3)) tellAct(node, { act: 'draw', stroke });
      tellAct(node, { act: 'point', at: { x: 30_000, y: 45_000 } });
    },
  }),
  scene('document-zoomed', {
    sizes: ['1080p'],
    people: call(2),
    document: sharedDocument({
      ...presents(1, 'Head office'),
      region: { x: 3_000, y: 14_000, width: 30_000, height: 30_000 },
      strokes: drawing(3),
    }),
  }),
  scene('document-sheet', {
    sizes: ['1080p'],
    people: call(9),
    pages: 'sheet',
    document: sharedDocument({ ...presents(1, 'Head office'), strokes: drawing(3) }),
  }),
  scene('document-and-screen', {
    sizes: ['1080p'],
    people: [room, ...others(3).map((each, n) => ({ ...each, sharesScreen: n === 1 }))],
    document: sharedDocument(presents(1, 'Head office')),
  }),
  scene('document-under-screen', {
    sizes: ['1080p'],
    people: [room, ...others(3)],
    document: sharedDocument(presents(1, 'Head office')),
    after: async ({ page, node }) => {
      await page.getByRole('img', { name: 'Price list 2027.pdf' }).waitFor();
      const [sharer] = others(3);
      node.tell('participant-changed', { participant: { ...sharer!, sharesScreen: true } });
    },
  }),
  scene('document-grid', {
    sizes: ['1080p'],
    people: call(5),
    state: { layout: 'grid' },
    document: sharedDocument(presents(1, 'A')),
  }),
  scene('document-side-by-side', {
    sizes: ['1080p'],
    people: call(5),
    state: { layout: 'side-by-side' },
    document: sharedDocument(presents(1, 'Head office')),
  }),
  scene('document-loading', {
    sizes: ['1080p'],
    people: call(2),
    pages: 'missing',
    document: sharedDocument(presents(1, 'Head office')),
  }),
  scene('document-failed', {
    sizes: ['1080p'],
    people: call(2),
    pages: 'broken',
    document: sharedDocument(presents(1, 'Head office')),
  }),
  scene('document-long-names', {
    sizes: ['1080p'],
    people: long,
    document: sharedDocument({ title: LONG_FILE_NAME, ...presents(2, long[2]!.displayName) }),
  }),
  scene('document-withdrawn', {
    sizes: ['1080p'],
    people: call(2),
    document: sharedDocument(presents(1, 'Head office')),
    after: ({ node }) => node.tell('document-changed', { change: 'withdrawn', reason: 'outsider-in-call' }),
  }),
  scene('idle-document', {
    time: '09:12',
    view: { agenda: agenda(day) },
    document: sharedDocument({ ...presents(0, ROOM_NAME), strokes: drawing(3), pointer: { x: 50_000, y: 20_000 } }),
  }),
  scene('idle-document-loading', {
    sizes: ['1080p'],
    pages: 'missing',
    document: sharedDocument(presents(0, ROOM_NAME)),
    // the words appear only where that takes long
    after: ({ page }) => page.waitForTimeout(2_000),
  }),
  scene('idle-document-long-names', {
    sizes: ['1080p'],
    state: { roomName: LONG_ROOM, notices: ['fleet-unreachable'] },
    pages: 'sheet',
    document: sharedDocument({ title: LONG_FILE_NAME, ...presents(0, LONG_ROOM) }),
  }),
  scene('alone', { people: [room] }),
  scene('call-1', { people: call(1) }),
  scene('call-2', { people: call(2), after: speaks(1) }),
  scene('call-3', { people: call(3), after: speaks(3) }),
  scene('call-4', { people: call(4) }),
  scene('call-9', { people: call(9), after: speaks(4) }),
  scene('call-14-speaker', { people: call(14), after: speaks(4) }),
  scene('call-30', { people: call(30), state: { layout: 'grid' } }),
  scene('call-30-speaker', { people: call(30), after: speaks(9) }),
  scene('call-42-page-2', {
    people: call(42),
    state: { layout: 'grid', stagePage: 1, stagePageCount: 2 },
    sizes: ['1080p'],
  }),
  scene('call-speaker', { people: call(7), state: { layout: 'speaker' }, after: speaks(3) }),
  scene('call-side-by-side', { people: call(5), state: { layout: 'side-by-side' }, after: speaks(3) }),
  scene('call-shared', {
    people: [room, ...others(3), person(4, '부산 대리점', { sharesScreen: true })],
    after: speaks(4),
  }),
  scene('call-long-names', { people: long, state: { roomName: LONG_ROOM, phase: inCallPhase(long, LONG_MEETING) } }),
  scene('call-away', { people: [room, person(1, 'Head office', { connection: 'away' }), ...others(3).slice(1)] }),
  scene('call-without-fleet', {
    people: call(4),
    state: { notices: ['fleet-unreachable'] },
    view: {
      pairing: { code: 'K7PW3MXD', url: 'https://room-a.office.example:7430/control#code=K7PW3MXD', shareUrl: null },
    },
  }),
  scene('call-waiting', { people: call(3), view: { waiting: { displayName: '부산 대리점', count: 1 } } }),
  scene('call-waiting-more', { people: call(9), view: { waiting: { displayName: 'Dealer East', count: 3 } } }),
  scene('call-waiting-long', {
    people: call(4),
    view: { waiting: { displayName: '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원', count: 12 } },
  }),
  scene('call-hand', {
    people: call(4),
    after: ({ node }) =>
      node.tell('participant-changed', {
        participant: { ...others(4)[3]!, isGuest: true, handRaisedAtMs: Date.now() },
      }),
  }),
  scene('call-chat', {
    people: call(4),
    after: ({ node }) =>
      node.tell('chat-message', {
        messageId: person(90, '').peerId,
        number: 0,
        peerId: person(2, '').peerId,
        displayName: '포항 공장',
        isGuest: false,
        text: 'Hello',
        atMs: Date.now(),
      }),
  }),
  scene('call-poll', { people: call(6), after: ({ node }) => node.tell('poll-changed', runningPoll) }),
  scene('call-poll-ended', { people: call(9), after: ({ node }) => node.tell('poll-changed', endedQuiz) }),
  scene('call-poll-long', { people: call(3), after: showWhole(longPoll) }),
  scene('call-poll-longest', { people: call(3), after: showWhole(longestPoll) }),
  scene('call-quiz-longest', { people: call(3), after: showWhole(longestQuiz) }),
  scene('call-transcript', { people: call(4), after: ({ node }) => node.tell('transcript-changed', written) }),
  scene('call-transcript-failing', {
    people: call(4),
    after: ({ node }) => node.tell('transcript-changed', { ...written, isFailing: true }),
  }),
  scene('call-captions', { people: call(9), after: spoken(shortCaption) }),
  scene('call-captions-two', { people: call(3), after: spoken(shortCaption, englishCaption) }),
  scene('call-captions-long', { people: long, state: { roomName: LONG_ROOM }, after: spoken(longCaption) }),
  scene('call-captions-document', {
    people: call(4),
    document: sharedDocument(presents(1, 'Head office')),
    pages: 'slide',
    air: LIVE,
    after: spoken(longCaption),
  }),
  scene('call-captions-hostile', { people: call(2), after: spoken(hostileCaption) }),
  scene('call-locked', {
    people: call(4),
    state: {
      phase: inCallPhase(call(4), 'Weekly plan', { isLocked: true, staysMuted: false, sharedBy: 'everyone' }),
    },
  }),
  scene('call-code', {
    people: call(4),
    after: ({ agent }) => agent.say({ type: 'do', effect: { name: 'show-code' } }),
  }),
  scene('call-media-blocked', { people: call(3), state: { notices: ['media-blocked'] } }),
  scene('call-reconnecting', {
    people: call(3),
    after: async ({ page, node }) => {
      await page.waitForTimeout(800);
      await page.routeWebSocket(/\/signaling$/, (socket) => void socket.close());
      await node.drop();
    },
  }),
  scene('call-joined', {
    people: call(2),
    after: async ({ node }) => {
      for (const participant of [person(5, '부산 대리점'), person(6, 'Dealer East')])
        node.tell('participant-joined', { participant });
    },
  }),
  scene('call-ends-soon', {
    people: call(4),
    time: '10:55',
    state: booked(call(4)),
    view: { agenda: agenda([weeklyPlan({ state: 'in-use' }), ...afternoon.slice(1)]) },
  }),
  scene('call-ends-soon-next', {
    people: call(9),
    time: '10:57',
    state: booked(call(9)),
    view: {
      agenda: agenda([weeklyPlan({ state: 'in-use' }), booking('11:00', '12:00', LONG_BOOKING), ...afternoon.slice(1)]),
    },
  }),
  scene('call-over', {
    people: call(3),
    time: '11:04',
    state: booked(call(3)),
    view: { agenda: agenda([weeklyPlan({ state: 'over' }), ...afternoon]) },
  }),
  scene('call-next-begins', {
    people: call(2),
    time: '09:56',
    view: { agenda: agenda([weeklyPlan(due), ...afternoon]) },
  }),
  scene('call-extended', {
    people: call(3),
    time: '10:57',
    state: booked(call(3)),
    view: { agenda: agenda([weeklyPlan({ state: 'in-use' }), ...afternoon.slice(1)]) },
    after: async ({ page, agent }) => {
      await page.waitForTimeout(400);
      const later = agenda([weeklyPlan({ state: 'in-use', endMs: at('11:15') }), ...afternoon.slice(1)]);
      agent.show(roomView(booked(call(3)), { agenda: later }));
    },
  }),
  scene('call-hdmi', {
    people: [{ ...room, sharesScreen: true }, ...others(3)],
    view: { equipment: equipment({ shownInput: HDMI_KEY }) },
  }),
  scene('call-no-devices', {
    people: [person(0, ROOM_NAME, { microphone: 'absent', camera: 'absent' }), ...others(2)],
    own: 'missing',
    state: { notices: ['camera-missing', 'microphone-missing'] },
  }),
  scene('ended', { state: ended() }),
  scene('ended-answered', {
    state: ended({ feedback: 'good', reason: 'left', durationMs: 40_000, meetingTitle: LONG_MEETING }),
    sizes: ['1080p'],
  }),
  scene('fault', {
    state: { phase: { name: 'fault', code: 'media-failed', sinceMs: Date.now(), meetingTitle: 'Weekly plan' } },
  }),
  scene('air-live', {
    people: call(4),
    air: LIVE,
    state: { roomName: LONG_ROOM, phase: inCallPhase(call(4), LONG_MEETING) },
  }),
  scene('air-live-document', { people: call(3), document: sharedDocument(), air: { ...LIVE, watching: 4_012 } }),
  scene('air-hold', { people: call(9), air: { ...LIVE, phase: 'hold' } }),
  scene('air-countdown', {
    people: call(3),
    air: { phase: 'countdown', liveAtMs: 1, watching: null, isRecorded: false },
    after: ({ page }) => page.clock.setFixedTime(Date.now()),
  }),
  ...(['opening', 'soon', 'live', 'away'] as const).map((state) => tunedIn(state)),
  scene('air-recording', { people: call(2), air: { ...OFF_AIR, isRecorded: true } }),
  scene('air-recording-begins', {
    people: call(2),
    after: ({ node }) => node.tell('air-changed', { ...OFF_AIR, isRecorded: true }),
  }),
];
