/**
 * The two wires of the TV's page, played into a browser without any server: its agent (screen link) and a media node
 * (signalling). Speaks contract objects alone; pictures come from canvases, see drawn-pictures.ts.
 */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page, WebSocketRoute } from 'playwright-core';
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import { type CallOrder, OPEN_ORDER, RIGHTS, type MeetingRole } from '#contract/call-order.ts';
import type { ChatMessage, ReadCount } from '#contract/chat.ts';
import type { CallPoll, OwnAnswer } from '#contract/polls.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import { MediaSource } from '#contract/media-source.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { type ErrorCode, MaruError } from '#contract/error-codes.ts';
import type { DocumentRight } from '#contract/grants.ts';
import type { ProjectionValues } from '#contract/projections.ts';
import type { Participant, RoomState } from '#contract/room-state.ts';
import {
  type AgentToScreen,
  type ResumeTicket,
  SCREEN_PROOF_PATH,
  SIGNAGE_PATH,
  screenProof,
  type ScreenToAgent,
  type ScreenFrame,
} from '#contract/screen-link.ts';
import type { SharedDocument } from '#contract/shared-document.ts';
import type { CallSnapshot, MediaSetup } from '#contract/signaling.ts';
import { type CallTranscript, NO_TRANSCRIPT } from '#contract/transcript.ts';

export const TV_ORIGIN = 'http://localhost:7400';
export const TV_PATH = '/tv';
const SCREEN_KEY = 'k'.repeat(43);
const SIGNALING_URL = 'ws://localhost:7403/signaling';
const dist = fileURLToPath(new URL('../../kiosk/screen/dist', import.meta.url));
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const CALL = id(3);
export const ROOM_PEER = id(100);
export const ticket: ResumeTicket = {
  callId: CALL,
  peerId: ROOM_PEER,
  signalingUrl: SIGNALING_URL,
  resumeSecret: 'of-a-scene',
};

export function person(n: number, displayName: string, over: Partial<Participant> = {}): Participant {
  const peerKind = n === 0 ? 'room' : 'person';
  const role = n === 0 ? 'co-host' : 'member';
  return participantUnderTest({ peerId: id(100 + n), displayName, peerKind, role, ...over });
}

/** What the agent shows of a room. */
export type ShownRoom = ScreenFrame &
  Pick<ProjectionValues, 'agenda' | 'equipment' | 'broadcasts' | 'help' | 'update'> & { state: RoomState };

export function roomView(state: Partial<RoomState> = {}, over: Partial<ShownRoom> = {}): ShownRoom {
  return {
    language: 'en',
    pairing: {
      code: 'K7PW3MXD',
      url: 'https://maru.example.org/control#code=K7PW3MXD',
      shareUrl: 'https://maru.example.org/share',
    },
    waiting: null,
    state: {
      protocol: PROTOCOL_VERSION,
      roomId: id(1),
      roomName: 'Maple 3F',
      epoch: 1,
      revision: 1,
      asOfMs: Date.now(),
      phase: { name: 'idle' },
      meeting: { meetingId: id(2), title: 'Weekly plan', underWay: false, participantCount: 0 },
      microphone: 'on',
      camera: 'on',
      volumePercent: 60,
      layout: 'auto',
      stagePage: 0,
      stagePageCount: 1,
      notices: [],
      ...state,
    },
    ...over,
  };
}

export function inCallPhase(
  participants: readonly Participant[],
  meetingTitle = 'Weekly plan',
  order: CallOrder = OPEN_ORDER,
): Extract<RoomState['phase'], { name: 'in-call' }> {
  return {
    name: 'in-call',
    callId: CALL,
    peerId: ROOM_PEER,
    meetingTitle,
    startedAtMs: Date.now() - 300_000,
    connection: 'connected',
    participantCount: participants.length,
    participants: participants.slice(0, 8),
    sharedBy: null,
    order,
    air: OFF_AIR,
  };
}

