/**
 * The room's one authority: feeds the machine with what happens, performs its effects, and publishes the state. Commands
 * arrive here, are done once, and go to the machine or to the part that owns them.
 */
import { v7 } from 'uuid';
import type { Logger } from 'pino';
import { type ErrorCode, MaruError, toMaruError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import {
  CALL_COMMANDS,
  type CallCommand,
  type CommandEnvelope,
  type CommandReply,
  type RoomCommand,
} from '#contract/room-command.ts';
import type { RoomState, RosterUpdate } from '#contract/room-state.ts';
import type { ResumeTicket, ScreenEffect } from '#contract/screen-link.ts';
import type { RoomDesired } from '#contract/topics.ts';
import {
  type RoomMachineEffect,
  firstRoom,
  type RememberedRoom,
  rememberedOf,
  type Room,
  type RoomMachineEvent,
  type RoomTimer,
} from '../room/room.ts';
import { stepRoom } from '../room/room-machine.ts';
import { roomStateOf } from '../room/room-state-of.ts';
import { GrantRequests, type GrantRequestsOptions, type StartableBooking } from './grant-requests.ts';
import { LanCommandRecord } from './lan-command-record.ts';
import type { RoomEventDraft } from './room-event-outbox.ts';
import type { Projections } from './projections.ts';
import { RosterFeed } from './roster-feed.ts';
import type { FleetLink } from './fleet-link.ts';

/** Replies kept for a command that arrives twice (QoS 1). */
const REPLIES_KEPT = 200;

export type AuthorityOptions = {
  roomId: string;
  roomName: string;
  projections: Projections;
  remembered: RememberedRoom | null;
  fleet: Pick<FleetLink, 'publish' | 'isExpired'>;
  requests: GrantRequestsOptions['requests'];
  logger: Logger;
  /** false: no screen is there */
  perform: (effect: ScreenEffect) => boolean;
  remember: (remembered: RememberedRoom) => void;
  /** after each change: from it follow what the devices show, and the events */
  onChange: (before: Room, now: Room) => void;
  /** to the part that owns the command, if it is not the room machine's: a code where it can't be done */
  dispatch: (command: RoomCommand) => Promise<ErrorCode | null>;
  /** null: it is not in the agenda any longer */
  bookingOf: (bookingId: string) => StartableBooking | null;
  /** the room's own meeting without the fleet; absent: that is not possible */
  mintGrant?: () => Promise<CallGrant>;
  /** what the fleet is to hear later */
  record?: (draft: RoomEventDraft) => void;
  /** the roster, for who is not at the fleet's */
  onRoster?: (update: RosterUpdate) => void;
};
export type { StartableBooking } from './grant-requests.ts';
/** Where a command's answer goes. */
export type Reply = (reply: CommandReply) => void;
/** From a phone or tablet whom this box itself has let in. */
export type LanCommand = { id: string; command: RoomCommand; pairingId: string };

export class RoomAuthority {
  readonly #options: AuthorityOptions;
  readonly #roster: RosterFeed;
  readonly #timers = new Map<RoomTimer, NodeJS.Timeout>();
  readonly #replies = new Map<string, CommandReply>();
  /** of commands under way, who waits */
  readonly #askers = new Map<string, Reply>();
  readonly #lanCommands: LanCommandRecord;
  readonly #grants: GrantRequests;
  #room: Room;
  #roomName: string;
  #remembered = '';

  constructor(options: AuthorityOptions) {
    this.#options = options;
    this.#room = firstRoom(options.remembered);
    this.#roomName = options.roomName;
    this.#roster = new RosterFeed((update) => {
      void options.fleet.publish('roster', update);
      options.onRoster?.(update);
    });
    this.#grants = new GrantRequests({
      requests: options.requests,
      isFleetOnline: () => this.#room.fleetOnline,
      bookingOf: options.bookingOf,
      mintGrant: options.mintGrant,
      onAnswer: (event) => this.handle(event),
      logger: options.logger,
    });
    this.#lanCommands = new LanCommandRecord((draft) => options.record?.(draft));
  }

  /** From `start` on. */
  get state(): RoomState {
    return this.#options.projections.valueOf('state')!;
  }

  get resumeTicket(): ResumeTicket | null {
    const { phase } = this.#room;
    return phase.name === 'in-call' ? phase.ticket : null;
  }

  start(): void {
    this.#publishState();
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#grants.stop();
    this.#roster.stop();
  }

  onFleet(online: boolean, isRefused = false): void {
    this.handle({ type: 'fleet', online, isRefused });
    if (!online) this.#grants.onFleetGone();
  }

  onDesired({ roomName, meeting }: RoomDesired): void {
    this.#roomName = roomName;
    this.handle({ type: 'meeting', meeting });
  }

  onCommand({ id, roomId, expiresAtMs, command, grant, issuer }: CommandEnvelope): void {
    const { fleet, logger } = this.#options;
    if (this.#isRepeated(id, (reply) => void fleet.publish('commandReply', reply))) return;
    if (roomId !== this.#options.roomId) {
      logger.warn({ roomId, command: command.name }, 'command for another room');
      this.#reply({ ok: false, id, error: new MaruError('wrong-room').toWire() });
    } else if (fleet.isExpired(expiresAtMs)) {
      logger.warn({ command: command.name, id }, 'command came too late');
      this.#reply({ ok: false, id, error: new MaruError('command-expired').toWire() });
    } else {
      this.#log(command, { id, issuer: issuer.kind });
      this.#obey(id, command, grant);
    }
  }

  /** Its sender is in the house, which is what opening a microphone asks for. */
  onLanCommand({ id, command, pairingId }: LanCommand, reply: Reply): void {
    if (this.#isRepeated(id, reply)) return;
    this.#log(command, { id, issuer: 'lan', pairingId });
    if (!this.#room.fleetOnline) this.#lanCommands.note(command.name, pairingId);
    this.#obey(id, command, null);
  }

  /** A wish from the box itself: a button of the speakerphone, the TV's remote control. Nobody waits for the answer. */
  ask(command: RoomCommand): void {
    this.#log(command, { issuer: 'peripheral' });
    this.#obey(v7(), command, null);
  }

  /** A command of IT from afar, by the room's own rules. Null: done. */
  obey(command: RoomCommand): Promise<ErrorCode | null> {
    const id = v7();
    this.#log(command, { issuer: 'it' });
    return new Promise((resolve) => {
      this.#askers.set(id, (reply) => resolve(reply.ok ? null : reply.error.code));
      this.#obey(id, command, null);
    });
  }

  /** A pointer that moves would fill the log. */
  #log(command: RoomCommand, about: object): void {
    const flows = command.name === 'present' && ['point', 'draw', 'zoom'].includes(command.act.act);
    this.#options.logger[flows ? 'debug' : 'info']({ command: command.name, ...about }, 'command');
  }

  /** The same command twice is one (QoS 1, or a phone whose line broke): the answer goes to who asked last. */
  #isRepeated(id: string, reply: Reply): boolean {
    const earlier = this.#replies.get(id);
    const isUnderWay = this.#askers.has(id);
    if (earlier === undefined) this.#askers.set(id, reply);
    else reply(earlier);
    return isUnderWay || earlier !== undefined;
  }

  #obey(id: string, command: RoomCommand, grant: CommandEnvelope['grant']): void {
    const { dispatch, bookingOf } = this.#options;
    if (!isCallCommand(command)) this.#answer(id, dispatch(command));
    else {
      const bookingId = command.name === 'join-call' ? command.bookingId : undefined;
      const booking = bookingId === undefined ? null : bookingOf(bookingId);
      if (bookingId !== undefined && booking === null) this.#answer(id, Promise.resolve('booking-unknown'));
      else this.handle({ type: 'command', id, command, grant, bookingTitle: booking?.title ?? null });
    }
  }

  #answer(id: string, done: Promise<ErrorCode | null>): void {
    void done
      .catch((error: unknown) => {
        this.#options.logger.error({ err: error, id }, 'command failed');
        return toMaruError(error).code;
      })
      .then((code) =>
        this.#reply(code === null ? { ok: true, id } : { ok: false, id, error: new MaruError(code).toWire() }),
      );
  }

  handle(event: RoomMachineEvent): void {
    const before = this.#room;
    const { room, effects } = stepRoom(before, event, Date.now());
    this.#room = room;
    // what a person waits for first: the screen's effects, then its view, then everyone else
    for (const effect of effects) this.#perform(effect);
    if (room === before && effects.length === 0) return;
    if (room.phase.name !== before.phase.name)
      this.#options.logger.info({ from: before.phase.name, to: room.phase.name }, 'room');
    this.#publishState();
    this.#roster.update(room.phase);
    this.#options.onChange(before, room);
    this.remember(false);
  }

  #publishState(): void {
    this.#options.projections.publish('state', roomStateOf(this.#room, this.#roomName));
  }

  /** @param again though nothing has changed, so that its time is fresh */
  remember(again: boolean): void {
    const remembered = rememberedOf(this.#room);
    const text = JSON.stringify(remembered);
    if (text === this.#remembered && !again) return;
    this.#remembered = text;
    this.#options.remember(remembered);
  }

  #perform(effect: RoomMachineEffect): void {
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
        this.#grants.ask(effect.endedCallId, effect.bookingId);
        return;
      case 'set-timer':
        clearTimeout(this.#timers.get(effect.name));
        this.#timers.set(
          effect.name,
          setTimeout(() => this.handle({ type: 'timer', name: effect.name }), effect.delayMs),
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

  #reply(reply: CommandReply): void {
    this.#replies.set(reply.id, reply);
    const oldest = this.#replies.keys().next();
    if (this.#replies.size > REPLIES_KEPT && !oldest.done) this.#replies.delete(oldest.value);
    this.#askers.get(reply.id)?.(reply);
    this.#askers.delete(reply.id);
  }
}

const isCallCommand = (command: RoomCommand): command is CallCommand =>
  (CALL_COMMANDS as readonly string[]).includes(command.name);
