/** Every state of the remote, as the room link would tell it. */
import type { Page, WebSocketRoute } from 'playwright-core';
import type { ChatMessage } from '#contract/chat.ts';
import type { SeenPoll } from '#contract/polls.ts';
import type { CallTranscript } from '#contract/transcript.ts';
import { endedQuiz, runningPoll } from './polls.ts';
import { written as transcriptOn } from './transcripts.ts';
import { type MeetingAir, OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomLinkFromController, RoomLinkToController } from '#contract/room-link.ts';
import type { Participant, RoomMeeting, RoomPhase, RoomState } from '#contract/room-state.ts';
import type { RoomDocument } from '#contract/room-document.ts';
import type { RoomDrawing } from '#contract/room-drawing.ts';
import type { RoomAgenda } from '#contract/room-agenda.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import type { WaitingPerson } from '#contract/waiting.ts';
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
import type { Scene, SizeName } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ROOM = id(1);
const ROOM_PEER = id(100);
const sizes: readonly SizeName[] = ['phone', 'tablet', 'laptop'];
const minutesAgo = (minutes: number): number => Date.now() - minutes * 60_000;

export function person(n: number, displayName: string, over: Partial<Participant> = {}): Participant {
  return participantUnderTest({ peerId: id(100 + n), displayName, ...over });
}
const room = person(0, 'Maple 3F', { peerKind: 'room', role: 'co-host' });
const few = [
  room,
  person(1, 'Head office'),
  person(2, '포항 공장', { microphone: 'muted' }),
  person(3, 'Plant 2', { camera: 'off' }),
];
const weekly: RoomMeeting = { meetingId: id(2), title: 'Weekly plan', underWay: false, participantCount: 0 };
const LONG_ROOM = 'Namsan Panorama Conference Hall, South Wing, 27th floor';
const LONG_MEETING = '2027년 상반기 글로벌 제품 전략 및 연구개발 투자 우선순위 조정을 위한 전사 임원 확대 회의 (2차)';

type InCall = Extract<RoomPhase, { name: 'in-call' }>;
export function inCall(participants: readonly Participant[], over: Partial<InCall> = {}): InCall {
  return {
    name: 'in-call',
    callId: id(3),
    peerId: ROOM_PEER,
    meetingTitle: weekly.title,
    startedAtMs: minutesAgo(42),
    connection: 'connected',
    participantCount: participants.length,
    participants: participants.slice(0, 8),
    sharedBy: null,
    order: OPEN_ORDER,
    air: OFF_AIR,
    ...over,
  };
}
const JOIN_URL = `https://maru.example.org/join#${'k7pw3mxd'.repeat(24)}`;
const heading = { protocol: PROTOCOL_VERSION, roomId: ROOM, epoch: 1, revision: 1, asOfMs: 1 };
const knock = (n: number, displayName: string, over: Partial<WaitingPerson> = {}): WaitingPerson => ({
  ticketId: id(300 + n),
  displayName,
  organisation: null,
  isKnown: false,
  sinceMs: minutesAgo(n),
  ...over,
});
const knocks = [
  knock(1, 'Mina Park', { organisation: 'Dealer East' }),
  knock(2, 'Mina Park', { isKnown: true }),
  knock(4, '부산 대리점'),
];
const led = [
  room,
  person(1, 'Head office', { role: 'host' }),
  person(2, 'Mina Park', {
    role: 'guest',
    isGuest: true,
    organisation: 'Dealer East',
    microphone: 'muted',
    staysMuted: true,
    handRaisedAtMs: minutesAgo(2),
  }),
  person(3, '포항 공장', { role: 'presenter', handRaisedAtMs: minutesAgo(1) }),
];
const written: ChatMessage[] = [
  'The new drawing: https://files.maru.example/a/3',
  '네, 확인했습니다.\n3페이지부터 볼까요?',
].map((text, number) => ({
  messageId: id(400 + number),
  number,
  peerId: id(101 + number),
  displayName: number === 0 ? 'Head office' : 'Mina Park',
  isGuest: number === 1,
  text,
  atMs: minutesAgo(3 - number),
}));
/** Answered, recalled, and with a mention of the room. */
const answered: ChatMessage[] = [
  written[0]!,
  { ...written[1]!, text: '@Maple 3F 3페이지부터 볼까요?', mentions: [{ peerId: ROOM_PEER, name: 'Maple 3F' }] },
  { ...written[0]!, messageId: id(402), number: 2, text: 'Yes, from page 3.', replyTo: id(401) },
  { ...written[1]!, messageId: id(403), number: 3, text: '', isRecalled: true },
];
export function roomState(over: Partial<RoomState> = {}): RoomState {
  return {
    protocol: PROTOCOL_VERSION,
    roomId: ROOM,
    roomName: 'Maple 3F',
    epoch: 1,
    revision: 1,
    asOfMs: Date.now(),
    phase: { name: 'idle' },
    meeting: weekly,
    microphone: 'on',
    camera: 'on',
    volumePercent: 62,
    layout: 'auto',
    stagePage: 0,
    stagePageCount: 1,
    notices: [],
    ...over,
  };
}

