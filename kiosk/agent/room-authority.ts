/**
 * The room's one authority: feeds the machine with what happens, performs its effects, and tells everyone the state.
 * The TV is told at once; the broker at the rate of the contract.
 */
import { v7 } from 'uuid';
import type { Logger } from 'pino';
import { type ErrorCode, MaruError, toMaruError } from '#contract/error-codes.ts';
import { ROOM_STATE_CHANGES_PER_SECOND } from '#contract/limits.ts';
import {
  AGENDA_COMMANDS,
  type AgendaCommand,
  type CommandEnvelope,
  type CommandReply,
  EQUIPMENT_COMMANDS,
  type EquipmentCommand,
  type RoomCommand,
} from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { ResumeTicket, ScreenEffect } from '#contract/screen-link.ts';
import type { RoomDesired, RoomResponse } from '#contract/topics.ts';
import {
  type Effect,
  firstRoom,
  type Remembered,
  rememberedOf,
  type Room,
  type RoomEvent,
  type TimerName,
} from '../room/room.ts';
import { step } from '../room/room-machine.ts';
import { roomStateOf } from '../room/room-state-of.ts';
import { Coalescer } from './coalescer.ts';
import { RosterFeed } from './roster-feed.ts';
import type { FleetLink } from './fleet-link.ts';

/** Replies kept for a command that arrives twice (QoS 1). */
const REPLIES_KEPT = 200;

export type AuthorityOptions = {
  roomId: string;
  roomName: string;
  epoch: number;
  remembered: Remembered | null;
  fleet: Pick<FleetLink, 'publish' | 'isExpired'>;
  logger: Logger;
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  /** what the TV draws from has changed */
  onView: () => void;
  remember: (remembered: Remembered) => void;
  /** after each change, from which follows what the devices show and what is told as an event */
  onChange: (before: Room, now: Room) => void;
  /** the calendar's and the devices' own commands: a code where one can't be done */
  obeyAgenda: (command: AgendaCommand) => Promise<ErrorCode | null>;
  obeyEquipment: (command: EquipmentCommand) => Promise<ErrorCode | null>;
  /** null: it is not in the agenda any longer */
  bookingOf: (bookingId: string) => StartableBooking | null;
};
/** What the fleet has to know of a booking to open its meeting; the invite never leaves agent and fleet. */
export type StartableBooking = { title: string; invite: string | null };

export class RoomAuthority {
  readonly #options: AuthorityOptions;
  readonly #published: Coalescer;
  readonly #roster: RosterFeed;
  readonly #timers = new Map<TimerName, NodeJS.Timeout>();
  readonly #replies = new Map<string, CommandReply>();
  /** commands that calendar and devices are still at */
  readonly #underWay = new Set<string>();
  #room: Room;
  #roomName: string;
  #revision = 0;
  #remembered = '';
  /** the request whose answer is awaited; answers to older ones are too late */
  #requestId: string | null = null;

