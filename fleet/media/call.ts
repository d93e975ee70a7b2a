/**
 * One call and the only writer of its roster: peers that prepare, join, drop, resume and leave, acts on others, and the
 * notifications about them. `CallMedia` owns producing and forwarding, `CallDocument` what is shown, `OrderInCall` who may do
 * what, `CallChat` what is written, `ChatReaders` who has read it, `CallPolls` what is voted on, `TranscriptInCall` what is
 * spoken.
 */
import type { CallAir } from '#contract/broadcast.ts';
import { InvalidStateError, MaruError, type ErrorCode, OperationalError } from '#contract/error-codes.ts';
import type { EndReason } from '#contract/room-state.ts';
import type { DocumentChange } from '#contract/shared-document.ts';
import type { CallSnapshot, MediaSetup, RequestOf, ResponseOf, SignalingNotification } from '#contract/signaling.ts';
import type { CallTranscript } from '#contract/transcript.ts';
import type { Logger } from 'pino';
import { CallChat } from './call-chat.ts';
import { CallDocument, type KnownDocument, mayView } from './call-document.ts';
import type { CallListener } from './call-listener.ts';
import { CallMedia } from './call-media.ts';
import { ChatReaders } from './chat-readers.ts';
import { CallPolls } from './call-polls.ts';
import { OrderInCall } from './call-order.ts';
import { type TranscriptRule, TranscriptInCall } from './call-transcript.ts';
import type { CallProducers } from './call-producers.ts';
import type { CallRouters } from './call-routers.ts';
import type { ExpiringMap } from './expiring-map.ts';
import { type GuestSeats, ownPlaces, placesFor } from './guest-seats.ts';
import { fromMediasoup } from './media-errors.ts';
import type { MediaSettings } from './media-settings.ts';
import type { MediaWorker } from './media-worker.ts';
import type { MeetingsOnAir } from './meetings-on-air.ts';
import { Peer, type PeerLine } from './peer.ts';
import { ProgramForwarding } from './program-forwarding.ts';
import type { AdmittedClaims } from './token-admission.ts';
import type { Transcription } from './transcription.ts';
import type { WorkerPool } from './worker-pool.ts';

export type CallOptions = {
  callId: string;
  meetingId: string;
  meetingTitle: string;
  /** a room began it by a delegation: the fleet did not know */
  isDelegated: boolean;
  pool: WorkerPool;
  settings: MediaSettings;
  seats: GuestSeats;
  knownDocuments: ExpiringMap<KnownDocument>;
  onAir: Pick<MeetingsOnAir, 'airOf' | 'portsOf'>;
  /** null: this node has no engine */
  transcription: Transcription | null;
  transcriptRule: () => TranscriptRule | undefined;
  events: CallListener;
  logger: Logger;
};

type Resumed = Exclude<ResponseOf<'hello'>['admission'], { kind: 'fresh' }>;

export class Call {
  readonly peers = new Map<string, Peer>();
  readonly document: CallDocument;
  readonly order: OrderInCall;
  readonly chat: CallChat;
  readonly chatReaders: ChatReaders;
  readonly polls: CallPolls;
  readonly transcript: TranscriptInCall;
  readonly #options: CallOptions;
  readonly #media: CallMedia;
  readonly #programs: ProgramForwarding;
  #startedAtMs: number | null = null;
  #empty: NodeJS.Timeout | null = null;
  #closed = false;
  #airSent: string;

