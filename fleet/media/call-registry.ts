/**
 * All calls of this node, the peers by id, and what is remembered of what is over: ended calls and who may not come
 * back. Decides who may enter; what happens inside is the call's.
 */
import { type ErrorCode, InvalidStateError, UserError } from '#contract/error-codes.ts';
import type { CallEvent, NodeCommand } from '#contract/node-link.ts';
import type { RequestOf, ResponseOf } from '#contract/signaling.ts';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { Call } from './call.ts';
import type { CallHappening } from './call-happening.ts';
import type { MediaSettings } from './media-settings.ts';
import type { MediaWorker } from './media-worker.ts';
import { Memory } from './memory.ts';
import type { Peer, PeerLine } from './peer.ts';
import type { AdmittedClaims, Delegation } from './token-admission.ts';
import type { WorkerPool } from './worker-pool.ts';

export type CallRegistryOptions = {
  pool: WorkerPool;
  settings: MediaSettings;
  onEvent: (event: CallEvent) => void;
  /** peers or calls came or went */
  onLoadChanged: () => void;
  logger: Logger;
};

type Admission = ResponseOf<'hello'>['admission'];
export type Admitted = { peer: Peer; call: Call; admission: Admission };

export class CallRegistry {
  readonly calls = new Map<string, Call>();
  readonly #options: CallRegistryOptions;
  readonly #peers = new Map<string, { peer: Peer; call: Call }>();
  readonly #ended: Memory<true>;
  /** by `callId peerId`: removed by somebody with the right */
  readonly #removed: Memory<true>;
  /** by peer id: what to say to one who comes back too late */
  readonly #former: Memory<ErrorCode>;

  constructor(options: CallRegistryOptions) {
    this.#options = options;
    const { endedKeptMs } = options.settings;
    this.#ended = new Memory(endedKeptMs);
    this.#removed = new Memory(endedKeptMs);
    this.#former = new Memory(endedKeptMs);
    options.pool.onDied = (mediaWorker) => this.#workerDied(mediaWorker);
  }

  get peerCount(): number {
    return this.#peers.size;
  }
  /** Those in which somebody is, or was a moment ago. */
  get openCallIds(): string[] {
    return [...this.calls.values()].filter(({ opened }) => opened).map(({ callId }) => callId);
  }

  /** @throws before the token counts as used: what is over, who is removed, what is full */
  refuse(claims: AdmittedClaims): void {
    const { sub: peerId, delegation } = claims;
    const callId = this.#callOf(claims)?.callId ?? claims.callId;
    if (this.#ended.has(callId)) throw new InvalidStateError('call-ended');
    if (this.#removed.has(`${callId} ${peerId}`)) throw new UserError('removed-from-call');
    // a room names its peer itself, and must not take another's place by it
    if (delegation && this.#peers.has(peerId)) throw new UserError('token-invalid', 'the peer is there already');
    if (this.#peers.size >= this.#options.settings.maxPeers)
      throw new InvalidStateError('call-full', 'the node is full');
  }

  async admit(claims: AdmittedClaims, line: PeerLine): Promise<Admitted> {
    const call = this.#callOf(claims) ?? this.#open(claims);
    // one peer id, one place: also where the token leads to another call
    const elsewhere = this.#peers.get(claims.sub);
    if (elsewhere && elsewhere.call !== call) elsewhere.call.leave(elsewhere.peer);
    const preparing = call.prepare(claims, line);
    const placed = call.peers.get(claims.sub);
    if (placed) this.#peers.set(claims.sub, { peer: placed, call });
    const { peer, media } = await preparing;
    this.#options.onLoadChanged();
    return { peer, call, admission: { kind: 'fresh', media } };
  }

  async resume(
    { peerId, secret, transportId }: Extract<RequestOf<'hello'>['admission'], { kind: 'resume' }>,
    line: PeerLine,
  ): Promise<Admitted> {
    const known = this.#peers.get(peerId);
    if (!known) throw new InvalidStateError(this.#former.get(peerId) ?? 'peer-unknown');
    const { peer, call } = known;
    if (!peer.knows(secret) || peer.stage !== 'joined') throw new InvalidStateError('peer-unknown');
    return { peer, call, admission: await call.resume(peer, transportId, line) };
  }

  perform(command: NodeCommand): void {
    const call = this.calls.get(command.callId);
    switch (command.name) {
      case 'end-call':
        this.#ended.keep(command.callId, true);
        call?.end('ended-by-fleet');
        return;
      case 'remove-peer': {
        this.#removed.keep(`${command.callId} ${command.peerId}`, true);
        const peer = call?.peers.get(command.peerId);
        if (peer) call!.remove(peer);
      }
    }
  }

  /** Who came in by a delegation that the fleet has taken back. */
  removeDelegated(isRevoked: (delegation: Delegation) => boolean): void {
    for (const { peer, call } of [...this.#peers.values()]) {
      const { delegation } = peer.claims;
      if (delegation && isRevoked(delegation)) call.remove(peer);
    }
  }

  close(): void {
    for (const call of [...this.calls.values()]) call.abandon();
  }

  /**
   * Where a token leads: to the call that it names. Without the fleet a room can't know what the meeting's call is
   * called, nor a guest whom the fleet sent before it went that a room has begun one: then to the meeting's, so that
   * one meeting is one call.
   */
  #callOf({ callId, meetingId, delegation }: AdmittedClaims): Call | undefined {
    const named = this.calls.get(callId);
    if (named || this.#ended.has(callId)) return named;
    const ofMeeting = [...this.calls.values()].filter(
      (call) => call.meetingId === meetingId && (delegation !== null || call.isDelegated),
    );
    return ofMeeting.find(({ opened }) => opened) ?? ofMeeting[0];
  }

  #open({ callId, meetingId, meetingTitle, delegation }: AdmittedClaims): Call {
    const { pool, settings, logger, onEvent, onLoadChanged } = this.#options;
    const call = new Call({
      callId,
      meetingId,
      meetingTitle,
      isDelegated: delegation !== null,
      pool,
      settings,
      logger: logger.child({ callId }),
      events: {
        happened: (happening: CallHappening) => {
          logger.info({ callId, ...happening }, 'call');
          onEvent({ ...happening, eventId: uuidv7(), atMs: Date.now(), callId, meetingId } as CallEvent);
          onLoadChanged();
        },
        peerGone: (peer, code) => {
          if (this.#peers.get(peer.peerId)?.peer === peer) this.#peers.delete(peer.peerId);
          if (code === 'removed-from-call') this.#removed.keep(`${callId} ${peer.peerId}`, true);
          if (code === 'removed-from-call' || code === 'call-ended') this.#former.keep(peer.peerId, code);
          onLoadChanged();
        },
        closed: (reason) => {
          if (reason) this.#ended.keep(callId, true);
          if (this.calls.get(callId) === call) this.calls.delete(callId);
          onLoadChanged();
        },
      },
    });
    this.calls.set(callId, call);
    return call;
  }

  #workerDied(mediaWorker: MediaWorker): void {
    for (const call of this.calls.values()) call.workerDied(mediaWorker);
  }
}