const SIGNAGE_PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="900"><rect width="1600" height="900" fill="#274060"/><circle cx="1240" cy="260" r="150" fill="#f2c14e"/><path d="M0 900 500 380l340 340 240-220 520 400z" fill="#1b998b"/></svg>`;

/** The TV's own files over any request to its origin. */
export async function serveTv(page: Page): Promise<void> {
  // as the shell does
  await page.addInitScript(`globalThis.maruScreenKey = ${JSON.stringify(SCREEN_KEY)};`);
  await page.route(`${TV_ORIGIN}/**`, async (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    if (pathname === SCREEN_PROOF_PATH)
      return route.fulfill({ body: await screenProof(SCREEN_KEY, searchParams.get('nonce') ?? '') });
    if (pathname.startsWith(SIGNAGE_PATH))
      return route.fulfill({ body: SIGNAGE_PICTURE, contentType: 'image/svg+xml' });
    const file = pathname === TV_PATH ? 'index.html' : pathname;
    const body = await readFile(join(dist, file)).catch(() => null);
    if (body === null) return route.fulfill({ status: 404, body: 'not found' });
    return route.fulfill({ body, contentType: types[extname(file)] ?? 'application/octet-stream' });
  });
}

/** An agent that lives in the test. Each connection of the page is met by `onHello`; null: nobody listens. */
export class PlayedAgent {
  readonly heard: ScreenToAgent[] = [];
  #socket: WebSocketRoute | null = null;
  listening = true;
  connections = 0;
  onHello: () => AgentToScreen[];

  constructor(onHello: () => AgentToScreen[]) {
    this.onHello = onHello;
  }

  async attach(page: Page): Promise<void> {
    await page.routeWebSocket(/\/screen-link$/, (socket) => {
      if (!this.listening) return void socket.close();
      this.#socket = socket;
      this.connections += 1;
      socket.onMessage((data) => {
        const message = JSON.parse(String(data)) as ScreenToAgent;
        this.heard.push(message);
        if (message.type === 'hello') for (const answer of this.onHello()) this.say(answer);
      });
    });
  }

  show({ language, pairing, waiting, idle, ...projections }: ShownRoom): void {
    this.say({ type: 'frame', frame: { language, pairing, waiting, idle } });
    for (const [name, value] of Object.entries(projections)) this.say({ type: 'projection', name, value });
  }

  say(message: AgentToScreen): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** As when the process dies. */
  async drop(): Promise<void> {
    await this.#socket?.close();
    this.#socket = null;
  }

  heardOf<T extends ScreenToAgent['type']>(type: T): Extract<ScreenToAgent, { type: T }>[] {
    return this.heard.filter((message): message is Extract<ScreenToAgent, { type: T }> => message.type === type);
  }
}

export const welcome = (
  { language, pairing, waiting, idle, ...projections }: ShownRoom,
  resume: ResumeTicket | null = null,
): AgentToScreen => ({
  type: 'welcome',
  protocol: PROTOCOL_VERSION,
  frame: { language, pairing, waiting, idle },
  projections,
  resume,
});

/** A media node that admits everyone and forwards nothing: the consumers' pictures are drawn in the page. */
export class PlayedNode {
  readonly asked: { method: string; data: unknown }[] = [];
  participants: Participant[];
  /** what is shown in the call, and what the page may do with it */
  document: SharedDocument | null = null;
  documentRights: DocumentRight[] = [];
  /** of the page in the call */
  role: MeetingRole = 'co-host';
  order: CallOrder = OPEN_ORDER;
  chat: ChatMessage[] = [];
  chatReads: ReadCount[] = [];
  polls: CallPoll[] = [];
  ownAnswers: OwnAnswer[] = [];
  air: CallAir = OFF_AIR;
  transcript: CallTranscript = NO_TRANSCRIPT;
  #socket: WebSocketRoute | null = null;

  constructor(participants: Participant[]) {
    this.participants = participants;
  }

  async attach(page: Page): Promise<void> {
    await page.routeWebSocket(SIGNALING_URL, (socket) => {
      this.#socket = socket;
      socket.onMessage((data) => {
        const {
          id: requestId,
          method,
          data: asked,
        } = JSON.parse(String(data)) as { id: number; method: string; data: { admission?: { kind: string } } };
        this.asked.push({ method, data: asked });
        const answer = this.#answer(method, asked);
        socket.send(JSON.stringify({ id: requestId, ok: true, data: answer }));
      });
    });
  }

