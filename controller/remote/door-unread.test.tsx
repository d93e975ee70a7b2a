// @vitest-environment happy-dom
/** A door sign whose calendar has entries that nobody can read: the room may be taken, and the sign says so. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RoomState } from '#contract/room-state.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { agenda, at } from '#ui/agenda/booking-under-test.ts';
import bookingsEn from '#ui/words/en/bookings.ts';
import commonEn from '#ui/words/en/common.ts';
import remoteEn from '#ui/words/en/remote.ts';
import bookingsKo from '#ui/words/ko/bookings.ts';
import commonKo from '#ui/words/ko/common.ts';
import remoteKo from '#ui/words/ko/remote.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import { DoorPage } from './door-page.tsx';
import { project } from './projection.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let root: Root;
startWords({
  remote: { en: remoteEn, ko: remoteKo },
  bookings: { en: bookingsEn, ko: bookingsKo },
  common: { en: commonEn, ko: commonKo },
});
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});

const state = RoomState.parse({
  protocol: PROTOCOL_VERSION,
  roomId: '0193a0b0-0000-7000-8000-000000000001',
  roomName: 'Maple',
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  phase: { name: 'idle' },
  meeting: null,
  microphone: 'on',
  camera: 'on',
  volumePercent: 40,
  layout: 'auto',
  stagePage: 0,
  stagePageCount: 1,
  notices: [],
});

function show(unreadCount: number): string {
  const calendar = { state: 'fresh', code: null, freshAsOfMs: at('09:00'), unreadCount } as const;
  const projections = { state, agenda: agenda([], { calendar }) };
  const link = { roomId: state.roomId, roomName: 'Maple', online: true, lostAtMs: null, refusedBy: null };
  const view = project({ ...link, projections, lastSeenMs: 1, clockOffsetMs: 0 } as never, at('09:00'));
  const asking = {
    ask: () => {},
    pending: () => null,
    whenPresent: async () => true,
    problem: null,
    report: () => {},
    dismissProblem: () => {},
  };
  act(() =>
    root.render(
      <DoorPage view={view} roomName="Maple" clockOffsetMs={0} asking={asking as never} onLeave={() => {}} />,
    ),
  );
  return document.querySelector('main')!.textContent!;
}

it('names how many, in both languages, and nothing where all were read', () => {
  showLanguage('en');
  expect(show(3)).toContain('3 entries of the calendar cannot be read');
  expect(show(0)).not.toContain('cannot be read');
  act(() => showLanguage('ko'));
  expect(show(3)).toContain('캘린더 일정 3개를 읽을 수 없습니다');
});