export type Link = {
  state?: RoomState | null;
  agenda?: RoomAgenda;
  equipment?: RoomEquipment;
  document?: RoomDocument;
  drawing?: RoomDrawing;
  broadcasts?: ProjectionContent<'broadcasts'>;
  help?: ProjectionContent<'help'>;
  update?: ProjectionContent<'update'>;
  /** undefined: by a server without documents */
  documentAccess?: DocumentAccess | null;
  /** undefined: by a server that lets nobody in */
  waiting?: WaitingPerson[];
  chat?: ChatMessage[];
  poll?: SeenPoll | null;
  /** undefined: by a room of before */
  transcript?: CallTranscript;
  /** undefined: by a server that broadcasts nothing */
  air?: MeetingAir;
  /** base64 of a JPEG */
  preview?: string;
  /** how acts of broadcasts are answered; without it not at all */
  refusesAir?: ErrorCode;
  /** the page's clock stands at that time of the made-up day */
  time?: string;
  kind?: 'phone' | 'tablet';
  online?: boolean;
  lastSeenMs?: number | null;
  /** how commands are answered; `never`: not at all */
  commands?: 'ok' | 'never' | ErrorCode;
  heard?: (command: RoomCommand) => void;
  /** says this instead of the welcome, and closes */
  refuses?: ErrorCode;
  /** after the welcome */
  after?: (socket: WebSocketRoute, say: (message: RoomLinkToController) => void) => void;
};

/** A paired phone whose room link says what the scene wants. */
export async function paired(page: Page, link: Link): Promise<void> {
  if (link.time !== undefined) await standAt(page, link.time);
  const nowMs = link.time === undefined ? Date.now() : at(link.time);
  const state = link.state === undefined ? roomState() : link.state;
  const roomName = state?.roomName ?? 'Maple 3F';
  await page.addInitScript(
    (kept) => localStorage.setItem('maru-pairing', kept),
    JSON.stringify({ controllerToken: 'scene', roomId: ROOM, roomName, kind: link.kind ?? 'phone' }),
  );
  let opened = 0;
  await page.routeWebSocket(/\/room-link$/, (socket) => {
    opened += 1;
    const say = (message: RoomLinkToController) => socket.send(JSON.stringify(message));
    socket.onMessage((data) => {
      const message = JSON.parse(String(data)) as RoomLinkFromController;
      if (message.type === 'ping') say({ type: 'pong' });
      if (message.type === 'command') {
        link.heard?.(message.command);
        const { commands = 'ok' } = link;
        if (commands !== 'never')
          say({
            type: 'command-reply',
            id: message.id,
            error: commands === 'ok' ? null : { code: commands, message: '' },
          });
      }
      if (message.type === 'direct-broadcast' && link.refusesAir !== undefined)
        say({ type: 'command-reply', id: message.id, error: { code: link.refusesAir, message: '' } });
      if (message.type === 'make-invite')
        say({ type: 'invite', id: message.id, joinUrl: JOIN_URL, expiresAtMs: nowMs + 3_600_000 });
      if (message.type !== 'hello') return;
      if (link.refuses !== undefined) {
        say({ type: 'error', error: { code: link.refuses, message: '' } });
        return void socket.close();
      }
      if (opened > 1 && link.after !== undefined) return;
      say({
        type: 'welcome',
        protocol: PROTOCOL_VERSION,
        roomId: ROOM,
        roomName,
        // what is undefined is not sent
        projections: {
          state: state ?? undefined,
          agenda: link.agenda,
          equipment: link.equipment,
          document: link.document,
          drawing: link.drawing,
          broadcasts: link.broadcasts && { ...heading, ...link.broadcasts },
          help: link.help && { ...heading, ...link.help },
          update: link.update && { ...heading, ...link.update },
          poll: link.poll === undefined ? undefined : { ...heading, callId: id(3), poll: link.poll },
          transcript: link.transcript && {
            ...heading,
            callId: id(3),
            transcript: link.transcript,
            captions: [],
            areCaptionsShown: true,
          },
          chat: link.chat && { ...heading, callId: id(3), takesAbout: true, messages: link.chat },
        },
        online: link.online ?? true,
        lastSeenMs: link.lastSeenMs === undefined ? nowMs : link.lastSeenMs,
        nowMs,
      });
      if (link.waiting !== undefined)
        say({
          type: 'waiting',
          waiting: { meetingId: weekly.meetingId, count: link.waiting.length, waiting: link.waiting },
        });
      if (link.documentAccess !== undefined) say({ type: 'document-access', access: link.documentAccess });
      if (link.air !== undefined) say({ type: 'air', air: link.air });
      const broadcastId = link.air?.broadcast?.broadcastId;
      if (link.preview !== undefined && broadcastId !== undefined)
        say({ type: 'program-preview', broadcastId, jpeg: link.preview });
      link.after?.(socket, say);
    });
  });
}