  tell(event: string, data: unknown): void {
    this.#socket?.send(JSON.stringify({ event, data }));
  }

  /** @param code of the error that ends the connection; none: it is lost */
  async drop(code?: ErrorCode): Promise<void> {
    await this.#socket?.close(code && { code: new MaruError(code).closeCode, reason: code });
  }

  #answer(method: string, asked: { admission?: { kind: string } }): unknown {
    if (method === 'join-call') return this.#snapshot();
    if (method === 'restart-ice') return { iceParameters };
    if (method === 'list-chat-readers') return { names: ['김준호', 'Lena Visser'] };
    if (method !== 'hello') return {};
    return {
      protocol: PROTOCOL_VERSION,
      callId: CALL,
      peerId: ROOM_PEER,
      peerKind: 'room',
      publishes: MediaSource.options,
      receives: MediaSource.options,
      rights: RIGHTS[this.role],
      role: this.role,
      documents: this.documentRights,
      meetingTitle: 'Weekly plan',
      resumeSecret: 'of-a-scene',
      air: this.air,
      transcript: this.transcript,
      admission:
        asked.admission?.kind === 'resume'
          ? { kind: 'restarted', call: this.#snapshot(), media: mediaSetup }
          : { kind: 'fresh', media: mediaSetup },
    };
  }

  #snapshot(): CallSnapshot {
    const others = this.participants.filter(({ peerId }) => peerId !== ROOM_PEER);
    const cameras = others
      .filter(({ camera }) => camera === 'on')
      .map(({ peerId }) => ({ peerId, source: 'camera' as const }));
    const screens = others
      .filter(({ sharesScreen }) => sharesScreen)
      .map(({ peerId }) => ({ peerId, source: 'screen' as const }));
    return {
      callId: CALL,
      meetingTitle: 'Weekly plan',
      startedAtMs: Date.now() - 300_000,
      participants: this.participants,
      activeSpeakerPeerId: null,
      document: this.document,
      order: this.order,
      air: this.air,
      chat: this.chat,
      chatReads: this.chatReads,
      polls: this.polls,
      ownAnswers: this.ownAnswers,
      transcript: this.transcript,
      consumers: [...cameras, ...screens].map(({ peerId, source }, index) => ({
        consumerId: `${source}-${peerId}`,
        producerId: id(1_000 + index),
        peerId,
        source,
        kind: 'video' as const,
        paused: false,
        rtpParameters: {
          mid: String(index + 1),
          codecs: [{ mimeType: 'video/VP8', payloadType: 101, clockRate: 90_000, parameters: {}, rtcpFeedback: [] }],
          headerExtensions: [],
          encodings: [{ ssrc: 20_000 + index }],
          rtcp: { cname: `peer-${index}`, reducedSize: true },
        },
      })),
    };
  }
}

const iceParameters = { usernameFragment: 'sceneufragment', password: 'scenepasswordscenepassword', iceLite: true };
const transport = (transportId: string): MediaSetup['send'] => ({
  transportId,
  iceParameters,
  iceCandidates: [
    {
      foundation: 'udp',
      priority: 1_076_302_079,
      ip: '127.0.0.1',
      address: '127.0.0.1',
      protocol: 'udp',
      port: 9,
      type: 'host',
    },
  ],
  dtlsParameters: {
    role: 'auto',
    fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
  },
});
const opus = {
  kind: 'audio' as const,
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  parameters: {},
  rtcpFeedback: [],
};
const mediaSetup: MediaSetup = {
  routerRtpCapabilities: {
    codecs: [
      { ...opus, preferredPayloadType: 100 },
      {
        kind: 'video',
        mimeType: 'video/VP8',
        clockRate: 90_000,
        preferredPayloadType: 101,
        parameters: {},
        rtcpFeedback: [],
      },
    ],
  },
  send: transport('send'),
  recv: transport('recv'),
  anchor: {
    consumerId: 'anchor',
    producerId: id(999),
    rtpParameters: {
      mid: '0',
      codecs: [
        { mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2, parameters: {}, rtcpFeedback: [] },
      ],
      headerExtensions: [],
      encodings: [{ ssrc: 19_999 }],
      rtcp: { cname: 'anchor' },
    },
  },
};
