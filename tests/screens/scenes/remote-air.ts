/** A meeting on air, as its presenter's phone shows it: green room, countdown, live, hold, troubles, recording. */
import type { Page } from 'playwright-core';
import { airUnderTest, deskUnderTest } from '#contract/air-under-test.ts';
import { type BroadcastDesk, type CallAir, type MeetingAir, OFF_AIR } from '#contract/broadcast.ts';
import { blackProgram, drawnProgram } from '../drawn-program.ts';
import { inCall, type Link, person, roomState, scene } from './remote.ts';
import type { Scene } from './scene.ts';

const LONG_MEETING = '2027년 상반기 글로벌 제품 전략 및 연구개발 투자 우선순위 조정을 위한 전사 임원 확대 회의 (2차)';
const people = [
  person(0, 'Maple 3F', { peerKind: 'room', role: 'co-host' }),
  person(1, 'Head office'),
  person(2, '포항 공장', { microphone: 'muted' }),
  person(3, 'Plant 2', { camera: 'off' }),
  person(4, 'Broadcast', { peerKind: 'program' }),
];
const long = [
  people[0]!,
  person(1, 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander', { microphone: 'muted' }),
  person(2, '남궁선우사공황보제갈독고 연구개발전략본부 수석연구위원', { camera: 'absent' }),
  ...Array.from({ length: 5 }, (_, index) => person(3 + index, `Guest ${index + 1}`)),
];
const LIVE = { phase: 'live', liveAtMs: Date.now() - 761_000, watching: 312 } as const;
const HOLD = { ...LIVE, phase: 'hold' } as const;
const greenRoom = (of: Partial<BroadcastDesk> = {}): MeetingAir => airUnderTest({ broadcast: deskUnderTest(of) });

type Shown = {
  air: MeetingAir;
  callAir?: Partial<CallAir>;
  preview?: string;
  link?: Link;
  isLong?: boolean;
  act?: Scene['act'];
};
const press = (name: RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();
const goLive = press(/^(Go live|생중계 준비)$/);

const onAir = (name: string, { air, callAir, preview, link, isLong, act }: Shown): Scene => ({
  ...scene(
    name,
    {
      state: roomState({
        phase: inCall(isLong ? long : people, {
          air: { ...OFF_AIR, ...callAir },
          ...(isLong && { meetingTitle: LONG_MEETING }),
        }),
      }),
      waiting: [],
      air,
      preview,
      ...link,
    },
    act,
  ),
  sizes: ['phone', 'laptop'],
});
/** The phone's clock stands still: a number that counts would never settle. */
const counting = (name: string, act: Scene['act']): Scene => {
  const shown = onAir(name, {
    air: greenRoom({ phase: 'countdown', liveAtMs: Date.now() + 3_600_000 }),
    callAir: { phase: 'countdown', liveAtMs: Date.now() + 3_600_000 },
    preview: drawnProgram,
    act,
  });
  return {
    ...shown,
    setup: async (page) => {
      await page.clock.setFixedTime(Date.now());
      await shown.setup(page);
    },
  };
};

export const remoteAirScenes: readonly Scene[] = [
  onAir('air-offered', { air: airUnderTest() }),
  onAir('air-planned', {
    air: airUnderTest({
      broadcast: deskUnderTest({ phase: 'planned', startsAtMs: new Date('2027-03-02T14:00').getTime() }),
    }),
  }),
  onAir('air-green-room-loading', { air: greenRoom({ picture: null, loudnessDb: null }), act: goLive }),
  onAir('air-green-room-good', { air: greenRoom(), preview: drawnProgram, act: goLive }),
  onAir('air-green-room-black', {
    air: greenRoom({ picture: 'black', loudnessDb: null }),
    preview: blackProgram,
    act: goLive,
  }),
  onAir('air-green-room-frozen', {
    air: greenRoom({ picture: 'frozen', loudnessDb: -52, troubles: ['program-unavailable'] }),
    preview: drawnProgram,
    act: goLive,
  }),
  onAir('air-green-room-long', {
    air: greenRoom({ stage: { kind: 'one', peerId: long[2]!.peerId } }),
    preview: drawnProgram,
    isLong: true,
    act: goLive,
  }),
  onAir('air-green-room-people', {
    air: greenRoom(),
    preview: drawnProgram,
    isLong: true,
    act: async (page) => {
      await goLive(page);
      const start = page.getByRole('button', { name: /^(Start broadcast|생중계 시작)$/ });
      await start.waitFor();
      await page.getByRole('list').last().scrollIntoViewIfNeeded();
    },
  }),
  onAir('air-refused', {
    air: airUnderTest(),
    link: { refusesAir: 'program-unavailable' },
    act: goLive,
  }),
  counting('air-countdown', goLive),
  counting('air-countdown-seen', undefined),
  onAir('air-live', { air: greenRoom(LIVE), callAir: { ...LIVE, isRecorded: true } }),
  onAir('air-live-long', {
    air: greenRoom({ ...LIVE, stage: { kind: 'one', peerId: long[1]!.peerId }, peakWatching: 4_120 }),
    callAir: { ...LIVE, watching: 4_001, isRecorded: true },
    isLong: true,
  }),
  onAir('air-hold', { air: greenRoom(HOLD), callAir: { ...HOLD, isRecorded: true } }),
  onAir('air-end-asked', {
    air: greenRoom(LIVE),
    callAir: { ...LIVE, isRecorded: true },
    act: press(/^(End broadcast|생중계 종료)$/),
  }),
  onAir('air-troubles', {
    air: greenRoom({ ...LIVE, troubles: ['program-unavailable', 'rewind-off'] }),
    callAir: { ...LIVE, isRecorded: true },
  }),
  onAir('air-slate', {
    air: greenRoom({ ...LIVE, isOnSlate: true }),
    callAir: { ...LIVE, isRecorded: true },
  }),
  onAir('air-recording', {
    air: airUnderTest({ recording: deskUnderTest({ kind: 'recording', phase: 'live' }) }),
    callAir: { isRecorded: true },
  }),
  onAir('air-record-only', { air: airUnderTest({ mayBroadcast: false }) }),
];