export const scene = (name: string, link: Link, act?: Scene['act']): Scene => ({
  name,
  path: '/control',
  sizes,
  setup: (page) => paired(page, link),
  ...(act === undefined ? {} : { act }),
});
/** Of a room with calendar and devices, on what people hold it with. */
const booked = (name: string, link: Link, act?: Scene['act'], path = '/control'): Scene => ({
  ...scene(name, { time: '10:20', ...link }, act),
  path,
  sizes: ['phone', 'room-tablet'],
});
const tab = (names: RegExp) => (page: Page) => page.getByRole('tab', { name: names }).click();
/** The names of buttons differ by language; the visible scene does not. */
const press = (names: RegExp) => (page: Page) => page.getByRole('button', { name: names }).first().click();

const crowd = Array.from({ length: 42 }, (_, index) =>
  index === 0
    ? room
    : person(index, index % 3 === 0 ? `참가자 ${index}` : `Guest ${index}`, {
        microphone: index % 4 === 1 ? 'on' : 'muted',
      }),
);

async function pairingAnswers(page: Page, status: number, body: unknown): Promise<void> {
  await page.route('**/api/v1/pairings', (route) => route.fulfill({ status, json: body }));
}

const day = [weeklyPlan(), ...afternoon];
const dueDay = agenda([weeklyPlan(due), ...afternoon]);
const inUseDay = agenda([weeklyPlan({ state: 'in-use' }), ...afternoon]);
const freeAfter = agenda([weeklyPlan({ state: 'in-use' }), ...afternoon.slice(1)]);
const calling = (over: Partial<RoomState> = {}): RoomState =>
  roomState({ phase: inCall(few, { bookingId: weeklyPlan().bookingId, startedAtMs: at('10:01') }), ...over });
const longBooking = (over: Partial<typeof due> | { state: 'in-use' }) =>
  booking('10:00', '11:00', LONG_BOOKING, {
    organizer: '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원',
    ...over,
  });
const faulty = equipment({
  speakerphone: { name: 'Speakerphone 750', state: 'faulty', code: 'device-malformed' },
  tv: { control: 'faulty', power: 'unknown', name: null, code: 'tv-not-answering' },
  selfTest: selfTests.failed,
});
const townHall = { broadcastId: id(80), title: '3분기 경영 현황 설명회', phase: 'live', startsAtMs: null } as const;
const bare = equipment({
  devices: equipment()
    .devices.filter(({ kind }) => kind === 'microphone')
    .map((device) => ({ ...device, isTwin: true })),
  camera: null,
  presets: [],
  speakerphone: null,
  tv: { control: 'none', power: 'unknown', name: null, code: null },
});

