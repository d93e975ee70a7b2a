/** A media node for unit tests, in the page's own process: sockets that can be cut, refused or reset, one call, and a log of what it was asked. */
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import { type CallOrder, OPEN_ORDER } from '#contract/call-order.ts';
import type { ChatMessage, ReadCount } from '#contract/chat.ts';
import type { CallGrant, CallPermissions, DocumentAccess, IceServer, PeerKind } from '#contract/grants.ts';
import { MediaSource } from '#contract/media-source.ts';
import { changedDocument, type DocumentChange, type SharedDocument } from '#contract/shared-document.ts';
import type { CallPoll, OwnAnswer } from '#contract/polls.ts';
import type { Participant } from '#contract/room-state.ts';
import type { ConsumerParameters, MediaSetup, RequestOf, SignalingNotification } from '#contract/signaling.ts';
import { type CallTranscript, NO_TRANSCRIPT } from '#contract/transcript.ts';
import { v7 as uuidv7 } from 'uuid';

type Request = { id: number; method: string; data: Record<string, unknown> };

export class FakeSocket extends EventTarget {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState: number = this.CONNECTING;
  readonly #node: FakeNode;

  constructor(node: FakeNode) {
    super();
    this.#node = node;
    setTimeout(() => this.#tryToOpen(), 1);
  }

  #tryToOpen(): void {
    if (this.readyState !== this.CONNECTING || this.#node.network === 'stalled') return;
    if (this.#node.network === 'refusing') {
      this.end(1006);
      return;
    }
    this.readyState = this.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  send(text: string): void {
    if (this.readyState === this.OPEN && this.#node.network === 'up')
      this.#node.take(this, JSON.parse(text) as Request);
  }

  receive(frame: unknown): void {
    setTimeout(() => {
      if (this.readyState !== this.OPEN || this.#node.network !== 'up') return;
      this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) }));
    }, this.#node.answerAfterMs);
  }

  close(): void {
    this.readyState = this.CLOSED;
  }

  end(code: number): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
}

const rtpParameters = { codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 }] };
const transport = (): MediaSetup['send'] => ({
  transportId: uuidv7(),
  iceParameters: { usernameFragment: 'u', password: 'p' },
  iceCandidates: [],
  dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'AA:BB' }] },
});

export class FakeNode {
  answerAfterMs = 1;
  /** `stalled`: open streams carry nothing and new ones hang; `refusing`: new ones fail at once */
  network: 'up' | 'stalled' | 'refusing' = 'up';
  readonly asked: Request[] = [];
  readonly sockets: FakeSocket[] = [];
  callId = uuidv7();
  readonly peerId = uuidv7();
  /** of the next grant */
  permissions: CallPermissions = {
    publishes: MediaSource.options,
    receives: MediaSource.options,
    rights: [],
    documents: ['present', 'view'],
  };
  peerKind: PeerKind = 'person';
  others: Participant[] = [];
  consumers: ConsumerParameters[] = [];
  document: SharedDocument | null = null;
  documentAccess: DocumentAccess | null = null;
  iceServers: IceServer[] = [];
  order: CallOrder = OPEN_ORDER;
  chat: ChatMessage[] = [];
  polls: CallPoll[] = [];
  ownAnswers: OwnAnswer[] = [];
  recalledChat: string[] = [];
  chatReads: ReadCount[] = [];
  air: CallAir = OFF_AIR;
  transcript: CallTranscript = NO_TRANSCRIPT;
  onPresent: 'ok' | ErrorCode = 'ok';
  /** what the next resume is answered with */
  onResume: 'kept' | 'restarted' | ErrorCode = 'kept';
  onJoin: 'ok' | ErrorCode = 'ok';
  onAhead: 'ok' | ErrorCode = 'ok';
  onProduce: 'ok' | ErrorCode = 'ok';
  onUnpause: 'ok' | ErrorCode = 'ok';
  onChat: 'ok' | ErrorCode = 'ok';
  onAnswer: 'ok' | ErrorCode = 'ok';
  /** what each `read-chat` is answered with */
  olderChat: ChatMessage[][] = [];
  current: FakeSocket | null = null;

  readonly open = (): WebSocket => {
    const socket = new FakeSocket(this);
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  };

  grant(): CallGrant {
    return {
      callId: this.callId,
      meetingId: uuidv7(),
      meetingTitle: 'Test',
      peerId: this.peerId,
      signalingUrl: 'ws://node.test/signaling',
      joinToken: 'token',
      expiresAtMs: Date.now() + 60_000,
      documents: this.documentAccess,
      iceServers: this.iceServers,
    };
  }

  methods(): string[] {
    return this.asked.map(({ method }) => method).filter((method) => method !== 'ping');
  }

  tell(notification: SignalingNotification): void {
    this.current?.receive(notification);
  }