  constructor(options: AuthorityOptions) {
    this.#options = options;
    this.#room = firstRoom(options.remembered);
    this.#roomName = options.roomName;
    this.#published = new Coalescer(
      ROOM_STATE_CHANGES_PER_SECOND,
      () => void options.fleet.publish('state', this.state),
    );
    this.#roster = new RosterFeed((update) => void options.fleet.publish('roster', update));
  }

  get state(): RoomState {
    const { roomId, epoch } = this.#options;
    return roomStateOf(this.#room, {
      roomId,
      roomName: this.#roomName,
      epoch,
      revision: this.#revision,
      nowMs: Date.now(),
    });
  }

  get fleetOnline(): boolean {
    return this.#room.fleetOnline;
  }

  get resumeTicket(): ResumeTicket | null {
    const { phase } = this.#room;
    return phase.name === 'in-call' ? phase.ticket : null;
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#published.stop();
    this.#roster.stop();
  }

  /** The broker may have forgotten: everything is said again. */
  onFleet(online: boolean): void {
    this.take({ type: 'fleet', online });
    if (online) void this.#options.fleet.publish('state', this.state);
  }

  onDesired({ roomName, meeting }: RoomDesired): void {
    this.#roomName = roomName;
    this.take({ type: 'meeting', meeting });
  }

  onCommand({ id, roomId, expiresAtMs, command, grant, issuer }: CommandEnvelope): void {
    const { fleet, logger } = this.#options;
    const earlier = this.#replies.get(id);
    if (earlier !== undefined) {
      void fleet.publish('reply', earlier);
      return;
    }
    if (this.#underWay.has(id)) return;
    if (roomId !== this.#options.roomId) {
      logger.warn({ roomId, command: command.name }, 'command for another room');
      this.#reply({ ok: false, id, error: new MaruError('wrong-room').toWire() });
    } else if (fleet.isExpired(expiresAtMs)) {
      logger.warn({ command: command.name, id }, 'command came too late');
      this.#reply({ ok: false, id, error: new MaruError('command-expired').toWire() });
    } else {
      logger.info({ command: command.name, id, issuer: issuer.kind }, 'command');
      this.#obey(id, command, grant);
    }
  }

  /** A wish from the box itself: a button of the speakerphone, the TV's remote control. Nobody waits for the answer. */
  ask(command: RoomCommand): void {
    this.#options.logger.info({ command: command.name, issuer: 'peripheral' }, 'command');
    this.#obey(v7(), command, null);
  }

  #obey(id: string, command: RoomCommand, grant: CommandEnvelope['grant']): void {
    const { obeyAgenda, obeyEquipment, bookingOf } = this.#options;
    if (isAgendaCommand(command)) this.#answer(id, obeyAgenda(command));
    else if (isEquipmentCommand(command)) this.#answer(id, obeyEquipment(command));
    else {
      const bookingId = command.name === 'start-meeting' ? command.bookingId : undefined;
      const booking = bookingId === undefined ? null : bookingOf(bookingId);
      if (bookingId !== undefined && booking === null) this.#answer(id, Promise.resolve('booking-unknown'));
      else this.take({ type: 'command', id, command, grant, bookingTitle: booking?.title ?? null });
    }
  }

  #answer(id: string, done: Promise<ErrorCode | null>): void {
    this.#underWay.add(id);
    void done
      .catch((error: unknown) => {
        this.#options.logger.error({ err: error, id }, 'command failed');
        return toMaruError(error).code;
      })
      .then((code) =>
        this.#reply(code === null ? { ok: true, id } : { ok: false, id, error: new MaruError(code).toWire() }),
      );
  }

  onResponse(response: Exclude<RoomResponse, { name: 'pairing-code-used' }>): void {
    if (response.name === 'refused') {
      this.#options.logger.warn({ code: response.error.code, detail: response.error.message }, 'the fleet refused');
      if (response.id === this.#requestId) this.take({ type: 'grant-refused', code: response.error.code });
    } else if (response.id === this.#requestId) {
      this.#requestId = null;
      this.take({ type: 'grant', grant: response.grant });
    }
  }

  take(event: RoomEvent): void {
    const before = this.#room;
    const { room, effects } = step(before, event, Date.now());
    this.#room = room;
    // what a person waits for first: the screen's effects, then its view, then everyone else
    for (const effect of effects) this.#perform(effect);
    if (room === before && effects.length === 0) return;
    if (room.phase.name !== before.phase.name)
      this.#options.logger.info({ from: before.phase.name, to: room.phase.name }, 'room');
    this.#revision += 1;
    this.#options.onView();
    this.#published.changed();
    this.#roster.update(room.phase);
    this.#options.onChange(before, room);
    this.remember(false);
  }

  /** @param again though nothing has changed, so that its time is fresh */
  remember(again: boolean): void {
    const remembered = rememberedOf(this.#room);
    const text = JSON.stringify(remembered);
    if (text === this.#remembered && !again) return;
    this.#remembered = text;
    this.#options.remember(remembered);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'screen':
        this.#options.perform(effect.effect);
        return;
      case 'reply':
        this.#reply(
          effect.error === null
            ? { ok: true, id: effect.id }
            : { ok: false, id: effect.id, error: new MaruError(effect.error).toWire() },
        );
        return;
      case 'request-grant':
        this.#requestId = v7();
        this.#requestGrant(this.#requestId, effect.endedCallId, effect.bookingId);
        return;
      case 'set-timer':
        clearTimeout(this.#timers.get(effect.name));
        this.#timers.set(
          effect.name,
          setTimeout(() => this.take({ type: 'timer', name: effect.name }), effect.delayMs),
        );
        return;
      case 'clear-timer':
        clearTimeout(this.#timers.get(effect.name));
        this.#timers.delete(effect.name);
        return;
      case 'watch-roster':
        this.#roster.watch(this.#room.phase);
        return;
    }
  }

  /** A booking that has gone from the calendar since is asked for as the room's own meeting. */
  #requestGrant(id: string, endedCallId: string | null, bookingId: string | null): void {
    const known = bookingId === null ? null : this.#options.bookingOf(bookingId);
    const booking = bookingId !== null && known !== null ? { bookingId, ...known } : null;
    void this.#options.fleet.publish('request', { name: 'request-grant', id, endedCallId, booking });
  }

  #reply(reply: CommandReply): void {
    this.#underWay.delete(reply.id);
    this.#replies.set(reply.id, reply);
    const oldest = this.#replies.keys().next();
    if (this.#replies.size > REPLIES_KEPT && !oldest.done) this.#replies.delete(oldest.value);
    void this.#options.fleet.publish('reply', reply);
  }
}

const isAgendaCommand = (command: RoomCommand): command is AgendaCommand =>
  (AGENDA_COMMANDS as readonly string[]).includes(command.name);
const isEquipmentCommand = (command: RoomCommand): command is EquipmentCommand =>
  (EQUIPMENT_COMMANDS as readonly string[]).includes(command.name);
