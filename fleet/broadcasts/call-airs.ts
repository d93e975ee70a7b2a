/**
 * What the people in a call see of its broadcast or recording, and where its program's sound and picture go: told to the media
 * nodes, each change at once, the count of viewers seldom, all of it again to a node that comes back.
 */
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import type { NodeCommand } from '#contract/node-link.ts';

type Told = { air: CallAir; atMs: number };
type Forward = Extract<NodeCommand, { name: 'forward-program' }>;

/** the count of viewers alone */
const COUNTED_EVERY_MS = 3_000;

export class CallAirs {
  readonly #send: (command: NodeCommand) => void;
  readonly #told = new Map<string, Told>();
  readonly #forwards = new Map<string, Forward>();

  /** @param send to all nodes: one that does not carry the meeting's call keeps it for when it does */
  constructor({ send }: { send: (command: NodeCommand) => void }) {
    this.#send = send;
  }

  /** Called again each second, so that a count that waits goes out. */
  set(meetingId: string, air: CallAir): void {
    const told = this.#told.get(meetingId);
    const before = told?.air ?? OFF_AIR;
    if (isSame(before, air)) return;
    const nowMs = performance.now();
    const isCountAlone = isSame({ ...before, watching: air.watching }, air);
    if (isCountAlone && told && nowMs - told.atMs < COUNTED_EVERY_MS) return;
    if (isSame(air, OFF_AIR)) this.#told.delete(meetingId);
    else this.#told.set(meetingId, { air, atMs: nowMs });
    this.#send({ name: 'set-air', meetingId, air });
  }

  /** @param port null: not any more */
  forward(meetingId: string, broadcastId: string, port: number | null): void {
    const command: Forward = { name: 'forward-program', meetingId, broadcastId, port };
    const former = this.#forwards.get(broadcastId);
    if ((former?.port ?? null) === port) return;
    if (port === null) this.#forwards.delete(broadcastId);
    else this.#forwards.set(broadcastId, command);
    this.#send(command);
  }

  /** Of a former process of ours, which may have ended before it sent that nothing is on air any more. */
  wasOn(meetingId: string, broadcastId: string): void {
    this.#told.set(meetingId, this.#told.get(meetingId) ?? { air: OFF_AIR, atMs: 0 });
    this.#forwards.set(broadcastId, { name: 'forward-program', meetingId, broadcastId, port: null });
  }

  /** To a node that may know nothing of it. */
  sendAll(): void {
    for (const [meetingId, { air }] of this.#told) this.#send({ name: 'set-air', meetingId, air });
    for (const command of this.#forwards.values()) this.#send(command);
  }
}

const isSame = (a: CallAir, b: CallAir): boolean =>
  a.phase === b.phase && a.liveAtMs === b.liveAtMs && a.watching === b.watching && a.isRecorded === b.isRecorded;
