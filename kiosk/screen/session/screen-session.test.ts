import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { CallClient } from '#call/call-client.ts';
import type { CallPhase, CallState } from '#call/call-state.ts';
import type { ChatAbout } from '#call/followed-chat.ts';
import { Observable } from '#call/observable.ts';
import { InvalidStateError, UserError, type ErrorCode } from '#contract/error-codes.ts';
import { CODE_SHOWN_MS } from '#contract/limits.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { RoomState } from '#contract/room-state.ts';
import {
  AgentToScreen,
  ScreenToAgent,
  type ResumeTicket,
  type ScreenEffect,
  type ScreenFrame,
} from '#contract/screen-link.ts';
import { type DocumentHeading, type SharedDocument, WHOLE_PAGE } from '#contract/shared-document.ts';
import { NO_TRANSCRIPT } from '#contract/transcript.ts';
import type { AgentLink } from './agent-link.ts';
import type { TrackState, RoomTracks } from './room-tracks.ts';
import { ScreenSession } from './screen-session.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const CALL = id(1);
const ticket: ResumeTicket = { callId: CALL, peerId: id(2), signalingUrl: 'ws://node/signaling', resumeSecret: 's1' };
const grant = (callId = CALL): CallGrant => ({
  callId,
  meetingId: id(3),
  meetingTitle: 'Weekly',
  peerId: id(2),
  signalingUrl: 'ws://node/signaling',
  joinToken: 't',
  expiresAtMs: 1,
  documents: null,
  iceServers: [],
});
const frame: ScreenFrame = { language: 'en', pairing: null, waiting: null };
const roomState: RoomState = {
  protocol: PROTOCOL_VERSION,
  roomId: id(4),
  roomName: 'Maple',
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  phase: { name: 'idle' },
  meeting: null,
  microphone: 'on',
  camera: 'on',
  volumePercent: 50,
  layout: 'auto',
  stagePage: 0,
  stagePageCount: 1,
  notices: [],
};
const heading: DocumentHeading = {
  documentId: id(8),
  title: 'Plan.pptx',
  pageCount: 9,
  page: 1,
  region: WHOLE_PAGE,
  presenter: null,
};
const joined: CallPhase = {
  name: 'joined',
  callId: CALL,
  peerId: id(2),
  meetingTitle: 'Weekly',
  startedAtMs: 7,
  connection: 'connected',
};

