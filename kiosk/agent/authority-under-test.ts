/** The room's authority without fleet and screen: commands go in, and all that leaves it is kept, as the broker checks it. */
import { pino } from 'pino';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { CommandEnvelope, CommandReply, type RoomCommand } from '#contract/room-command.ts';
import { RoomState, RosterUpdate } from '#contract/room-state.ts';
import { RoomRequest } from '#contract/topics.ts';
import type { RememberedRoom, RoomMachineEvent } from '../room/room.ts';
import { CALLS, callOf, guest, id, ownPlace, told } from '../room/room-under-test.ts';
import { FleetRequests, type GrantResponse } from './fleet-requests.ts';
import { Projections } from './projections.ts';
import { type AuthorityOptions, RoomAuthority } from './room-authority.ts';

export const ROOM = id(30);
export const start = { name: 'join-call' } as const;

export class AuthorityUnderTest {
  readonly authority: RoomAuthority;
  readonly stop: () => void;
  /** everything that left, in order: a topic, `screen: leave`, `view`, `change` */
  readonly log: string[] = [];
  readonly replies: CommandReply[] = [];
  readonly states: RoomState[] = [];
  readonly requests: RoomRequest[] = [];
  readonly rosters: RosterUpdate[] = [];
  readonly remembered: RememberedRoom[] = [];
  /** what the fleet's clock makes of every command */
  expired = false;
  readonly #fleet = new FleetRequests({
    publish: (request) => this.#publish('request', JSON.parse(JSON.stringify(request))),
    isFleetOnline: () => true,
    logger: pino({ level: 'silent' }),
  });
  #commands = 0;

  constructor(over: Partial<AuthorityOptions> = {}) {
    const projections = new Projections({ roomId: ROOM, epoch: 4 });
    this.authority = new RoomAuthority({
      roomId: ROOM,
      roomName: 'Maple',
      projections,
      remembered: null,
      logger: pino({ level: 'silent' }),
      fleet: {
        isExpired: () => this.expired,
        publish: async (name, message) => this.#publish(name, JSON.parse(JSON.stringify(message))),
      },
      requests: this.#fleet,
      perform: ({ name }) => this.log.push(`screen: ${name}`) > 0,
      onChange: () => this.log.push('change'),
      remember: (remembered) => this.remembered.push(remembered),
      dispatch: async () => null,
      bookingOf: () => null,
      ...over,
    });
    this.authority.start();
    const unfollow = [
      projections.follow('tv', () => this.log.push('view')),
      projections.follow('fleet', (name, value) => this.#publish(name, value)),
    ];
    this.stop = () => {
      this.authority.stop();
      for (const end of unfollow) end();
    };
  }

  /** In the call, with nothing left to say. */
  static inCall(advanceTime: (ms: number) => unknown): AuthorityUnderTest {
    const made = new AuthorityUnderTest();
    made.authority.onFleet(true);
    made.take({ type: 'screen-connected', inCall: callOf('A') });
    made.take(told({ type: 'roster', callId: CALLS.A, participants: [ownPlace, guest] }));
    advanceTime(1_000);
    for (const heard of [made.log, made.states, made.replies]) heard.length = 0;
    return made;
  }

  get phase() {
    return this.authority.state.phase;
  }

  command(command: RoomCommand, envelope: object = {}): void {
    this.#commands += 1;
    const sent = {
      protocol: PROTOCOL_VERSION,
      id: id(1_000 + this.#commands),
      roomId: ROOM,
      expiresAtMs: 1,
      issuer: { kind: 'controller', id: id(40) },
      command,
      grant: null,
      ...envelope,
    };
    this.authority.onCommand(CommandEnvelope.parse(sent));
  }

  answer(response: GrantResponse): void {
    this.#fleet.onRequestReply(response);
  }

  take(event: RoomMachineEvent): void {
    this.authority.handle(event);
  }

  #publish(name: string, message: unknown): void {
    this.log.push(name);
    if (name === 'commandReply') this.replies.push(CommandReply.parse(message));
    if (name === 'state') this.states.push(RoomState.parse(message));
    if (name === 'request') this.requests.push(RoomRequest.parse(message));
    if (name === 'roster') this.rosters.push(RosterUpdate.parse(message));
  }
}
