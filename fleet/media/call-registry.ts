/**
 * All calls of this node, the peers by id, and the memory of ended calls and of removed peers, who may not come back.
 * Decides which call a token leads to and whether there is room; `Call` owns what happens inside.
 */
import type { MeetingRole } from '#contract/call-order.ts';
import { type ErrorCode, InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { CallPermissions } from '#contract/grants.ts';
import type { Leaving } from '#contract/leaving.ts';
import type { CallEvent, CallQualities, NodeCommand } from '#contract/node-link.ts';
import type { RequestOf, ResponseOf } from '#contract/signaling.ts';
import { isAllowedFrom } from '#edge/address-ranges.ts';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { Call } from './call.ts';
import type { TranscriptRule } from './call-transcript.ts';
import { DOCUMENT_KNOWN_FOR_MS, type KnownDocument } from './call-document.ts';
import type { CallEventDraft } from './call-listener.ts';
import { personOf } from './call-roles.ts';
import { GuestSeats, ownPlaces, placesFor } from './guest-seats.ts';
import type { MediaSettings } from './media-settings.ts';
import { MeetingsOnAir } from './meetings-on-air.ts';
import type { MediaWorker } from './media-worker.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { Peer, PeerLine } from './peer.ts';
import type { AdmittedClaims, IssuedTo } from './token-admission.ts';
import type { Transcription } from './transcription.ts';
import type { WorkerPool } from './worker-pool.ts';

export type CallRegistryOptions = {
  pool: WorkerPool;
  settings: MediaSettings;
  /** null: this node has no engine */
  transcription: Transcription | null;
  onEvent: (event: CallEvent) => void;
  /** peers or calls came or went */
  onLoadChanged: () => void;
  logger: Logger;
};

type Admission = ResponseOf<'hello'>['admission'];
export type AdmittedPeer = { peer: Peer; call: Call; admission: Admission };

/** The code for a client that comes back to its place; without one the place is just gone. */
const TOLD_LATER: ReadonlySet<ErrorCode> = new Set([
  'removed-from-call',
  'call-ended',
  'call-moved',
  'joined-elsewhere',
] as const);

/** The room that a peer is, not one that it is only in. */
/** in one message */
const MOST_QUALITIES = 300;
const roomOf = ({ peerKind, issuedTo }: AdmittedClaims): string | undefined =>
  peerKind === 'room' ? issuedTo?.roomId : undefined;

export class CallRegistry {
  readonly calls = new Map<string, Call>();
  readonly #options: CallRegistryOptions;
  readonly #peers = new Map<string, { peer: Peer; call: Call }>();
  readonly #seats: GuestSeats;
  readonly #onAir = new MeetingsOnAir();
  readonly #knownDocuments = new ExpiringMap<KnownDocument>(DOCUMENT_KNOWN_FOR_MS);
  /** by call id: the code for clients that still come for it */
  readonly #ended: ExpiringMap<'call-ended' | 'call-moved'>;
  /** by peer id: removed by somebody with the right */
  readonly #removed: ExpiringMap<true>;
  /** by meeting and peer or room: what the fleet has set since their tokens were signed */
  readonly #permissions: ExpiringMap<CallPermissions>;
  /** by call and person: what the fleet has made of them since their tokens were signed */
  readonly #roles: ExpiringMap<{ changeId: string; role: MeetingRole }>;
  /** by meeting, as the fleet has set it */
  readonly #transcriptRules = new ExpiringMap<TranscriptRule>(Number.POSITIVE_INFINITY);
  #silence: NodeJS.Timeout | null = null;
  #toldBlocked = '{}';
  /** by peer id: the code for one that comes back too late */
  readonly #former: ExpiringMap<ErrorCode>;

  constructor(options: CallRegistryOptions) {
    this.#options = options;
    const { endedKeptMs } = options.settings;
    this.#seats = new GuestSeats({ keptMs: endedKeptMs });
    this.#ended = new ExpiringMap(endedKeptMs);
    this.#removed = new ExpiringMap(endedKeptMs);
    this.#former = new ExpiringMap(endedKeptMs);
    this.#permissions = new ExpiringMap(endedKeptMs);
    this.#roles = new ExpiringMap(endedKeptMs);
    options.pool.onDied = (mediaWorker) => this.#workerDied(mediaWorker);
    if (options.transcription)
      options.transcription.onFailingChanged = () => {
        for (const call of this.calls.values()) call.transcript.touchState();
      };
  }

  get peerCount(): number {
    return this.#peers.size;
  }
  /** Those in which somebody is, or was a moment ago. */
  get openCallIds(): string[] {
    return [...this.calls.values()].filter(({ opened }) => opened).map(({ callId }) => callId);
  }

  /** Joined or a moment ago in, programs aside, by call id. */
  get participantCounts(): Record<string, number> {
    return Object.fromEntries(
      [...this.calls.values()]
        .filter(({ opened }) => opened)
        .map(({ callId, participantCount }) => [callId, participantCount]),
    );
  }

  /** By call id, the number of joined peers whose media does not get through; no call without any. */
  blockedCounts(nowMs: number): Record<string, number> {
    const counts = [...this.calls.values()].map(
      (call) => [call.callId, call.joined.filter((peer) => peer.isBlocked(nowMs)).length] as const,
    );
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  /** Of the rooms that have joined: two requests to a worker for each. */
  async qualities(): Promise<CallQualities['peers']> {
    const rooms = [...this.calls.values()].flatMap((call) =>
      call.joined
        .filter(({ claims }) => claims.peerKind === 'room')
        .map((peer) => ({ callId: call.callId, meetingId: call.meetingId, peer })),
    );
    const asked = rooms.slice(0, MOST_QUALITIES).map(async ({ callId, meetingId, peer }) => {
      const quality = (await peer.media?.quality()) ?? null;
      return quality === null ? [] : [{ callId, meetingId, peerId: peer.peerId, quality }];
    });
    return (await Promise.all(asked)).flat();
  }

  /** By a clock: nothing happens at the moment in which media counts as blocked. */
  checkMedia(nowMs: number): void {
    const now = JSON.stringify(this.blockedCounts(nowMs));
    if (now === this.#toldBlocked) return;
    this.#toldBlocked = now;
    this.#options.logger.warn({ blocked: now }, 'whose media does not get through');
    this.#options.onLoadChanged();
  }

  /**
   * Before the token counts as used: refuses ended calls, removed peers and full calls.
   * @throws InvalidStateError call-ended, call-moved, call-full, seats-taken; UserError removed-from-call, invite-closed,
   *   call-locked, address-not-allowed, too-many-attempts, token-invalid
   */
  refuse(claims: AdmittedClaims, { network, address }: Pick<PeerLine, 'network' | 'address'>): void {
    const { sub: peerId, byRoom, seat } = claims;
    refuseAddress(claims, address);
    const { maxPeers, roomPlaces, preparedPerNetwork } = this.#options.settings;
    const call = this.#callOf(claims);
    const over = this.#ended.get(call?.callId ?? claims.callId);
    if (over) throw new InvalidStateError(over);
    if (this.#removed.has(peerId)) throw new UserError('removed-from-call');
    call?.order.refuse(claims);
    // a room names its peer itself, and must not take another's place by it
    if (byRoom && this.#peers.has(peerId)) throw new UserError('token-invalid', 'the peer is there already');
    const peers = call ? [...call.peers.values()] : [];
    this.#seats.refuse(claims, peers);
    // a program stands for nobody who could wait
    const isKept = claims.peerKind !== 'person';
    if (this.#peers.size - ownPlaces(seat, peers) >= placesFor(isKept, maxPeers, roomPlaces))
      throw new InvalidStateError('call-full', 'the node is full');
    if (!isKept && this.#preparedFrom(network) >= preparedPerNetwork)
      throw new UserError('too-many-attempts', 'too many of this network have not joined yet');
  }

  async admit(claims: AdmittedClaims, line: PeerLine): Promise<AdmittedPeer> {
    const call = this.#callOf(claims) ?? this.#open(claims);
    // one peer id, one place: also where the token leads to another call
    const elsewhere = this.#peers.get(claims.sub);
    if (elsewhere && elsewhere.call !== call) elsewhere.call.leave(elsewhere.peer);
    const role = this.#roles.get(`${call.callId} ${personOf(claims)}`)?.role ?? claims.role;
    const preparing = call.prepare({ ...claims, ...this.#permittedSince(claims), role }, line);
    const placed = call.peers.get(claims.sub);
    if (placed) this.#peers.set(claims.sub, { peer: placed, call });
    const { peer, media } = await preparing;
    this.#options.onLoadChanged();
    return { peer, call, admission: { kind: 'fresh', media } };
  }

  async resume(
    { peerId, secret, transportId }: Extract<RequestOf<'hello'>['admission'], { kind: 'resume' }>,
    line: PeerLine,
  ): Promise<AdmittedPeer> {
    const known = this.#peers.get(peerId);
    if (!known) throw new InvalidStateError(this.#former.get(peerId) ?? 'peer-unknown');
    const { peer, call } = known;
    if (!peer.knows(secret) || peer.stage !== 'joined') throw new InvalidStateError('peer-unknown');
    refuseAddress(peer.claims, line.address);
    return { peer, call, admission: await call.resume(peer, transportId, line) };
  }

  /** Its page is gone. False: no such peer, or not its secret. */
  leave({ peerId, secret }: Leaving): boolean {
    const known = this.#peers.get(peerId);
    if (!known?.peer.knows(secret)) return false;
    known.call.leave(known.peer);
    return true;
  }

  perform(command: NodeCommand): void {
    this.fleetHeard();
    switch (command.name) {
      case 'end-call':
        this.#ended.keep(command.callId, 'call-ended');
        this.calls.get(command.callId)?.end('ended-by-fleet');
        return;
      case 'move-call':
        this.#ended.keep(command.callId, 'call-moved');
        this.calls.get(command.callId)?.move();
        return;
      case 'remove-participant': {
        // whichever call it is in: the fleet does not know of one that a room began without it
        this.#removed.keep(command.peerId, true);
        const place = this.#peers.get(command.peerId);
        place?.call.remove(place.peer);
        return;
      }
      case 'set-permissions':
        this.#permit(command);
        return;
      case 'set-role':
        this.#assign(command);
        return;
      case 'count-pages':
        this.#learn(command.documentId, { pageCount: command.pageCount });
        return;
      case 'withdraw-document':
        this.#learn(command.documentId, 'deleted');
        return;
      case 'set-air':
      case 'forward-program':
        this.#onAir.set(command);
        for (const call of this.calls.values()) if (call.meetingId === command.meetingId) call.airSet();
        return;
      case 'post-chat':
        this.calls.get(command.callId)?.chat.post(command);
        return;
      case 'recall-chat':
        this.calls.get(command.callId)?.chat.recallByFleet(command.messageId);
        return;
      case 'mark-chat-read':
        this.calls.get(command.callId)?.chatReaders.markByFleet(command);
        return;
      case 'allow-transcript': {
        const { meetingId, isAllowed, language } = command;
        this.#transcriptRules.keep(meetingId, { isAllowed, language });
        for (const call of this.calls.values()) if (call.meetingId === meetingId) call.transcript.touchState();
        return;
      }
      case 'rename-room':
        for (const { peer, call: its } of this.#peers.values())
          if (roomOf(peer.claims) === command.roomId) its.rename(peer, command.roomName);
    }
  }

  #permit({ meetingId, peerIds, roomIds, permissions }: Extract<NodeCommand, { name: 'set-permissions' }>): void {
    for (const id of [...peerIds, ...roomIds]) this.#permissions.keep(`${meetingId} ${id}`, permissions);
    for (const { peer, call } of [...this.#peers.values()]) {
      if (call.meetingId !== meetingId) continue;
      const set = this.#permittedSince(peer.claims);
      if (set) call.order.permit(peer, set);
    }
  }

  #assign({ changeId, callId, person, role }: Extract<NodeCommand, { name: 'set-role' }>): void {
    const key = `${callId} ${person}`;
    if (this.#roles.get(key)?.changeId === changeId) return;
    this.#roles.keep(key, { changeId, role });
    this.calls.get(callId)?.order.assign(person, role);
  }

  #permittedSince(claims: AdmittedClaims): CallPermissions | undefined {
    return this.#permissions.get(`${claims.meetingId} ${roomOf(claims) ?? claims.sub}`);
  }

  #learn(documentId: string, known: KnownDocument): void {
    this.#knownDocuments.keep(documentId, known);
    for (const call of this.calls.values()) call.document.learned(documentId, known);
  }

  /** Rooms whose kiosk the fleet has revoked since they came in. */
  removeRevoked(isRevoked: (issuedTo: IssuedTo) => boolean): void {
    for (const { peer, call } of [...this.#peers.values()]) {
      const { issuedTo } = peer.claims;
      if (issuedTo && isRevoked(issuedTo)) call.remove(peer);
    }
  }

  /** The fleet is there: what it permits counts for a while longer. */
  fleetHeard(): void {
    if (this.#silence) this.#silence.refresh();
    else {
      this.#silence = setTimeout(() => this.#forgetTranscriptRules(), this.#options.settings.transcriptSilenceMs);
      this.#silence.unref();
    }
  }

  /** A rule may have been withdrawn meanwhile; the fleet sends them all again when it is back. */
  #forgetTranscriptRules(): void {
    this.#transcriptRules.clear();
    for (const call of this.calls.values()) call.transcript.touchState();
  }

  close(): void {
    if (this.#silence) clearTimeout(this.#silence);
    for (const call of [...this.calls.values()]) call.abandon();
  }

  /**
   * The call that the token names. While the fleet is down, a room and a guest may hold tokens for different call ids
   * of one meeting: they join by meeting id, so that one meeting is one call.
   */
  #callOf({ callId, meetingId, byRoom }: AdmittedClaims): Call | undefined {
    const named = this.calls.get(callId);
    if (named || this.#ended.has(callId)) return named;
    const ofMeeting = [...this.calls.values()].filter(
      (call) => call.meetingId === meetingId && (byRoom || call.isDelegated),
    );
    return ofMeeting.find(({ opened }) => opened) ?? ofMeeting[0];
  }

  #open({ callId, meetingId, meetingTitle, byRoom }: AdmittedClaims): Call {
    const { pool, settings, transcription, logger, onEvent, onLoadChanged } = this.#options;
    const call = new Call({
      callId,
      meetingId,
      meetingTitle,
      isDelegated: byRoom,
      pool,
      settings,
      seats: this.#seats,
      knownDocuments: this.#knownDocuments,
      onAir: this.#onAir,
      transcription,
      transcriptRule: () => this.#transcriptRules.get(meetingId),
      logger: logger.child({ callId }),
      events: {
        onEvent: (draft: CallEventDraft) => {
          onEvent({ ...draft, eventId: uuidv7(), atMs: Date.now(), callId, meetingId } as CallEvent);
          // each sentence of everybody: no log of who spoke when, and nobody came or went
          if (draft.name === 'transcript-segment') return;
          logger.info({ callId, ...loggedOf(draft) }, 'call');
          onLoadChanged();
        },
        onPeerGone: (peer, code) => {
          if (this.#peers.get(peer.peerId)?.peer === peer) this.#peers.delete(peer.peerId);
          if (code === 'removed-from-call') this.#removed.keep(peer.peerId, true);
          if (code && TOLD_LATER.has(code)) this.#former.keep(peer.peerId, code);
          onLoadChanged();
        },
        onClosed: (reason) => {
          if (reason && !this.#ended.has(callId)) this.#ended.keep(callId, 'call-ended');
          if (this.calls.get(callId) === call) this.calls.delete(callId);
          onLoadChanged();
        },
      },
    });
    this.calls.set(callId, call);
    return call;
  }

  #preparedFrom(network: string): number {
    return [...this.#peers.values()].filter(({ peer }) => peer.stage === 'prepared' && peer.line?.network === network)
      .length;
  }

  #workerDied(mediaWorker: MediaWorker): void {
    for (const call of this.calls.values()) call.workerDied(mediaWorker);
  }
}

/** @throws UserError address-not-allowed */
function refuseAddress({ allowedRanges }: AdmittedClaims, address: string): void {
  if (!isAllowedFrom(allowedRanges, address)) throw new UserError('address-not-allowed', address);
}

/** Nothing else of an event stands in a log: ids, and no name, words or title of anybody. */
const LOGGED: ReadonlySet<string> = new Set([
  ...['name', 'peerId', 'peerKind', 'roomId', 'byPeerId', 'participantCount', 'role', 'order', 'reason'],
  ...['person', 'messageId', 'documentId', 'page', 'isOn'],
]);
const loggedOf = (draft: CallEventDraft): object =>
  Object.fromEntries(Object.entries(draft).filter(([field]) => LOGGED.has(field)));