/** A call that does what the test says, and remembers what it was asked. */
class FakeCall {
  asked: string[] = [];
  ticket: ResumeTicket | null = null;
  readonly document = new Observable<SharedDocument | null>(null);
  joins: { grant: CallGrant | null; resolve: () => void; reject: (error: Error) => void }[] = [];
  readonly store = new Observable<CallState>({
    phase: { name: 'idle' },
    permissions: null,
    role: null,
    order: OPEN_ORDER,
    air: OFF_AIR,
    chat: [],
    recalledChat: [],
    chatReads: new Map(),
    polls: [],
    announced: { air: OFF_AIR, transcript: NO_TRANSCRIPT },
    transcript: NO_TRANSCRIPT,
    captions: [],
    participants: [],
    document: null,
    documentAccess: null,
    withdrawn: null,
    streams: new Map(),
    activeSpeakerPeerId: null,
    mutedByPeerId: null,
    keptMutedTimes: 0,
    blocked: null,
    way: null,
    local: { microphone: 'absent', camera: 'absent', sharesScreen: false },
  });
  readonly requestGrant: (why: { code: ErrorCode; endedCallId: string | null }) => Promise<CallGrant>;
  readonly onMuted: () => void;
  constructor(requestGrant: FakeCall['requestGrant'], onMuted: () => void) {
    this.requestGrant = requestGrant;
    this.onMuted = onMuted;
  }
  getSnapshot = () => this.store.getSnapshot();
  subscribe = (listener: () => void) => this.store.subscribe(listener);
  become(phase: CallPhase, over: Partial<CallState> = {}): void {
    if (phase.name === 'joined') this.ticket ??= ticket;
    if (phase.name === 'ended' || phase.name === 'idle' || phase.name === 'failed') this.ticket = null;
    this.store.set({ ...this.store.getSnapshot(), ...over, phase });
  }
  #ask(what: string): Promise<void> {
    this.asked.push(what);
    return Promise.resolve();
  }
  prepare = (given: CallGrant) => this.#ask(`prepare ${given.callId}`);
  join(_options: unknown, given: CallGrant | null): Promise<void> {
    this.asked.push('join');
    this.become({ name: 'joining' });
    return new Promise((resolve, reject) => this.joins.push({ grant: given, resolve, reject }));
  }
  resume(given: ResumeTicket): Promise<void> {
    this.become({ name: 'joining' });
    return this.#ask(`resume ${given.resumeSecret}`);
  }
  leave(): void {
    this.asked.push('leave');
    const { phase } = this.getSnapshot();
    if (phase.name === 'joined') this.become({ name: 'ended', callId: phase.callId, reason: 'left' });
    else if (phase.name === 'joining') {
      this.become({ name: 'idle' });
      this.joins.at(-1)?.reject(new InvalidStateError('not-possible-now', 'superseded'));
    }
  }
  abandon(): void {
    this.asked.push('abandon');
    this.become({ name: 'idle' });
  }
  endForAll = () => this.#ask('end');
  muteParticipant = (peerId: string) => this.#ask(`mute ${peerId}`);
  muteAll = (): Promise<void> => {
    this.asked.push('mute all');
    return Promise.reject(new UserError('forbidden'));
  };
  setOrder = (change: object) => this.#ask(`order ${JSON.stringify(change)}`);
  setRole = (peerId: string, role: string) => this.#ask(`role ${peerId} ${role}`);
  letSpeak = (peerId: string) => this.#ask(`let speak ${peerId}`);
  raiseHand = (isUp: boolean) => this.#ask(`hand ${isUp}`);
  lowerHand = (peerId: string) => this.#ask(`lower ${peerId}`);
  sendChat = (text: string, messageId: string, { replyTo, mentions = [] }: ChatAbout = {}) =>
    this.#ask(['chat', text, messageId, ...(replyTo ? [replyTo] : []), ...mentions].join(' '));
  recallChat = (messageId: string) => this.#ask(`recall ${messageId}`);
  startPoll = (pollId: string, { question }: { question: string }) => this.#ask(`poll ${pollId} ${question}`);
  answerPoll = (pollId: string, choices: readonly number[]) => this.#ask(`answer ${pollId} ${choices}`);
  endPoll = (pollId: string) => this.#ask(`end poll ${pollId}`);
  hidePoll = (pollId: string) => this.#ask(`hide poll ${pollId}`);
  setTranscript = ({ isOn, language }: { isOn: boolean; language: string }) =>
    this.#ask(`transcript ${isOn} ${language}`);
  removeParticipant = (peerId: string) => this.#ask(`remove ${peerId}`);
  setMicrophone(): void {}
  setCamera(): void {}
}

