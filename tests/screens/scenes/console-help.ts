/** The console's help: actions on a room as they go on, calls for help and one of them. */
import type { Page } from 'playwright-core';
import type { HelpTicket, HelpTicketDetail } from '#contract/http/help-api.ts';
import type { RoomAction, ShownAction } from '#contract/room-action.ts';
import type { HelpMessage } from '#contract/help-request.ts';
import { consoleScene, healthy, refusal, roomAnswers, roomPath, signedIn } from './console.ts';
import type { Scene } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const minutesAgo = (count: number): number => Date.now() - count * 60_000;
const { roomId, roomName } = healthy[1]!;

const actionOf = (n: number, action: RoomAction, over: Partial<ShownAction> = {}): ShownAction => ({
  actionId: id(700 + n),
  roomId,
  action,
  state: 'done',
  code: null,
  result: null,
  askedBy: 'Admin',
  askedAtMs: minutesAgo(60 - n),
  begunAtMs: minutesAgo(60 - n),
  endedAtMs: minutesAgo(60 - n),
  endsBeforeMs: minutesAgo(55 - n),
  hasFile: false,
  ...over,
});
const check = (
  name: 'gateway' | 'fleet-mqtt' | 'media-udp',
  outcome: 'passed' | 'failed' | 'skipped',
  message: string,
) => ({
  check: name,
  target: 'maru.example.com:8883',
  outcome,
  tookMs: outcome === 'skipped' ? null : 12,
  message,
});
const actions = [
  actionOf(
    1,
    { name: 'collect-logs' },
    { hasFile: true, result: { of: 'collect-logs', sizeBytes: 84_210, lineCount: 4_112 } },
  ),
  actionOf(
    2,
    { name: 'test-network' },
    {
      result: {
        of: 'test-network',
        checks: [
          check('gateway', 'passed', '192.0.2.1 by eth0'),
          check('fleet-mqtt', 'failed', 'TLS: certificate has expired'),
          check('media-udp', 'skipped', 'no page, or a call is on: not looked at'),
        ],
      },
    },
  ),
  actionOf(3, { name: 'restart-kiosk', evenInCall: false }, { state: 'refused', code: 'room-in-call' }),
  actionOf(4, { name: 'set-volume', percent: 40 }, { state: 'expired', code: 'action-expired', askedBy: '김미나' }),
  actionOf(5, { name: 'follow-logs' }, { state: 'running', endedAtMs: null, endsBeforeMs: minutesAgo(-9) }),
];
const events = [
  ...actions.map((data) => ['action', data] as const),
  [
    'lines',
    {
      actionId: actions.at(-1)!.actionId,
      skippedCount: 3,
      lines: ['room', 'MQTT connected', 'the certificate could not be renewed, trying again later'].map((text, n) => ({
        atMs: minutesAgo(1) + n,
        from: 'agent',
        level: n === 2 ? 'error' : 'info',
        text,
      })),
    },
  ] as const,
];

/** The stream of a room's actions says them once it is open. */
const withEvents = (scene: Scene): Scene => ({
  ...scene,
  setup: async (page) => {
    await scene.setup(page);
    await page.addInitScript(
      (told) => {
        const Silent = window.EventSource;
        window.EventSource = class extends Silent {
          constructor(url: string) {
            super(url);
            if (!String(url).includes('action-changes')) return;
            setTimeout(() => {
              for (const [name, data] of told)
                this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
            }, 20);
          }
        } as typeof EventSource;
      },
      events as unknown as [string, unknown][],
    );
  },
});

const message = (n: number, from: 'room' | 'it', text: string): HelpMessage => ({
  messageId: id(800 + n),
  from,
  author: from === 'it' ? '김미나' : '',
  text,
  atMs: minutesAgo(9 - n),
});
const ticketOf = (n: number, over: Partial<HelpTicket> = {}): HelpTicket => ({
  helpId: id(820 + n),
  roomId,
  roomName,
  placeId: null,
  topic: 'nobody-hears-us',
  state: 'sent',
  calledAtMs: minutesAgo(n * 9 + 2),
  receivedAtMs: minutesAgo(n * 9 + 2),
  seenBy: null,
  closedAtMs: null,
  messages: [],
  ...over,
});
const tickets = [
  ticketOf(0, { messages: [message(0, 'room', '10시부터 상대방이 우리 소리를 듣지 못합니다.')] }),
  ticketOf(1, {
    roomName: 'Namsan Panorama Conference Hall with Terrace, South Wing, 27th floor',
    topic: 'cannot-share',
    state: 'seen',
    seenBy: '김미나',
    messages: [
      message(0, 'room', 'The HDMI cable does nothing. '.repeat(12)),
      message(1, 'it', 'Please plug it into the left socket.'),
    ],
  }),
  ticketOf(2, { topic: 'other', state: 'solved', closedAtMs: minutesAgo(4), calledAtMs: minutesAgo(300) }),
];
const page = (rows: HelpTicket[]) => ({
  body: {
    rows,
    nextCursor: null,
    total: rows.length,
    counts: { open: rows.length === 0 ? 0 : 2, unseen: rows.length === 0 ? 0 : 1 },
  },
});
const detail: HelpTicketDetail = {
  ...tickets[1]!,
  receivedAtMs: tickets[1]!.calledAtMs + 8 * 60_000,
  diagnostics: {
    health: null,
    signals: ['microphone-failing'],
    phase: 'in-call',
    recentEvents: [
      { name: 'agent-started', eventId: id(1), sequence: 1, atMs: minutesAgo(90), epoch: 4 },
      { name: 'start-failed', eventId: id(2), sequence: 2, atMs: minutesAgo(14), code: 'no-media-node' },
    ],
  },
};
const seeHelp = (page: Page) =>
  page.getByRole('heading', { name: /^Remote help$|^원격 지원$/ }).scrollIntoViewIfNeeded();

export const helpScenes: readonly Scene[] = [
  withEvents(consoleScene('room-help', roomAnswers, seeHelp, roomPath)),
  consoleScene('help', { currentSession: signedIn, listHelp: page(tickets) }, undefined, '/#/help'),
  consoleScene('help-none', { currentSession: signedIn, listHelp: page([]) }, undefined, '/#/help'),
  consoleScene('help-no-server', { currentSession: signedIn, listHelp: 'no-answer' }, undefined, '/#/help'),
  consoleScene(
    'help-request',
    { currentSession: signedIn, helpTicket: { body: detail } },
    undefined,
    `/#/help/${detail.helpId}`,
  ),
  consoleScene(
    'help-request-gone',
    { currentSession: signedIn, helpTicket: refusal(404, 'not-found') },
    undefined,
    `/#/help/${detail.helpId}`,
  ),
];
