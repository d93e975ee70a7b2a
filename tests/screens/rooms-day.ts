/** Bookings and devices of a made-up room for scenes: one day in Seoul, whatever the clock of whoever takes the pictures. */
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { Booking, RoomAgenda } from '#contract/room-agenda.ts';
import type { EquipmentDevice, RoomEquipment, SelfTestCheck } from '#contract/room-equipment.ts';
import { id } from './screen-wires.ts';

/** Of that day, "10:05" in Seoul. */
export const at = (time: string): number => Date.parse(`2026-11-24T${time}:00+09:00`);

/**
 * The page's clock stands still there; its timers run. Not by Playwright's clock, which is one for all pages of a context:
 * a window shows other scenes after this one.
 */
export async function standAt(page: Page, time: string): Promise<void> {
  await page.addInitScript(stopClock, at(time));
}

function stopClock(nowMs: number): void {
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [nowMs] : args, self),
    apply: (target) => new target(nowMs).toString(),
    get: (target, name) => (name === 'now' ? () => nowMs : Reflect.get(target, name)),
  });
}

export const bookingId = (name: string): string => createHash('sha256').update(name).digest('hex');

export function booking(start: string, end: string, title: string, over: Partial<Booking> = {}): Booking {
  return {
    bookingId: bookingId(start + title),
    title,
    isPrivate: false,
    organizer: null,
    startMs: at(start),
    endMs: at(end),
    isAllDay: false,
    link: 'ours',
    state: 'upcoming',
    releasedBecause: null,
    checkInUntilMs: null,
    ...over,
  };
}

export function agenda(bookings: Booking[], over: Partial<RoomAgenda> = {}): RoomAgenda {
  return {
    protocol: PROTOCOL_VERSION,
    roomId: id(1),
    epoch: 1,
    revision: 1,
    asOfMs: at('09:00'),
    timeZone: 'Asia/Seoul',
    calendar: { state: 'fresh', code: null, freshAsOfMs: at('09:00'), unreadCount: 0 },
    bookings,
    moreCount: 0,
    ...over,
  };
}

export const LONG_BOOKING =
  '2027년 상반기 글로벌 제품 전략 및 연구개발 투자 우선순위 조정을 위한 전사 임원 확대 회의 (2차)';
export const weeklyPlan = (over: Partial<Booking> = {}): Booking =>
  booking('10:00', '11:00', 'Weekly plan', { organizer: '김서준', ...over });
export const due = { state: 'check-in-open', checkInUntilMs: at('10:10') } as const;
export const missed = { state: 'released', releasedBecause: 'no-show' } as const;

/** A usual day after the weekly plan. */
export const afternoon: Booking[] = [
  booking('11:00', '11:30', '', { isPrivate: true }),
  booking('13:30', '14:30', '포항 공장 안전 점검 회의', { organizer: '안전팀 박지훈' }),
  booking('15:00', '16:00', 'Sales sync', { organizer: 'Mina Park', link: 'foreign' }),
];

/** `count` bookings of a quarter of an hour each from 10:00, in use the first. */
export function busyDay(count: number): Booking[] {
  const titles = ['Stand-up', '주간 계획 회의', LONG_BOOKING, 'Dealer call', '생산 일정 조정', 'Interview'];
  return Array.from({ length: count }, (_, index) => {
    const minutes = 10 * 60 + index * 25;
    const clock = (of: number) => `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
    return booking(clock(minutes), clock(minutes + 25), titles[index % titles.length]!, {
      organizer: index % 2 === 0 ? '남궁선우' : 'Max Wolfeschlegelsteinhausen',
      ...(index === 0 ? { state: 'in-use' } : {}),
      ...(index % 5 === 4 ? { isPrivate: true, title: '', organizer: null } : {}),
    });
  });
}

const device = (over: Partial<EquipmentDevice> & Pick<EquipmentDevice, 'kind' | 'name'>): EquipmentDevice => ({
  deviceKey: `${over.kind}:${over.name}`,
  isInUse: false,
  isTwin: false,
  isHdmiInput: false,
  ...over,
});
export const HDMI_KEY = 'camera:HDMI capture 1';

export function equipment(over: Partial<RoomEquipment> = {}): RoomEquipment {
  return {
    protocol: PROTOCOL_VERSION,
    roomId: id(1),
    epoch: 1,
    revision: 1,
    asOfMs: at('09:00'),
    devices: [
      device({ kind: 'camera', name: 'PTZ Camera 4K', isInUse: true }),
      device({ kind: 'camera', name: 'HDMI capture 1', isHdmiInput: true }),
      device({ kind: 'microphone', name: 'Speakerphone 750', isInUse: true }),
      device({ kind: 'microphone', name: 'PTZ Camera 4K' }),
      device({ kind: 'speaker', name: 'Speakerphone 750', isInUse: true }),
      device({ kind: 'speaker', name: 'TV (HDMI)' }),
    ],
    camera: {
      pan: { min: -170, max: 170, step: 1, value: 20 },
      tilt: { min: -30, max: 90, step: 1, value: 0 },
      zoom: { min: 100, max: 1200, step: 10, value: 300 },
    },
    presets: [
      { presetId: 1, name: 'Whole table' },
      { presetId: 2, name: '화이트보드' },
    ],
    shownInput: null,
    speakerphone: { name: 'Speakerphone 750', state: 'ready', code: null },
    tv: { control: 'cec', power: 'on', name: 'Living TV', code: null },
    selfTest: null,
    lanUrl: null,
    ...over,
  };
}

const passed = (name: SelfTestCheck['name']): SelfTestCheck => ({ name, outcome: 'passed', reason: null });
const failed = (name: SelfTestCheck['name'], reason: SelfTestCheck['reason']): SelfTestCheck => ({
  name,
  outcome: 'failed',
  reason,
});

export const selfTests = {
  running: {
    state: 'running',
    startedAtMs: at('09:50'),
    because: 'asked',
    checks: [passed('camera'), failed('microphone', 'silent')],
  },
  passed: {
    state: 'done',
    startedAtMs: at('09:50'),
    because: 'booking',
    checks: (['camera', 'microphone', 'speaker', 'media-udp', 'media-tcp', 'fleet'] as const).map(passed),
  },
  failed: {
    state: 'done',
    startedAtMs: at('09:50'),
    because: 'booking',
    checks: [
      failed('camera', 'black'),
      passed('microphone'),
      failed('speaker', 'not-heard'),
      failed('media-udp', 'unreachable'),
      passed('media-tcp'),
      passed('fleet'),
    ],
  },
  oneFailed: {
    state: 'done',
    startedAtMs: at('09:50'),
    because: 'booking',
    checks: [failed('camera', 'black'), passed('microphone'), passed('speaker')],
  },
} satisfies Record<string, NonNullable<RoomEquipment['selfTest']>>;