function session() {
  const said: ScreenToAgent[] = [];
  const parts = {
    up: false,
    devices: [] as string[],
    asked: [] as MediaStreamConstraints[],
    devicesAnswer: (): Promise<MediaStream> => Promise.reject(new DOMException('none here', 'NotFoundError')),
  };
  const state: TrackState = {
    microphone: 'on',
    camera: 'on',
    microphoneProblem: null,
    cameraProblem: null,
    ownCamera: null,
  };
  let call!: FakeCall;
  let line!: { hello: () => object; onMessage: (message: AgentToScreen) => void; onUp: (up: boolean) => void };
  const subject = new ScreenSession({
    screenId: id(9),
    screenHeightPx: () => 1080,
    getUserMedia: (constraints) => {
      parts.asked.push(constraints);
      return parts.devicesAnswer();
    },
    createStream: (tracks) => ({ tracks }) as unknown as MediaStream,
    createCall: ({ requestGrant, onMuted }) => {
      call = new FakeCall(requestGrant, onMuted);
      return call as unknown as CallClient;
    },
    createDevices: () =>
      ({
        state,
        speakerId: null,
        listed: [],
        openIds: { cameraId: null, microphoneId: null, speakerId: null },
        wanted: { camera: 'any', microphone: 'any', speakerId: null, deviceCancelsEcho: false },
        use: ({ cameraId }: { cameraId: string | null }) => parts.devices.push(`use ${cameraId}`),
        speakerFailed: (id: string) => parts.devices.push(`no sound from ${id}`),
        microphoneTrack: null,
        cameraTrack: null,
        start: () => {},
        open: () => parts.devices.push('open'),
        openSoon: () => parts.devices.push('open soon'),
        release: () => parts.devices.push('release'),
        giveUp: () => parts.devices.push('give up'),
        setMuted: (muted: boolean) => parts.devices.push(`muted ${muted}`),
        setCameraOn: (on: boolean) => parts.devices.push(`camera ${on}`),
      }) as unknown as RoomTracks,
    createLink: (options) => {
      line = options;
      return {
        start: () => {},
        send: (message: ScreenToAgent) => {
          if (parts.up) said.push(ScreenToAgent.parse(message));
          return parts.up;
        },
      } as unknown as AgentLink;
    },
  });
  subject.start();
  const up = (resume: ResumeTicket | null = null): void => {
    parts.up = true;
    line.onUp(true);
    line.onMessage(
      AgentToScreen.parse({
        type: 'welcome',
        protocol: PROTOCOL_VERSION,
        frame,
        projections: { state: roomState },
        resume,
      }) as AgentToScreen,
    );
  };
  const down = (): void => {
    parts.up = false;
    line.onUp(false);
  };
  const effect = (given: ScreenEffect): void => line.onMessage({ type: 'do', effect: given });
  const types = (): string[] => said.map(({ type }) => type);
  const of = <T extends ScreenToAgent['type']>(type: T) =>
    said.filter((message): message is Extract<ScreenToAgent, { type: T }> => message.type === type);
  return { subject, call, said, types, of, up, down, effect, parts, line, hello: () => line.hello() };
}

/** What is told of the devices, to an agent that comes. */
const STATES = ['track-state', 'media-devices', 'camera-axes'];

