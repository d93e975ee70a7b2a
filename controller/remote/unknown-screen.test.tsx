// @vitest-environment happy-dom
/** A room of a newer release: what the phone knows of it stays on show, and leaving is offered whatever the room does. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RoomState } from '#contract/room-state.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import commonEn from '#ui/words/en/common.ts';
import noticesEn from '#ui/words/en/notices.ts';
import remoteEn from '#ui/words/en/remote.ts';
import commonKo from '#ui/words/ko/common.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import remoteKo from '#ui/words/ko/remote.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import { project } from './projection.ts';
import { UnknownScreen } from './unknown-screen.tsx';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let root: Root;
startWords({
  remote: { en: remoteEn, ko: remoteKo },
  notices: { en: noticesEn, ko: noticesKo },
  common: { en: commonEn, ko: commonKo },
});
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  showLanguage('en');
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
  phase: { name: 'rehearsing', sceneCount: 3 },
  meeting: null,
  microphone: 'on',
  camera: 'on',
  volumePercent: 40,
  layout: 'theatre',
  stagePage: 0,
  stagePageCount: 1,
  notices: ['lens-dirty', 'camera-missing'],
});

it('says so in a plain sentence, with the notices that it knows, and leaves at a tap', () => {
  const link = { roomId: state.roomId, roomName: 'Maple', online: true, lostAtMs: null, refusedBy: null };
  const view = project({ ...link, projections: { state }, lastSeenMs: 1, clockOffsetMs: 0 } as never, 1);
  if (view.screen !== 'unknown') throw new Error(`shown as ${view.screen}`);
  const ask = vi.fn();
  const asking = {
    ask,
    pending: () => null,
    whenPresent: async () => true,
    problem: null,
    report: () => {},
    dismissProblem: () => {},
  };
  act(() => root.render(<UnknownScreen view={view} asking={asking} />));
  const { textContent } = document.body;
  expect(textContent).toContain(remoteEn.unknown.title);
  expect(textContent).toContain(noticesEn['camera-missing'].what);
  expect(textContent).not.toContain('lens-dirty');
  const leave = [...document.querySelectorAll('button')].find((each) => each.textContent === remoteEn.unknown.leave);
  act(() => leave?.click());
  expect(ask.mock.calls[0]?.[0]).toEqual({ name: 'leave-call' });
  act(() => showLanguage('ko'));
  expect(document.body.textContent).toContain(remoteKo.unknown.title);
});