const offered: ProjectionContent<'help'> = { isOffered: true, request: null, it: [] };
const helpAsked = (
  state: NonNullable<ProjectionContent<'help'>['request']>['state'],
  ...texts: [from: 'room' | 'it', text: string][]
): ProjectionContent<'help'> => ({
  ...offered,
  request: {
    helpId: id(90),
    topic: 'nobody-hears-us',
    state,
    calledAtMs: minutesAgo(4),
    messages: texts.map(([from, text], n) => ({
      messageId: id(91 + n),
      from,
      author: from === 'it' ? '김미나' : '',
      text,
      atMs: minutesAgo(3 - n),
    })),
  },
});
const itHere: ProjectionContent<'help'>['it'] = [
  { kind: 'looks-at-screen', by: '김미나', sinceMs: 1 },
  { kind: 'restarts-soon', by: 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander', sinceMs: 2 },
];
const helpScenes: Scene[] = [
  scene('help-call', { help: offered }, press(/^Call for help$|^도움 요청$/)),
  scene('help-waiting', { help: helpAsked('waiting', ['room', 'Since ten o’clock nobody hears us.']) }),
  scene('help-answered', {
    help: {
      ...helpAsked('seen', ['room', '10시부터입니다.'], ['it', 'The cable of the microphone is out. '.repeat(6)]),
    },
  }),
  scene('help-it-looks', { help: { ...offered, it: itHere } }),
  scene('help-in-call', {
    state: roomState({ phase: inCall(few) }),
    help: { ...helpAsked('seen', ['it', '마이크 케이블을 확인해 주십시오.']), it: itHere },
  }),
  scene('help-solved', { help: helpAsked('solved', ['it', 'It works again.']) }),
];

const updateScenes: Scene[] = [
  scene('update-countdown', { time: COUNTDOWN_TIME, update: shownUpdates.countdown }),
  scene('update-countdown-last', {
    time: COUNTDOWN_TIME,
    state: roomState({ roomName: 'Namsan Panorama Conference Hall, South Wing, 27th floor' }),
    update: shownUpdates.last,
  }),
];

const bookedScenes: Scene[] = [
  ...helpScenes,
  ...updateScenes,
  booked('update-countdown-day', {
    time: COUNTDOWN_TIME,
    agenda: agenda(day),
    equipment: equipment(),
    update: shownUpdates.countdown,
  }),
  booked('day-free', { time: '09:12', agenda: agenda(day), equipment: equipment() }),
  booked('day-empty', { time: '16:40', agenda: agenda([]), equipment: equipment() }),
  booked('day-broadcast-offered', {
    time: '16:40',
    agenda: agenda([]),
    equipment: equipment(),
    broadcasts: { offered: [townHall], shown: null, refusal: null },
  }),
  booked('day-broadcast-shown', {
    time: '16:40',
    agenda: agenda([]),
    equipment: equipment(),
    broadcasts: { offered: [townHall], shown: { ...townHall, sinceMs: 1 }, refusal: null },
  }),
  booked('day-due', { time: '09:52', agenda: dueDay, equipment: equipment() }),
  booked('day-due-foreign', { time: '10:02', agenda: agenda([weeklyPlan({ ...due, link: 'foreign' }), ...afternoon]) }),
  booked('day-due-long', {
    time: '10:02',
    state: roomState({
      roomName: LONG_ROOM,
      meeting: { ...weekly, title: LONG_MEETING, underWay: true, participantCount: 3 },
    }),
    agenda: agenda([longBooking(due), ...busyDay(8).slice(3)]),
    equipment: equipment({ selfTest: selfTests.failed }),
  }),
  booked('day-booked', { agenda: freeAfter, equipment: equipment() }),
  booked('day-booked-back-to-back', {
    agenda: agenda([weeklyPlan({ state: 'in-use' }), booking('11:00', '12:00', LONG_BOOKING), ...afternoon.slice(1)]),
  }),
  booked('day-private', {
    time: '11:10',
    agenda: agenda([{ ...afternoon[0]!, state: 'in-use' }, ...afternoon.slice(1)]),
  }),
  booked('day-released', { time: '10:12', agenda: agenda([weeklyPlan(missed), ...afternoon]), equipment: equipment() }),
  booked('day-all-day', {
    agenda: agenda([booking('00:00', '23:59', '시설 점검', { isAllDay: true, link: 'none' }), ...afternoon]),
  }),
  booked('day-20-bookings', { agenda: agenda(busyDay(20), { moreCount: 7 }), equipment: equipment() }),
  booked('day-stale', {
    time: '13:05',
    state: roomState({ notices: ['calendar-faulty'] }),
    agenda: agenda(day, {
      calendar: { state: 'stale', code: 'calendar-unreachable', freshAsOfMs: at('11:40'), unreadCount: 0 },
    }),
  }),
  booked('day-unread', {
    time: '13:05',
    agenda: agenda(day, { calendar: { state: 'fresh', code: null, freshAsOfMs: at('13:00'), unreadCount: 3 } }),
  }),
  booked('day-end-asked', { agenda: inUseDay }, press(/^End early|일찍 종료/)),
  booked('day-checking-in', { time: '10:02', agenda: dueDay, commands: 'never' }, press(/^Check in|체크인$/)),
  booked('day-extend-refused', { agenda: freeAfter, commands: 'booking-conflict' }, press(/^\+15|15분 연장/)),
  booked('devices-idle', { agenda: agenda(day), equipment: equipment() }, tab(/Devices|장치/)),
  booked(
    'devices-testing',
    { agenda: agenda(day), equipment: equipment({ selfTest: selfTests.running }) },
    tab(/Devices|장치/),
  ),
  booked('devices-faulty', { agenda: agenda(day), equipment: faulty }, tab(/Devices|장치/)),
  booked('devices-none', { equipment: bare }, tab(/Devices|장치/)),
  booked('devices-passed', { equipment: equipment({ selfTest: selfTests.passed }) }, tab(/Devices|장치/)),
  booked('call-booked', { state: calling(), agenda: inUseDay, equipment: equipment() }),
  booked('call-ends-soon', {
    time: '10:56',
    state: calling(),
    agenda: freeAfter,
    equipment: equipment(),
  }),
  booked('call-ends-soon-next', {
    time: '10:57',
    state: calling(),
    agenda: agenda([weeklyPlan({ state: 'in-use' }), booking('11:00', '12:00', LONG_BOOKING)]),
    equipment: equipment(),
  }),
  booked('call-today', { state: calling(), agenda: inUseDay, equipment: equipment() }, tab(/Today|오늘 예약/)),
  booked('call-camera', { state: calling(), agenda: inUseDay, equipment: equipment() }, tab(/Camera|카메라/)),
  booked(
    'call-camera-limits',
    {
      state: calling(),
      equipment: equipment({
        camera: {
          pan: { min: -170, max: 170, step: 1, value: -170 },
          tilt: { min: -30, max: 90, step: 1, value: 90 },
          zoom: { min: 100, max: 1200, step: 10, value: 1200 },
        },
        presets: ['Whole table', '화이트보드', '발표자 자리', 'Window side', LONG_BOOKING.slice(0, 40), 'Door'].map(
          (name, n) => ({ presetId: n + 1, name }),
        ),
      }),
    },
    tab(/Camera|카메라/),
  ),
  booked('call-camera-no-motors', { state: calling(), equipment: bare }, tab(/Camera|카메라/)),
  booked(
    'call-camera-off',
    { state: calling({ camera: 'off' }), equipment: equipment({ camera: null }) },
    tab(/Camera|카메라/),
  ),
  booked('call-camera-saving', { state: calling(), equipment: equipment() }, async (page) => {
    await tab(/Camera|카메라/)(page);
    await press(/Save this view|지금 화면 저장/)(page);
  }),
  booked(
    'call-devices',
    { state: calling(), agenda: inUseDay, equipment: equipment({ shownInput: HDMI_KEY, selfTest: selfTests.passed }) },
    tab(/Devices|장치/),
  ),
  booked('tablet-menu', { kind: 'tablet', agenda: inUseDay }, press(/^More|^더 보기/)),
  booked('tablet-unpair-asked', { kind: 'tablet', agenda: inUseDay }, async (page) => {
    await press(/^More|^더 보기/)(page);
    await press(/Disconnect this tablet|이 태블릿 연결 해제/)(page);
  }),
];

const doors: [name: string, link: Link][] = [
  ['door-free', { time: '09:12', agenda: agenda(day) }],
  ['door-free-today', { time: '16:40', agenda: agenda([]) }],
  ['door-no-calendar', {}],
  [
    'door-unread',
    {
      time: '16:40',
      agenda: agenda([], { calendar: { state: 'fresh', code: null, freshAsOfMs: at('16:30'), unreadCount: 3 } }),
    },
  ],
  ['door-soon', { time: '09:52', agenda: agenda(day) }],
  ['door-check-in', { time: '10:04', agenda: dueDay }],
  [
    'door-check-in-long',
    {
      time: '10:04',
      state: roomState({ roomName: LONG_ROOM }),
      agenda: agenda([longBooking(due), ...busyDay(8).slice(3)]),
    },
  ],
  ['door-in-use', { agenda: inUseDay }],
  ['door-private', { time: '11:10', agenda: agenda([{ ...afternoon[0]!, state: 'in-use' }, ...afternoon.slice(1)]) }],
  ['door-call', { time: '09:12', state: calling(), agenda: agenda(day) }],
  ['door-all-day', { agenda: agenda([booking('00:00', '23:59', '시설 점검', { isAllDay: true, link: 'none' })]) }],
  ['door-gone', { online: false, lastSeenMs: minutesAgo(7), agenda: inUseDay }],
  ['door-refused', { time: '10:04', agenda: dueDay, commands: 'booking-unknown' }],
];
const doorScenes: Scene[] = doors.map(([name, link]) => ({
  ...booked(
    name,
    { kind: 'tablet', ...link },
    name === 'door-refused' ? press(/^Check in|체크인$/) : undefined,
    '/control?door',
  ),
  sizes: ['room-tablet', 'phone'],
}));

export const remoteScenes: readonly Scene[] = [
  { name: 'pairing', path: '/control', sizes, setup: async () => undefined },
  {
    name: 'tablet-removed',
    path: '/control',
    sizes: ['room-tablet', 'phone'],
    setup: (page) => paired(page, { kind: 'tablet', refuses: 'pairing-revoked' }),
  },
  {
    name: 'tablet-removed-wrong-code',
    path: '/control',
    sizes: ['room-tablet', 'phone'],
    setup: async (page) => {
      await paired(page, { kind: 'tablet', refuses: 'pairing-revoked' });
      await pairingAnswers(page, 403, { error: { code: 'pairing-code-invalid', message: '' } });
    },
    act: async (page) => {
      await page.getByRole('textbox').fill('k7pw3mxd');
      await page.getByRole('textbox').press('Enter');
      await page.getByRole('alert').locator('p').first().waitFor();
    },
  },
  {
    name: 'pairing-connecting',
    path: '/control#code=K7PW3MXD',
    sizes: ['phone'],
    setup: (page) => page.route('**/api/v1/pairings', () => undefined),
  },
  {
    name: 'pairing-wrong-code',
    path: '/control#code=K7PW3MXD',
    sizes: ['phone', 'tablet'],
    setup: (page) => pairingAnswers(page, 403, { error: { code: 'pairing-code-invalid', message: '' } }),
  },
  {
    name: 'pairing-no-server',
    path: '/control#code=K7PW3MXD',
    sizes: ['phone'],
    setup: (page) => page.route('**/api/v1/pairings', (route) => route.abort()),
  },
  scene('pairing-revoked', { refuses: 'pairing-revoked' }),
  scene('version-refused', { refuses: 'client-too-old' }),
  scene('loading', { state: null }),
  scene('idle', {}),
  scene('idle-under-way', { state: roomState({ meeting: { ...weekly, underWay: true, participantCount: 3 } }) }),
  scene('idle-long-names', {
    state: roomState({
      roomName: LONG_ROOM,
      meeting: { ...weekly, title: LONG_MEETING, underWay: true, participantCount: 128 },
    }),
  }),
  scene('idle-no-meeting', { state: roomState({ meeting: null }) }),
  scene('idle-cut-off', { state: roomState({ notices: ['signaling-unreachable'] }) }),
  scene('idle-notices', { state: roomState({ camera: 'absent', notices: ['camera-missing', 'fleet-unreachable'] }) }),
  scene('idle-tapped', { commands: 'never' }, press(/Start meeting|회의 시작/)),
  scene('idle-refused', { commands: 'no-media-node' }, press(/Start meeting|회의 시작/)),
  scene('starting', {
    state: roomState({
      phase: { name: 'starting', meetingTitle: weekly.title, sinceMs: Date.now(), cancelOffered: false },
    }),
  }),
  scene('starting-slow', {
    state: roomState({
      phase: { name: 'starting', meetingTitle: LONG_MEETING, sinceMs: minutesAgo(0.3), cancelOffered: true },
    }),
  }),
  scene('call', { state: roomState({ phase: inCall(few) }) }),
  scene('call-muted', {
    state: roomState({ phase: inCall(few), microphone: 'muted', camera: 'off', layout: 'speaker' }),
  }),
  scene('call-alone', { state: roomState({ phase: inCall([room], { startedAtMs: minutesAgo(0.2) }) }) }),
  scene('call-shared', {
    state: roomState({
      phase: inCall([...few.slice(0, 3), person(3, 'Plant 2', { sharesScreen: true })], {
        sharedBy: { peerId: id(103), displayName: 'Plant 2' },
      }),
    }),
  }),
  scene('call-crowd', {
    state: roomState({ phase: inCall(crowd, { participantCount: 42 }), stagePageCount: 2, layout: 'grid' }),
  }),
  scene('call-long-names', {
    state: roomState({
      roomName: LONG_ROOM,
      phase: inCall(
        [
          person(0, LONG_ROOM, { peerKind: 'room' }),
          person(1, 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander', {
            connection: 'away',
            microphone: 'muted',
          }),
          person(2, '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원', { sharesScreen: true }),
        ],
        { meetingTitle: LONG_MEETING, startedAtMs: minutesAgo(187) },
      ),
    }),
  }),
  scene('call-no-devices', {
    state: roomState({
      phase: inCall(few),
      microphone: 'absent',
      camera: 'absent',
      notices: ['microphone-missing', 'camera-refused'],
    }),
  }),
  scene('call-room-reconnecting', {
    state: roomState({ phase: inCall(few, { connection: 'reconnecting' }), notices: ['media-unreachable'] }),
  }),
  scene('call-media-blocked', { state: roomState({ phase: inCall(few), notices: ['media-blocked'] }) }),
  scene(
    'call-line-lost',
    { state: roomState({ phase: inCall(few) }), after: (socket) => setTimeout(() => void socket.close(), 200) },
    (page) => page.waitForTimeout(1_500),
  ),
  scene(
    'call-muting',
    { state: roomState({ phase: inCall(few) }), commands: 'never' },
    press(/^Mute microphone|^마이크 끄기/),
  ),
  scene(
    'call-command-failed',
    { state: roomState({ phase: inCall(few) }), commands: 'room-not-answering' },
    press(/^Mute microphone|^마이크 끄기/),
  ),
  scene('call-layout', { state: roomState({ phase: inCall(few) }) }, press(/Change layout|화면 배치 바꾸기/)),
  scene('call-end-asked', { state: roomState({ phase: inCall(few) }) }, press(/End meeting for all|모두 종료/)),
  scene(
    'call-remove-asked',
    { state: roomState({ phase: inCall(few) }) },
    press(/Remove Head office|Head office 내보내기/),
  ),
  scene('call-waiting', { state: roomState({ phase: inCall(few) }), waiting: knocks }),
  scene('call-waiting-long', {
    state: roomState({ phase: inCall(few) }),
    waiting: [
      knock(1, 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander', {
        organisation: '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원실',
      }),
      knock(2, '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원', { isKnown: true }),
    ],
  }),
  scene('idle-waiting', { waiting: knocks.slice(0, 1) }),
  scene('call-locked', {
    state: roomState({
      phase: inCall(led, { order: { isLocked: true, staysMuted: true, sharedBy: 'presenters' } }),
    }),
    waiting: [],
    chat: written,
  }),
  scene('call-chat', { state: roomState({ phase: inCall(led) }), waiting: [], chat: written }, (page) =>
    page.getByRole('log').scrollIntoViewIfNeeded(),
  ),
  scene(
    'call-poll',
    { state: roomState({ phase: inCall(led) }), waiting: [], poll: { ...runningPoll, ownChoices: [0] } },
    (page) => page.getByRole('region', { name: /^(Poll|투표)$/ }).scrollIntoViewIfNeeded(),
  ),
  scene(
    'call-poll-ended',
    { state: roomState({ phase: inCall(led) }), waiting: [], poll: { ...endedQuiz, ownChoices: [1] } },
    (page) => page.getByRole('region', { name: /^(Quiz|퀴즈)$/ }).scrollIntoViewIfNeeded(),
  ),
  scene('call-poll-none', { state: roomState({ phase: inCall(few) }), waiting: [], poll: null }, (page) =>
    page.getByRole('region', { name: /^(Polls|투표)$/ }).scrollIntoViewIfNeeded(),
  ),
  scene(
    'call-transcript-off',
    { state: roomState({ phase: inCall(few) }), waiting: [], transcript: { ...transcriptOn, isOn: false } },
    (page) => page.getByRole('region', { name: /^(Transcript|발언 기록)$/ }).scrollIntoViewIfNeeded(),
  ),
  scene(
    'call-transcript',
    { state: roomState({ phase: inCall(few) }), waiting: [], transcript: { ...transcriptOn, isFailing: true } },
    (page) => page.getByRole('region', { name: /^(Transcript|발언 기록)$/ }).scrollIntoViewIfNeeded(),
  ),
  scene('call-transcript-begins', {
    state: roomState({ phase: inCall(few) }),
    waiting: [],
    transcript: transcriptOn,
  }),
  scene(
    'call-chat-answers',
    { state: roomState({ phase: inCall(led) }), waiting: [], chat: answered },
    async (page) => {
      await page
        .getByRole('button', { name: /^(Reply to Mina Park|Mina Park 메시지에 답장)$/ })
        .first()
        .click();
      await page.getByRole('textbox', { name: /^(Message|메시지)$/ }).pressSequentially('@포');
    },
  ),
  scene('call-chat-empty', { state: roomState({ phase: inCall(few) }), waiting: [], chat: [] }, (page) =>
    page.getByRole('log').scrollIntoViewIfNeeded(),
  ),
  scene('call-note', { state: roomState({ phase: inCall(few) }), waiting: [] }, press(/^Add a note$|^메모 추가$/)),
  scene('call-note-task', { state: roomState({ phase: inCall(few) }), waiting: [] }, async (page) => {
    await press(/^Add a note$|^메모 추가$/)(page);
    await page.getByRole('radio', { name: /^Task$|^할 일$/ }).click();
  }),
  scene('call-invite', { state: roomState({ phase: inCall(few) }), waiting: [] }, press(/^Invite$|^초대$/)),
  scene(
    'call-presence',
    { state: roomState({ phase: inCall(few), microphone: 'muted' }), commands: 'presence-needed' },
    press(/^Unmute microphone|^마이크 켜기/),
  ),
  {
    name: 'scan-choice',
    path: '/control#code=K7PW3MXD&join=',
    sizes,
    setup: async () => {},
  },
  ...bookedScenes,
  ...doorScenes,
  scene('menu', {}, press(/^More|^더 보기/)),
  scene('ended', {
    state: roomState({
      phase: {
        name: 'ended',
        meetingTitle: weekly.title,
        durationMs: 65 * 60_000,
        reason: 'ended-by-room',
        callId: id(3),
        feedback: null,
      },
    }),
  }),
  scene('ended-answered', {
    state: roomState({
      phase: {
        name: 'ended',
        meetingTitle: weekly.title,
        durationMs: 40_000,
        reason: 'left',
        callId: id(3),
        feedback: 'bad',
      },
    }),
  }),
  scene('gone-room', { online: false, lastSeenMs: minutesAgo(7), state: roomState({ phase: inCall(few) }) }),
  scene('gone-never', { online: false, lastSeenMs: null, state: null }),
  scene('fault', {
    state: roomState({
      phase: { name: 'fault', code: 'media-failed', sinceMs: minutesAgo(3), meetingTitle: weekly.title },
    }),
  }),
];