describe('the screen’s session', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('joins at once, devices beside it, and tells what came of it', () => {
    const { call, up, effect, types, of, parts } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    expect(parts.devices).toEqual(['open soon']);
    expect(call.joins[0]!.grant).toEqual(grant());
    call.become(joined);
    expect(of('call-joined')).toEqual([{ type: 'call-joined', ticket, meetingTitle: 'Weekly', startedAtMs: 7 }]);
    expect(types()).toEqual([
      ...STATES,
      'stage',
      'call-joined',
      'connection',
      'roster',
      'call-order',
      'call-air',
      'chat',
      'poll',
      'transcript',
      'document',
    ]);
  });

  it('opens no device for what is only prepared', () => {
    const { call, up, effect, parts } = session();
    up();
    effect({ name: 'prepare-call', grant: grant() });
    expect([call.asked, parts.devices]).toEqual([[`prepare ${CALL}`], []]);
  });

  it('says why a join failed, and lets the camera go', async () => {
    const { call, up, effect, of, parts } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become({ name: 'failed', code: 'call-full' });
    call.joins[0]!.reject(new InvalidStateError('call-full'));
    await vi.waitFor(() =>
      expect(of('join-failed')).toEqual([{ type: 'join-failed', code: 'call-full', callId: CALL }]),
    );
    expect(parts.devices).toEqual(['open soon', 'release']);
  });

  it('says nothing of a join that the room took back itself', async () => {
    const { up, effect, of, parts } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    effect({ name: 'leave-call' });
    await Promise.resolve();
    await Promise.resolve();
    expect(of('join-failed')).toEqual([]);
    expect(parts.devices.at(-1)).toBe('release');
  });

  it('tells connection and roster as they change, and the end', () => {
    const { call, up, effect, of, parts } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    call.become({ ...joined, connection: 'reconnecting' });
    call.become(joined, {
      participants: [participantUnderTest({ peerId: id(2), displayName: 'Maple', peerKind: 'room' })],
    });
    call.become({ name: 'ended', callId: CALL, reason: 'ended-by-participant' });
    expect(of('connection').map(({ connection }) => connection)).toEqual(['connected', 'reconnecting', 'connected']);
    expect(of('roster').map(({ participants }) => participants.length)).toEqual([0, 1]);
    expect(of('call-ended')).toEqual([{ type: 'call-ended', callId: CALL, reason: 'ended-by-participant' }]);
    expect(parts.devices.at(-1)).toBe('release');
  });

  it('tells an agent that restarted what runs, without touching the call', () => {
    const { call, up, down, effect, hello, types, said } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    down();
    expect(hello()).toMatchObject({ inCall: { ticket, meetingTitle: 'Weekly' } });
    said.length = 0;
    up(ticket);
    expect(types()).toEqual([
      ...STATES,
      'stage',
      'call-joined',
      'connection',
      'roster',
      'call-order',
      'call-air',
      'chat',
      'poll',
      'transcript',
      'document',
    ]);
    expect(call.asked).toEqual(['join']);
  });

  it('tells an agent that it is in, though it was not yet when it said hello', () => {
    const { call, up, down, effect, hello, of } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    down();
    expect(hello()).toMatchObject({ inCall: null });
    call.become(joined);
    expect(of('call-joined')).toEqual([]);
    up();
    expect(of('call-joined')).toMatchObject([{ ticket }]);
  });

  it('asks an agent that restarted for the grant that the former one was asked for', () => {
    const { call, up, down, effect, of } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    void call.requestGrant({ code: 'peer-unknown', endedCallId: null });
    down();
    up();
    expect(of('lost')).toEqual(Array(2).fill({ type: 'lost', callId: CALL, code: 'peer-unknown' }));
  });

  it('leaves the door of one call for that of another', () => {
    const { call, up, effect } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    effect({ name: 'join-call', grant: grant() });
    effect({ name: 'join-call', grant: grant(id(8)) });
    expect(call.asked).toEqual(['join', 'leave', 'join']);
    expect(call.joins.map((join) => join.grant!.callId)).toEqual([CALL, id(8)]);
  });

  it('keeps for an absent agent that the call has ended', () => {
    const { call, up, down, effect, of } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    down();
    call.become({ name: 'ended', callId: CALL, reason: 'empty' });
    expect(of('call-ended')).toEqual([]);
    up();
    expect(of('call-ended')).toEqual([{ type: 'call-ended', callId: CALL, reason: 'empty' }]);
  });

  it('takes its place again after a crash of the page', () => {
    const { call, up, parts, of } = session();
    up(ticket);
    expect([call.asked, parts.devices]).toEqual([['resume s1'], ['open']]);
    call.become({ name: 'failed', code: 'media-failed' });
    expect(of('lost')).toEqual([{ type: 'lost', callId: CALL, code: 'media-failed' }]);
  });

  it('asks the agent for another grant when its place is lost, and goes in with that', async () => {
    const { call, up, effect, of } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    const wanted = call.requestGrant({ code: 'peer-unknown', endedCallId: null });
    expect(of('lost')).toEqual([{ type: 'lost', callId: CALL, code: 'peer-unknown' }]);
    effect({ name: 'join-call', grant: grant(id(8)) });
    expect(await wanted).toMatchObject({ callId: id(8) });
    expect(call.joins.length).toBe(1);
  });

  it('is in the call that the node says, whatever the grant called it', () => {
    const { call, up, effect, of } = session();
    up();
    effect({ name: 'join-call', grant: grant(id(8)) });
    call.become(joined);
    expect(of('call-joined')).toMatchObject([{ ticket: { callId: CALL } }]);
    void call.requestGrant({ code: 'peer-unknown', endedCallId: null }).catch(() => {});
    expect(of('lost')).toEqual([{ type: 'lost', callId: CALL, code: 'peer-unknown' }]);
  });

  it('tells of a start by the grant’s name as long as it is not in', async () => {
    const { call, up, effect, of } = session();
    up();
    effect({ name: 'join-call', grant: grant(id(8)) });
    call.become({ name: 'ended', callId: CALL, reason: 'ended-by-participant' });
    expect(of('call-ended')).toMatchObject([{ callId: id(8) }]);
    effect({ name: 'join-call', grant: grant(id(8)) });
    void call.requestGrant({ code: 'token-expired', endedCallId: null }).catch(() => {});
    effect({ name: 'join-call', grant: grant(id(7)) });
    call.become({ name: 'failed', code: 'call-full' });
    call.joins.at(-1)!.reject(new InvalidStateError('call-full'));
    await vi.waitFor(() => expect(of('join-failed').at(-1)).toMatchObject({ code: 'call-full', callId: id(7) }));
  });

  it('a way back that fails is of the place that was lost, not of the grant that led nowhere', async () => {
    const { call, up, effect, of } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    const wanted = call.requestGrant({ code: 'peer-unknown', endedCallId: null });
    effect({ name: 'join-call', grant: grant(id(8)) });
    await wanted;
    call.become({ name: 'failed', code: 'call-full' });
    expect(of('lost').at(-1)).toEqual({ type: 'lost', callId: CALL, code: 'call-full' });
  });

  it('gives call and camera up to a newer screen without a word, and takes both over again', () => {
    const { call, up, effect, line, parts, said, subject, hello } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    said.length = 0;
    line.onMessage({ type: 'yield' });
    expect(call.asked).toEqual(['join', 'abandon']);
    expect(parts.devices.at(-1)).toBe('give up');
    expect(said).toEqual([]);
    expect(subject.getSnapshot().yielded).toBe(true);
    // an agent that restarts learns who is behind whom
    expect(hello()).toMatchObject({ yielded: true, inCall: null });
    line.onMessage({ type: 'take-over', resume: ticket });
    expect(call.asked.at(-1)).toBe('resume s1');
    expect(parts.devices.at(-1)).toBe('open');
    expect(subject.getSnapshot().yielded).toBe(false);
    expect(hello()).not.toHaveProperty('yielded');
  });

  it('leaves the call and lets the devices go when its box belongs to no room any more, until one welcomes it', () => {
    const { call, up, effect, line, parts, subject } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    line.onMessage({ type: 'not-enrolled', code: 'enrolment-ended' });
    expect(call.asked).toEqual(['join', 'leave']);
    expect(parts.devices.at(-1)).toBe('release');
    expect(subject.getSnapshot().notEnrolledCode).toBe('enrolment-ended');
    up();
    expect(subject.getSnapshot().notEnrolledCode).toBeNull();
  });

  it('mutes the room’s microphone when someone in the call mutes the room', () => {
    const { call, up, parts } = session();
    up();
    call.onMuted();
    expect(parts.devices).toEqual(['muted true']);
  });

  it('asks the node for order, roles, hands and words as the room asks', () => {
    const { call, up, effect } = session();
    up();
    effect({ name: 'set-order', change: { isLocked: true } });
    effect({ name: 'set-role', peerId: id(5), role: 'presenter' });
    effect({ name: 'let-speak', peerId: id(5) });
    effect({ name: 'raise-hand', isUp: true });
    effect({ name: 'lower-hand', peerId: id(5) });
    effect({ name: 'send-chat', messageId: id(6), text: 'Hello' });
    effect({ name: 'send-chat', messageId: id(7), text: 'Yes', replyTo: id(6), mentions: [id(5)] });
    effect({ name: 'recall-chat', messageId: id(6) });
    expect(call.asked).toEqual([
      'order {"isLocked":true}',
      `role ${id(5)} presenter`,
      `let speak ${id(5)}`,
      'hand true',
      `lower ${id(5)}`,
      `chat Hello ${id(6)}`,
      `chat Yes ${id(7)} ${id(6)} ${id(5)}`,
      `recall ${id(6)}`,
    ]);
  });

  it('asks the node for a transcript as the room asks, and reports it with its newest captions', () => {
    const { call, up, effect, of } = session();
    up();
    effect({ name: 'join-call', grant: grant() });
    effect({ name: 'set-transcript', isOn: true, language: 'en' });
    expect(call.asked).toContain('transcript true en');
    const transcript = { isOn: true, isPossible: true, language: 'en' as const, isFailing: false };
    const captions = [1, 2, 3, 4].map((n) => ({
      ...{ segmentId: id(n), peerId: id(20), displayName: 'Mina', text: `No ${n}`, fromMs: n, untilMs: n + 1 },
    }));
    call.become(joined, { transcript, captions: [] });
    call.become(joined, { transcript, captions });
    call.become(joined, { transcript, captions });
    const texts = of('transcript').map((report) => report.captions.map(({ text }) => text));
    expect(texts.at(-1)).toEqual(['No 2', 'No 3', 'No 4']);
    expect(of('transcript').at(-1)).toMatchObject({ transcript });
  });

  it('asks the node for polls as the room asks, and reports the newest while it is to be seen', () => {
    const { call, up, effect, of } = session();
    up();
    const draft = { question: 'Where?', choices: ['A', 'B'], isMultiple: false, isSecret: false, rightChoice: null };
    effect({ name: 'start-poll', pollId: id(6), draft });
    effect({ name: 'answer-poll', pollId: id(6), choices: [1] });
    effect({ name: 'end-poll', pollId: id(6) });
    effect({ name: 'hide-poll', pollId: id(6) });
    expect(call.asked).toEqual([
      `poll ${id(6)} Where?`,
      `answer ${id(6)} 1`,
      `end poll ${id(6)}`,
      `hide poll ${id(6)}`,
    ]);
    const poll = { ...pollUnderTest({ pollId: id(6) }), ownChoices: [1] };
    const ended = { ...poll, result: { endedAtMs: 5, rightChoice: null, answers: null } };
    call.become(joined, { polls: [{ ...ended, pollId: id(5) }, poll] });
    call.become(joined, { polls: [ended] });
    call.become(joined, { polls: [{ ...ended, isShown: false }] });
    expect(of('poll').map((report) => report.poll)).toEqual([poll, ended, null]);
  });

  it('asks the node for a transcript as the room asks, shows captions as a phone chooses, and reports both', () => {
    const { call, up, effect, of } = session();
    up();
    effect({ name: 'set-transcript', isOn: true, language: 'ko' });
    expect(call.asked).toEqual(['transcript true ko']);
    const transcript = { ...NO_TRANSCRIPT, isOn: true, isPossible: true };
    const caption = (n: number) => ({
      ...{ segmentId: id(60 + n), peerId: id(5), displayName: 'Mina', text: `s${n}` },
      ...{ fromMs: n, untilMs: n },
    });
    call.become(joined, { transcript });
    call.become(joined, { transcript, captions: [1, 2, 3, 4].map(caption) });
    effect({ name: 'show-captions', isOn: false });
    expect(of('transcript').map(({ captions, areCaptionsShown }) => [captions.length, areCaptionsShown])).toEqual([
      [0, true],
      [3, true],
      [3, false],
    ]);
    call.become({ name: 'ended', callId: CALL, reason: 'empty' });
    call.become(joined);
    expect(of('transcript').at(-1)?.areCaptionsShown).toBe(true);
  });

  it('shows the pairing code for a minute, no longer than the call', () => {
    vi.useFakeTimers();
    const { call, up, effect, subject } = session();
    const shown = () => subject.getSnapshot().showsCode;
    up();
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    effect({ name: 'show-code' });
    vi.advanceTimersByTime(CODE_SHOWN_MS / 2);
    effect({ name: 'show-code' });
    vi.advanceTimersByTime(CODE_SHOWN_MS - 1);
    expect(shown()).toBe(true);
    vi.advanceTimersByTime(1);
    expect(shown()).toBe(false);
    effect({ name: 'show-code' });
    call.become({ name: 'ended', callId: CALL, reason: 'ended-by-participant' });
    expect(shown()).toBe(false);
    vi.useRealTimers();
  });

  it('performs what the agent asks, and tells what could not be done', async () => {
    const { call, up, effect, of, parts, subject } = session();
    up();
    effect({ name: 'set-microphone', on: false });
    effect({ name: 'set-camera', on: false });
    effect({ name: 'set-layout', layout: 'grid' });
    effect({ name: 'set-volume', percent: 20 });
    effect({ name: 'set-stage-page', page: 2 });
    effect({ name: 'remove-participant', peerId: id(5) });
    effect({ name: 'mute-participant', peerId: id(6) });
    effect({ name: 'mute-all' });
    expect(parts.devices).toEqual(['muted true', 'camera false']);
    expect(call.asked).toEqual([`remove ${id(5)}`, `mute ${id(6)}`, 'mute all']);
    expect(subject.getSnapshot().view!.state).toMatchObject({ layout: 'grid', volumePercent: 20, stagePage: 2 });
    await vi.waitFor(() =>
      expect(of('effect-failed')).toEqual([{ type: 'effect-failed', name: 'mute-all', code: 'forbidden' }]),
    );
  });

  it('reports the document with its place on the stage', () => {
    const { call, up, of, subject } = session();
    up();
    call.become(joined, { document: heading });
    subject.reportDocumentRank(true);
    subject.reportDocumentRank(false);
    expect(of('document').map(({ isNewest }) => isNewest)).toEqual([true, false]);
  });

  it('tells the number of pages once', () => {
    const { up, of, subject } = session();
    up();
    subject.reportPageCount(2);
    subject.reportPageCount(2);
    expect(of('stage').map(({ pageCount }) => pageCount)).toEqual([1, 2]);
  });

  it('takes the devices that the agent names, and says where the sound could not go', () => {
    const { up, effect, parts, subject, of } = session();
    up();
    const use = { microphoneId: null, speakerId: 'tv', deviceCancelsEcho: false, inputIds: [] };
    effect({ name: 'use-devices', cameraId: 'brio', ...use });
    subject.reportSpeakerFailed('tv');
    expect(parts.devices).toEqual(['use brio', 'no sound from tv']);
    expect(of('media-devices').length).toBe(1);
  });

  it('tests the devices in an idle room, over a place that nothing else holds', async () => {
    const { call, up, effect, of, types } = session();
    up();
    effect({ name: 'run-self-test', testId: id(7), grant: null });
    // what was prepared is the same peer
    expect(call.asked).toEqual(['leave']);
    effect({ name: 'prepare-call', grant: grant() });
    expect(call.asked).toEqual(['leave']);
    await vi.waitFor(() => expect(of('self-test-done').length).toBe(1));
    expect(of('self-test-check').map(({ check }) => `${check.name} ${check.reason ?? check.outcome}`)).toEqual([
      'camera missing',
      'microphone missing',
      'speaker skipped',
    ]);
    expect(types().at(-1)).toBe('self-test-done');
    effect({ name: 'prepare-call', grant: grant() });
    expect(call.asked.at(-1)).toBe(`prepare ${CALL}`);
  });

  it('ends the self-test for a call, and does not begin one in it', async () => {
    const { call, up, effect, of, parts } = session();
    let opened: (stream: MediaStream) => void = () => {};
    parts.devicesAnswer = () =>
      new Promise((resolve) => {
        opened = resolve;
      });
    up();
    effect({ name: 'run-self-test', testId: id(7), grant: null });
    effect({ name: 'join-call', grant: grant() });
    call.become(joined);
    await vi.waitFor(() => expect(of('self-test-done')).toEqual([{ type: 'self-test-done', testId: id(7) }]));
    expect(of('self-test-check')).toEqual([]);
    // a camera that opens only now is closed again
    const stop = vi.fn();
    opened({ getTracks: () => [{ stop }] } as unknown as MediaStream);
    await vi.waitFor(() => expect(stop).toHaveBeenCalledOnce());
    effect({ name: 'run-self-test', testId: id(8), grant: null });
    await vi.waitFor(() =>
      expect(of('effect-failed')).toEqual([{ type: 'effect-failed', name: 'run-self-test', code: 'not-possible-now' }]),
    );
  });

  it('shows no input without a call', async () => {
    const { up, effect, of, parts } = session();
    up();
    effect({ name: 'show-input', deviceId: 'stick' });
    await vi.waitFor(() => expect(of('effect-failed').map(({ name }) => name)).toEqual(['show-input']));
    expect(parts.asked).toEqual([]);
  });
});
