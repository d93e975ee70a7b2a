/** The guest's page, as fleet server and media node would answer it. */
import type { Page } from 'playwright-core';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { Participant } from '#contract/room-state.ts';
import { drawPictures, type OwnDevices, picturesOf } from '../drawn-pictures.ts';
import { CALL, id, PlayedNode, person, ROOM_PEER, ticket } from '../screen-wires.ts';
import { servePages } from '../static-pages.ts';
import type { Scene, SizeName } from './scene.ts';

const sizes: readonly SizeName[] = ['phone', 'laptop'];
const LONG_TITLE = '2027년 상반기 글로벌 제품 전략 및 연구개발 투자 우선순위 조정을 위한 전사 임원 확대 회의 (2차)';

type Told = {
  title?: string;
  refusal?: ErrorCode;
  own?: OwnDevices;
  /** who is in beside the guest; given, the guest joins */
  others?: Participant[];
  after?: (page: Page, node: PlayedNode) => Promise<unknown>;
};

function scene(name: string, { title = 'Weekly plan', refusal, own, others, after }: Told = {}): Scene {
  const nodes = new WeakMap<Page, PlayedNode>();
  return {
    name,
    path: '/join#scene-invite',
    sizes,
    setup: async (page) => {
      const guest = person(0, 'Head office', { peerKind: 'person' });
      const node = new PlayedNode([guest, ...(others ?? [])]);
      nodes.set(page, node);
      await drawPictures(page, own);
      await servePages(page);
      await page.route('**/api/v1/guest-entries', (route) =>
        refusal === undefined
          ? route.fulfill({ json: entry(title) })
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

const entry = (meetingTitle: string) => ({
  meetingTitle,
  displayName: null,
  admission: 'admitted',
  grant: {
    callId: CALL,
    meetingId: id(4),
    meetingTitle,
    peerId: ROOM_PEER,
    signalingUrl: ticket.signalingUrl,
    joinToken: 'of-a-scene',
    expiresAtMs: Date.now() + 60_000,
  },
});

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

const openDevices = (page: Page) => page.getByRole('button', { name: /^(Devices|장치)$/ }).click();

export const joinScenes: readonly Scene[] = [
  scene('check'),
  scene('check-no-devices', { own: 'missing' }),
  scene('check-refused', { own: 'refused' }),
  scene('check-long-title', { title: LONG_TITLE }),
  scene('invite-expired', { refusal: 'invite-expired' }),
  scene('invite-invalid', { refusal: 'invite-invalid' }),
  scene('invite-closed', { refusal: 'invite-closed' }),
  scene('call-unreachable', { refusal: 'call-unreachable' }),
  scene('alone', { others: [] }),
  scene('call-two', { others: people(1) }),
  scene('call-nine', { others: people(8) }),
  scene('reconnecting', { others: people(3), after: (_page, node) => node.drop() }),
  scene('call-devices', { others: people(3), after: openDevices }),
  scene('call-without-devices', { own: 'missing', others: people(3), after: openDevices }),
  scene('joined-elsewhere', { others: people(2), after: (_page, node) => node.drop('joined-elsewhere') }),
  scene('seats-taken', { others: people(2), after: (_page, node) => node.drop('seats-taken') }),
  scene('removed', { others: people(2), after: async (_page, node) => node.tell('call-ended', { reason: 'removed' }) }),
  scene('ended', {
    others: people(2),
    after: async (_page, node) => node.tell('call-ended', { reason: 'ended-by-room' }),
  }),
];
