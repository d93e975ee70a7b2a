/** A laptop's page, as fleet server and media node would answer it. */
import type { Page } from 'playwright-core';
import type { ErrorCode } from '#contract/error-codes.ts';
import { CALL, id, PlayedNode, person, ROOM_PEER, ticket } from '../screen-wires.ts';
import { servePages } from '../static-pages.ts';
import type { Scene } from './scene.ts';

const LONG_ROOM = '글로벌 제품 전략 및 연구개발 투자 우선순위 조정 회의실 (본관 12층 동편, 화상 회의 전용)';

type Told = {
  roomName?: string;
  /** of the code */
  refusal?: ErrorCode;
  /** of the way in */
  entryRefusal?: ErrorCode;
  /** what the browser does when it is asked for a screen */
  screen?: 'given' | 'refused' | 'asking' | 'impossible';
  act?: (page: Page, node: PlayedNode) => Promise<unknown>;
};

function scene(
  name: string,
  { roomName = 'Maple 3F', refusal, entryRefusal, screen = 'given', act }: Told = {},
): Scene {
  const nodes = new WeakMap<Page, PlayedNode>();
  return {
    name,
    path: '/share',
    sizes: ['laptop', 'phone'],
    setup: async (page) => {
      const node = new PlayedNode([
        person(0, 'Laptop', { peerKind: 'person' }),
        person(1, 'Maple 3F', { peerKind: 'room' }),
      ]);
      nodes.set(page, node);
      await page.addInitScript(playBrowser, screen);
      await servePages(page);
      const answer = (path: string, json: object, code?: ErrorCode) =>
        page.route(`**/api/v1/${path}`, (route) =>
          code === undefined
            ? route.fulfill({ json })
            : route.fulfill({ status: 403, json: { error: { code, message: code } } }),
        );
      await answer('laptop-pairings', { laptopToken: 'of-a-scene', roomName }, refusal);
      await answer('laptop-entries', { grant: grant() }, entryRefusal);
      await node.attach(page);
    },
    act: async (page) => {
      await act?.(page, nodes.get(page)!);
      await page.waitForTimeout(600);
    },
  };
}

const grant = () => ({
  callId: CALL,
  meetingId: id(4),
  meetingTitle: 'Maple 3F',
  peerId: ROOM_PEER,
  signalingUrl: ticket.signalingUrl,
  joinToken: 'of-a-scene',
  expiresAtMs: Date.now() + 60_000,
  documents: null,
});

function playBrowser(screen: NonNullable<Told['screen']>): void {
  const drawn = (): MediaStream => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    canvas.getContext('2d')!.fillRect(0, 0, 640, 360);
    return canvas.captureStream(1);
  };
  const asked = {
    given: async () => drawn(),
    refused: async () => {
      throw new DOMException('Permission denied', 'NotAllowedError');
    },
    asking: () => new Promise<MediaStream>(() => {}),
  };
  if (screen === 'impossible') Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
  else Object.defineProperty(navigator.mediaDevices, 'getDisplayMedia', { value: asked[screen] });
}

const typeCode = async (page: Page, code = 'k7pw3mxd') => {
  await page.getByRole('textbox').fill(code);
  await page.getByRole('textbox').press('Enter');
};
const connect = async (page: Page) => {
  await typeCode(page);
  await page.getByRole('button', { name: /^(Share screen|화면 공유)$/ }).waitFor();
};
const share = async (page: Page) => {
  await connect(page);
  await page.getByRole('button', { name: /^(Share screen|화면 공유)$/ }).click();
};
const shares = async (page: Page) => {
  await share(page);
  await page.getByRole('button', { name: /^(Stop sharing|공유 중지)$/ }).waitFor();
};

export const shareScenes: readonly Scene[] = [
  scene('code'),
  scene('code-incomplete', { act: (page) => typeCode(page, 'k7p') }),
  scene('code-refused', { refusal: 'pairing-code-invalid', act: (page) => typeCode(page) }),
  scene('code-too-many', { refusal: 'too-many-attempts', act: (page) => typeCode(page) }),
  scene('impossible', { screen: 'impossible' }),
  scene('ready', { act: connect }),
  scene('ready-long', { roomName: LONG_ROOM, act: connect }),
  scene('ready-choosing', { screen: 'asking', act: share }),
  scene('ready-refused', { screen: 'refused', act: share }),
  scene('ready-no-answer', { entryRefusal: 'room-not-answering', act: share }),
  scene('code-over', { entryRefusal: 'pairing-revoked', act: share }),
  scene('sharing', { act: shares }),
  scene('removed', {
    act: async (page, node) => {
      await shares(page);
      node.tell('call-ended', { reason: 'removed' });
    },
  }),
];