  /** Somebody presents, or the document is counted or withdrawn. */
  changeDocument(change: DocumentChange): void {
    this.document = changedDocument(this.document, change);
    this.tell({ event: 'document-changed', data: change });
  }

  addPeer(displayName: string): Participant {
    const peer = participantUnderTest({ peerId: uuidv7(), displayName });
    this.others.push(peer);
    return peer;
  }

  consumerOf(peer: Participant): ConsumerParameters {
    const consumer: ConsumerParameters = {
      consumerId: uuidv7(),
      producerId: uuidv7(),
      peerId: peer.peerId,
      source: 'camera',
      kind: 'video',
      rtpParameters,
      paused: false,
    };
    this.consumers.push(consumer);
    return consumer;
  }

  removePeer(peerId: string): void {
    this.others = this.others.filter((peer) => peer.peerId !== peerId);
    this.consumers = this.consumers.filter((consumer) => consumer.peerId !== peerId);
  }

  setup(): MediaSetup {
    return {
      routerRtpCapabilities: {},
      send: transport(),
      recv: transport(),
      anchor: { consumerId: uuidv7(), producerId: uuidv7(), rtpParameters },
    };
  }

  take(socket: FakeSocket, request: Request): void {
    this.asked.push(request);
    const answer = (data: unknown): void => socket.receive({ id: request.id, ok: true, data });
    const refuse = (code: ErrorCode): void =>
      socket.receive({ id: request.id, ok: false, error: { code, message: code } });
    switch (request.method) {
      case 'hello':
        this.#hello(socket, request, answer, refuse);
        break;
      case 'join-call':
        if (this.onJoin === 'ok') answer(this.#call());
        else refuse(this.onJoin);
        break;
      case 'prepare-call':
        if (this.onAhead === 'ok') answer({ consumers: this.consumers });
        else refuse(this.onAhead);
        break;
      case 'produce':
        if (this.onProduce === 'ok') answer({});
        else refuse(this.onProduce);
        break;
      case 'resume-producer':
        if (this.onUnpause === 'ok') answer({});
        else refuse(this.onUnpause);
        break;
      case 'send-chat':
        if (this.onChat === 'ok') answer({});
        else refuse(this.onChat);
        break;
      case 'answer-poll':
        if (this.onAnswer === 'ok') answer({});
        else refuse(this.onAnswer);
        break;
      case 'recall-chat':
        answer({});
        break;
      case 'mark-chat-read':
        answer({});
        break;
      case 'read-chat':
        answer({ messages: this.olderChat.shift() ?? [] });
        break;
      case 'present':
        if (this.onPresent === 'ok') this.#present(request, answer);
        else refuse(this.onPresent);
        break;
      case 'restart-ice':
        answer({ iceParameters: { usernameFragment: 'u2', password: 'p2' } });
        break;
      default:
        answer({});
    }
  }

  #present({ data }: Request, answer: (data: unknown) => void): void {
    answer({});
    const { act } = data as RequestOf<'present'>;
    this.changeDocument({ change: 'act', by: { peerId: this.peerId, displayName: 'Me' }, act });
  }

  #hello(
    socket: FakeSocket,
    request: Request,
    answer: (data: unknown) => void,
    refuse: (code: ErrorCode) => void,
  ): void {
    const { kind } = request.data.admission as { kind: 'token' | 'resume' };
    const iceParameters = { usernameFragment: 'u', password: 'p' };
    if (kind === 'resume' && this.onResume !== 'kept' && this.onResume !== 'restarted') {
      refuse(this.onResume);
      return;
    }
    this.current = socket;
    const admission =
      kind === 'token'
        ? { kind: 'fresh', media: this.setup() }
        : this.onResume === 'kept'
          ? { kind: 'kept', call: this.#call(), sendIceParameters: iceParameters, recvIceParameters: iceParameters }
          : { kind: 'restarted', call: this.#call(), media: this.setup() };
    answer({
      protocol: PROTOCOL_VERSION,
      callId: this.callId,
      peerId: this.peerId,
      peerKind: this.peerKind,
      ...this.permissions,
      meetingTitle: 'Test',
      resumeSecret: uuidv7(),
      air: this.air,
      transcript: this.transcript,
      admission,
    });
  }

  #call() {
    const self = participantUnderTest({ peerId: this.peerId, displayName: 'Me' });
    return {
      callId: this.callId,
      meetingTitle: 'Test',
      startedAtMs: 1,
      participants: [self, ...this.others],
      consumers: this.consumers,
      activeSpeakerPeerId: null,
      document: this.document,
      order: this.order,
      chat: this.chat,
      polls: this.polls,
      ownAnswers: this.ownAnswers,
      recalledChat: this.recalledChat,
      chatReads: this.chatReads,
      transcript: this.transcript,
    };
  }
}