  constructor(options: CallOptions) {
    this.#options = options;
    this.#airSent = JSON.stringify(options.onAir.airOf(options.meetingId));
    const { pool, settings, knownDocuments, logger } = options;
    this.#media = new CallMedia({
      pool,
      settings,
      peers: this.peers,
      onPeerChanged: (peer) => this.#tellChanged(peer),
      onSpeaker: (peerId) => {
        if (peerId !== null) this.order.spoke(peerId);
        this.#tell({ event: 'active-speaker', data: { peerId } });
      },
      onKeptMuted: (peer) => this.order.keptMuted(peer),
      onProducersChanged: () => {
        this.#programs.touch();
        this.transcript.touch();
      },
      logger,
    });
    this.#programs = new ProgramForwarding({
      peers: () => this.peers.values(),
      ports: () => options.onAir.portsOf(options.meetingId),
      logger,
    });
    this.document = new CallDocument({
      joined: () => this.joined,
      known: knownDocuments,
      settings,
      onChange: (change) => this.#sendDocumentChange(change),
      onPageShown: (page) => options.events.onEvent({ name: 'page-shown', ...page }),
    });
    this.order = new OrderInCall({
      peers: this.peers,
      joined: () => this.joined,
      document: this.document,
      producers: () => this.producers,
      onEvent: (draft) => options.events.onEvent(draft),
      tell: (notification) => this.#tell(notification),
      onPeerChanged: (peer) => this.#tellChanged(peer),
    });
    this.chat = new CallChat({
      settings,
      joined: () => this.joined,
      onMessage: (message, by) => {
        this.#tell({ event: 'chat-message', data: message });
        if (by !== null) options.events.onEvent({ name: 'chat-posted', message, ...by });
      },
      onRecalled: (messageId, by) => {
        this.#tell({ event: 'chat-recalled', data: { messageId } });
        if (by !== null) options.events.onEvent({ name: 'chat-recalled', messageId, ...by });
      },
    });
    this.chatReaders = new ChatReaders({
      settings,
      chat: this.chat,
      live: () => this.joined.filter(({ live }) => live),
      onEvent: (draft) => options.events.onEvent(draft),
    });
    this.polls = new CallPolls({
      settings,
      joined: () => this.joined,
      onEvent: (draft) => options.events.onEvent(draft),
      tell: (notification) => this.#tell(notification),
    });
    this.transcript = new TranscriptInCall({
      transcription: options.transcription,
      rule: options.transcriptRule,
      producers: () => this.producers.all.values(),
      peers: this.peers,
      onEvent: (draft) => options.events.onEvent(draft),
      // captions are for who is in
      tell: (notification) => this.#tell(notification, { prepared: notification.event === 'transcript-changed' }),
      logger,
    });
  }

  get callId(): string {
    return this.#options.callId;
  }
  get meetingId(): string {
    return this.#options.meetingId;
  }
  get isDelegated(): boolean {
    return this.#options.isDelegated;
  }
  get routers(): CallRouters {
    return this.#media.routers;
  }
  get producers(): CallProducers {
    return this.#media.producers;
  }
  /** What who has not joined yet may know of it. */
  get announced(): { air: CallAir; transcript: CallTranscript } {
    return { air: this.#air, transcript: this.transcript.state };
  }
  get opened(): boolean {
    return this.#startedAtMs !== null;
  }
  get joined(): Peer[] {
    return [...this.peers.values()].filter(({ stage }) => stage === 'joined');
  }

  /** Who has joined, without programs. */
  get participantCount(): number {
    return this.joined.filter(({ isProgram }) => !isProgram).length;
  }

  /** A place with transports that connect; not in the roster yet. A former peer of the same id gives way. */
  async prepare(claims: AdmittedClaims, line: PeerLine): Promise<{ peer: Peer; media: MediaSetup }> {
    const { settings, seats } = this.#options;
    const { seat, peerKind } = claims;
    const former = this.peers.get(claims.sub);
    const places = placesFor(peerKind !== 'person', settings.maxPeersInCall, settings.roomPlaces);
    if (!former && this.peers.size - ownPlaces(seat, this.peers.values()) >= places)
      throw new InvalidStateError('call-full');
    const peer = new Peer(claims, line);
    this.order.prepared(peer);
    const replaced = seats.replacedByPrepared(seat, this.peers.values()).filter((other) => other !== former);
    this.peers.set(peer.peerId, peer);
    if (former) this.#dismiss(former, 'replaced');
    for (const other of replaced) this.#dismiss(other, 'joined-elsewhere');
    try {
      await this.#media.open(peer);
    } catch (error) {
      this.#dismiss(peer, null);
      throw fromMediasoup(error);
    }
    peer.expireIn(settings.preparedTtlMs, () => {
      peer.notify({ event: 'prepared-expired', data: {} });
      this.#dismiss(peer, 'peer-unknown');
    });
    return { peer, media: peer.media!.setup };
  }

  /** Set up, and paused: nothing of the call is sent to a peer that has not joined. */
  async prepareConsumers(
    peer: Peer,
    { rtpCapabilities, view }: RequestOf<'prepare-call'>,
  ): Promise<ResponseOf<'prepare-call'>> {
    if (peer.stage !== 'prepared') throw new InvalidStateError('not-possible-now', 'joined already');
    peer.rtpCapabilities = rtpCapabilities;
    peer.view = view;
    peer.followsAhead = false;
    await this.#media.forward(peer);
    peer.followsAhead = true;
    return { consumers: peer.forwarding?.parameters ?? [] };
  }

  /** One round trip: what is answered runs already. */
  async join(peer: Peer, request: RequestOf<'join-call'>): Promise<CallSnapshot> {
    if (peer.stage !== 'prepared') throw new InvalidStateError('not-possible-now', 'joined already');
    this.order.refuse(peer.claims);
    for (const { peer: other, code } of this.#options.seats.takeOver(peer, this.peers.values()))
      this.#dismiss(other, code);
    if (peer.isProgram) this.#replacePrograms(peer);
    peer.stay();
    peer.stage = 'joined';
    peer.displayName = peer.givenName ?? request.displayName;
    this.order.joining(peer);
    peer.rtpCapabilities = request.rtpCapabilities;
    peer.view = request.view;
    peer.report(request);
    this.document.entered(peer);
    // first: the newcomer's pictures are on their way while the others are notified
    const forwarded = this.#media.forward(peer);
    if (!peer.isProgram) this.#clearEmpty();
    if (this.#startedAtMs === null) {
      this.#startedAtMs = Date.now();
      this.#options.events.onEvent({ name: 'call-opened' });
    }
    this.#options.events.onEvent({
      name: 'participant-joined',
      peerId: peer.peerId,
      peerKind: peer.claims.peerKind,
      displayName: peer.displayName,
      participantCount: this.participantCount,
      ...(peer.claims.person !== undefined && { person: peer.claims.person }),
      ...(peer.claims.issuedTo && { roomId: peer.claims.issuedTo.roomId }),
    });
    this.#checkEmpty();
    this.#tell({ event: 'participant-joined', data: { participant: peer.participant } });
    this.order.joined();
    this.polls.peopleChanged();
    await forwarded;
    return this.#goLive(peer);
  }

  /** One that hangs, or that was cut off, must not come back beside the one that was started in its place. */
  #replacePrograms({ peerId, claims }: Peer): void {
    for (const other of [...this.peers.values()])
      if (
        claims.broadcastId !== undefined &&
        other.claims.broadcastId === claims.broadcastId &&
        other.peerId !== peerId
      )
        this.#dismiss(other, 'joined-elsewhere');
  }

  /** The client is back on another line. */
  async resume(peer: Peer, transportId: string | undefined, line: PeerLine): Promise<Resumed> {
    const former = peer.line;
    peer.line = line;
    peer.live = false;
    peer.stay();
    former?.close('replaced');
    if (!former) this.#tellChanged(peer);
    try {
      return await this.#takeBack(peer, transportId, line);
    } catch (error) {
      this.drop(peer, line);
      throw fromMediasoup(error);
    }
  }

  async #takeBack(peer: Peer, transportId: string | undefined, line: PeerLine): Promise<Resumed> {
    // it may have missed that its media was replaced
    if (transportId !== undefined && peer.media?.isSendingBy(transportId) && peer.media.usable) {
      try {
        const ice = await peer.media.restartBoth();
        await peer.forwarding?.settle();
        peer.forwarding?.requestKeyFrames();
        return { kind: 'kept', call: this.#goLive(peer, line), ...ice };
      } catch (error) {
        this.#options.logger.warn({ err: error, peerId: peer.peerId }, 'transports could not be kept');
      }
    }
    this.#closeMedia(peer);
    await this.#media.open(peer);
    await this.#media.forward(peer);
    const { media } = peer;
    if (!media) throw new OperationalError('media-failed', 'the worker died meanwhile');
    return { kind: 'restarted', call: this.#goLive(peer, line), media: media.setup };
  }

  #closeMedia(peer: Peer): void {
    peer.closeMedia();
    this.producers.forget(peer);
  }

  show(peer: Peer, view: RequestOf<'show'>['view']): void {
    peer.view = view;
    peer.forwarding?.touch();
  }

  /**
   * By a peer with the right: with the peer goes its person, who cannot come back by the same invite or on another token.
   * @throws UserError forbidden: only a host removes a host
   */
  removeBy(asker: Peer, peer: Peer): void {
    this.order.ban(asker, peer);
    const bySeat = this.#options.seats.remove(peer, this.peers.values());
    const byPerson = [...this.peers.values()].filter((other) => this.order.isSamePerson(peer, other));
    for (const each of new Set([...bySeat, ...byPerson])) {
      this.#options.events.onEvent({ name: 'participant-removed', peerId: each.peerId, byPeerId: asker.peerId });
      this.remove(each);
    }
  }

  remove(peer: Peer): void {
    peer.notify({ event: 'call-ended', data: { reason: 'removed' } });
    this.#dismiss(peer, 'removed-from-call');
  }

  rename(peer: Peer, displayName: string): void {
    peer.givenName = displayName;
    peer.displayName = displayName;
    this.#tellChanged(peer);
    if (peer.stage === 'joined') this.document.renamed(peer);
  }

  /** The fleet has set whether the meeting is on air, or where its programs are sent to. */
  airSet(): void {
    const air = this.#air;
    if (JSON.stringify(air) !== this.#airSent) this.#tell({ event: 'air-changed', data: air }, { prepared: true });
    this.#airSent = JSON.stringify(air);
    this.#programs.touch();
  }

  get #air(): CallAir {
    return this.#options.onAir.airOf(this.meetingId);
  }

  leave(peer: Peer): void {
    this.#dismiss(peer, null);
  }

  /** The line is gone without a message: a joined peer keeps its place for the grace time. */
  drop(peer: Peer, line: PeerLine): void {
    if (peer.line !== line || peer.stage === 'closed') return;
    if (peer.stage === 'prepared') {
      this.#dismiss(peer, null);
      return;
    }
    peer.line = null;
    peer.live = false;
    this.#tellChanged(peer);
    peer.expireIn(this.#options.settings.resumeGraceMs, () => this.#dismiss(peer, null));
  }

  /** A worker died: peers with media there get new media elsewhere, those that are away when they come back. */
  workerDied(mediaWorker: MediaWorker): void {
    if (!this.routers.forget(mediaWorker)) return;
    const moved: [Peer, PeerLine][] = [];
    for (const peer of this.peers.values()) {
      if (peer.media?.callRouter.mediaWorker !== mediaWorker) continue;
      this.#closeMedia(peer);
      if (peer.line && (peer.live || peer.stage === 'prepared')) moved.push([peer, peer.line]);
    }
    const opening = moved.map(([peer]) => this.#media.open(peer));
    // send consumers only after every peer has moved, so that each client negotiates once
    const all = Promise.allSettled(opening);
    moved.forEach(([peer, line], index) => void this.#moveMedia(peer, line, opening[index], all));
  }

  /** Twice is harmless. */
  end(reason: EndReason): void {
    if (this.#closed) return;
    this.#tell({ event: 'call-ended', data: { reason } }, { prepared: true });
    this.#close(reason, 'call-ended');
  }

  /** The meeting goes on in another call: clients ask for that one. Twice is harmless. */
  move(): void {
    this.#close('ended-by-fleet', 'call-moved');
  }

  /** The process ends: clients are notified, and come again elsewhere. */
  abandon(): void {
    this.#close(null, 'shutting-down');
  }

  #close(reason: EndReason | null, code: ErrorCode): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#clearEmpty();
    const { events } = this.#options;
    // while it knows who was there
    this.polls.close();
    this.chatReaders.close();
    this.transcript.close();
    for (const peer of this.peers.values()) {
      peer.close(code);
      events.onPeerGone(peer, code);
    }
    this.peers.clear();
    this.#programs.close();
    this.#media.close();
    this.document.close();
    if (reason && this.opened) events.onEvent({ name: 'call-ended', reason });
    events.onClosed(this.opened ? reason : null);
  }

  #dismiss(peer: Peer, code: ErrorCode | null): void {
    if (peer.stage === 'closed') return;
    if (this.peers.get(peer.peerId) === peer) this.peers.delete(peer.peerId);
    const wasIn = peer.stage === 'joined';
    peer.close(code);
    this.producers.forget(peer);
    this.#options.events.onPeerGone(peer, code);
    if (wasIn) {
      this.#media.sound.forget(peer.peerId);
      this.#options.events.onEvent({
        name: 'participant-left',
        peerId: peer.peerId,
        participantCount: this.participantCount,
      });
      this.#tell({ event: 'participant-left', data: { peerId: peer.peerId } });
      this.document.left(peer);
      this.order.left(peer);
      this.polls.peopleChanged();
    }
    this.#checkEmpty();
  }

  #clearEmpty(): void {
    if (this.#empty) clearTimeout(this.#empty);
    this.#empty = null;
  }

  /** A program keeps no call going. */
  #checkEmpty(): void {
    if (this.#closed || this.participantCount > 0) return;
    // nobody was ever in: nothing began, and the same call may still begin
    if (!this.opened) {
      if (this.peers.size === 0) this.#close(null, 'call-ended');
      return;
    }
    this.#empty ??= setTimeout(() => {
      this.#empty = null;
      if ([...this.peers.values()].some(({ isProgram }) => !isProgram)) this.#checkEmpty();
      else this.end('empty');
    }, this.#options.settings.emptyCallMs);
  }

  async #moveMedia(
    peer: Peer,
    line: PeerLine,
    opening = this.#media.open(peer),
    others?: Promise<unknown>,
  ): Promise<void> {
    try {
      await opening;
      const { media } = peer;
      await others;
      if (peer.line !== line || !media || peer.media !== media) return;
      peer.notify({ event: 'media-moved', data: media.setup });
      if (peer.stage === 'joined') await this.#media.forward(peer);
    } catch (error) {
      // closing the line makes the client come again, and then it gets its media
      this.#options.logger.error({ err: error, peerId: peer.peerId }, 'media could not be moved');
      if (peer.line === line && !peer.media) line.close(error instanceof MaruError ? error.code : 'media-failed');
    }
  }

  /** From this snapshot on the peer is notified of changes. */
  #goLive(peer: Peer, line: PeerLine | null = peer.line): CallSnapshot {
    if (peer.stage !== 'joined') throw new InvalidStateError('peer-unknown', 'left meanwhile');
    if (peer.line !== line) throw new InvalidStateError('replaced');
    peer.live = line !== null;
    // the worker died while it joined
    if (line && !peer.media) void this.#moveMedia(peer, line);
    return {
      callId: this.callId,
      meetingTitle: this.#options.meetingTitle,
      startedAtMs: this.#startedAtMs!,
      participants: this.joined.map(({ participant }) => participant),
      consumers: peer.forwarding?.parameters ?? [],
      activeSpeakerPeerId: this.#media.sound.activeSpeakerPeerId,
      document: this.document.seenBy(peer),
      order: this.order.order,
      air: this.#air,
      chat: this.chat.newest,
      ...this.polls.seenBy(peer),
      recalledChat: this.chat.recalled,
      chatReads: this.chatReaders.countsFor(peer),
      transcript: this.transcript.state,
    };
  }

  /** @throws InvalidStateError peer-unknown */
  inRoster(peerId: string): Peer {
    const peer = this.peers.get(peerId);
    if (peer?.stage !== 'joined') throw new InvalidStateError('peer-unknown', 'nobody of this id is in the call');
    return peer;
  }

  #tellChanged(peer: Peer): void {
    this.order.microphoneChanged(peer);
    if (peer.stage === 'joined') this.#tell({ event: 'participant-changed', data: { participant: peer.participant } });
  }

  #sendDocumentChange(change: DocumentChange): void {
    const isPassing = change.change === 'act' && change.act.act === 'point';
    const text = JSON.stringify({ event: 'document-changed', data: change } satisfies SignalingNotification);
    for (const peer of this.peers.values()) if (peer.live && mayView(peer)) peer.line?.notify(text, isPassing);
  }

  #tell(notification: SignalingNotification, { prepared = false } = {}): void {
    const text = JSON.stringify(notification);
    for (const { line, live, stage } of this.peers.values()) {
      if (line && (live || (prepared && stage === 'prepared'))) line.notify(text);
    }
  }
}
