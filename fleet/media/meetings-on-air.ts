/**
 * What the fleet has set of meetings on air, kept apart from their calls: a meeting may go on in another call. By meeting: what
 * everybody in its call sees, and where each broadcast's program is sent to.
 */
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import type { NodeCommand } from '#contract/node-link.ts';

type OnAir = { air: CallAir; ports: Map<string, number> };

export class MeetingsOnAir {
  readonly #meetings = new Map<string, OnAir>();

  airOf(meetingId: string): CallAir {
    return this.#meetings.get(meetingId)?.air ?? OFF_AIR;
  }

  /** By broadcast: the port of loopback that its program goes to. */
  portsOf(meetingId: string): ReadonlyMap<string, number> {
    return this.#meetings.get(meetingId)?.ports ?? new Map();
  }

  set(command: Extract<NodeCommand, { name: 'set-air' | 'forward-program' }>): void {
    const { meetingId } = command;
    const known = this.#meetings.get(meetingId) ?? { air: OFF_AIR, ports: new Map<string, number>() };
    this.#meetings.set(meetingId, known);
    if (command.name === 'set-air') known.air = command.air;
    else if (command.port === null) known.ports.delete(command.broadcastId);
    else known.ports.set(command.broadcastId, command.port);
    const isOff = known.air.phase === 'off' && !known.air.isRecorded;
    if (isOff && known.ports.size === 0) this.#meetings.delete(meetingId);
  }
}
