/**
 * The room link, seen from the phone: keeps one WebSocket to the room up, and the room's messages in one snapshot.
 * Owns reconnecting and the five seconds after which a command fails. The page paints, and keeps the token.
 */
import { v7 as newId } from 'uuid';
import { codeOfClose, fromWire, OperationalError } from '#contract/error-codes.ts';
import type { ErrorCode, MaruError } from '#contract/error-codes.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import type { ProjectionValues } from '#contract/projections.ts';
import type { NoteLine } from '#contract/note-line.ts';
import { readProjections } from '#contract/relayed-projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import { RoomLinkToController } from '#contract/room-link.ts';
import type { RoomLinkFromController } from '#contract/room-link.ts';
import type { BroadcastAct, MeetingAir } from '#contract/broadcast.ts';
import type { WaitingDecision, WaitingList } from '#contract/waiting.ts';
import { reconnectDelayMs } from './backoff.ts';
import { applyRoster } from './roster.ts';
import type { WatchedRoster } from './roster.ts';

/** Silence longer than the pause between two pings and this is a dead line. */
export const PING_EVERY_MS = 4_000;
export const ANSWER_WITHIN_MS = 4_000;

/** Refusals that trying again does not mend. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'token-invalid',
  'token-expired',
  'token-used',
  'pairing-revoked',
  'forbidden',
  'wrong-room',
  'client-too-old',
  'server-too-old',
]);

export type LinkSnapshot = {
  /** `refused`: for good, see `refusedBy`; the others mend themselves */
  connection: 'connecting' | 'connected' | 'reconnecting' | 'refused';
  refusedBy: ErrorCode | null;
  /** own clock, when the line was lost; null while it is up */
  lostAtMs: number | null;
  roomId: string | null;
  roomName: string | null;
  /** as the room published them last; without a state it never published one */
  projections: ProjectionValues;
  /** by the fleet: the room's heartbeat is fresh */
  online: boolean;
  /** fleet's clock */
  lastSeenMs: number | null;
  /** fleet's clock minus this device's */
  clockOffsetMs: number;
  roster: WatchedRoster | null;
  /** to the documents of the room's meeting; null: none now; undefined: this server has no documents, as the kiosk's own */
  documentAccess: DocumentAccess | null | undefined;
  /** who waits to be let into the room's meeting; null: nothing came yet, or this server lets nobody in, as the kiosk's own */
  waiting: WaitingList | null;
  /** of the meeting that the room is in; null: nothing came yet, or this server broadcasts nothing, as the kiosk's own */
  air: MeetingAir | null;
  /** base64 of a small JPEG: what viewers of the program would see; null: none came */
  programPreview: ProgramPreviewPicture | null;
};

/** The part of a browser's WebSocket that is used here. */
export type Socket = Pick<WebSocket, 'send' | 'close'> & {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
};
type Dependencies = { token: string; openSocket: () => Socket; now?: () => number; random?: () => number };
type ProgramPreviewPicture = { broadcastId: string; jpeg: string };
export type RoomInvite = { joinUrl: string; expiresAtMs: number };
type Answered = Extract<RoomLinkFromController, { id: string }>;
type Pending = { message: Answered; settle: (error: MaruError | null, invite?: RoomInvite) => void };

export class RoomLink {
  private readonly dependencies: Required<Dependencies>;
  private readonly listeners = new Set<() => void>();
  private readonly pending = new Map<string, Pending>();
  private snapshot: LinkSnapshot = {
    connection: 'connecting',
    refusedBy: null,
    lostAtMs: null,
    roomId: null,
    roomName: null,
    projections: {},
    online: false,
    lastSeenMs: null,
    clockOffsetMs: 0,
    roster: null,
    documentAccess: undefined,
    waiting: null,
    air: null,
    programPreview: null,
  };
  private socket: Socket | null = null;
  private attempt = 0;
  private rosterWatchers = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private quietTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(dependencies: Dependencies) {
    this.dependencies = { now: Date.now, random: Math.random, ...dependencies };
  }

  start(): void {
    if (this.socket === null && this.snapshot.connection !== 'refused') this.open();
  }

  /** Harmless twice. Commands under way fail at once. */
  stop(): void {
    clearTimeout(this.retryTimer);
    this.drop();
    for (const pending of [...this.pending.values()])
      pending.settle(new OperationalError('shutting-down', 'the page let go of the link'));
  }

  /** For React's useSyncExternalStore; each change makes a new object. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly getSnapshot = (): LinkSnapshot => this.snapshot;

  /** The page is seen again, or the network is back: find out at once instead of when the next timer is due. */
  wake(): void {
    if (this.snapshot.connection === 'refused') return;
    if (this.socket === null) {
      clearTimeout(this.retryTimer);
      this.attempt = 0;
      this.open();
    } else if (this.snapshot.connection === 'connected') {
      this.send({ type: 'ping' });
      this.expectWithin(ANSWER_WITHIN_MS / 2);
    }
  }

  /**
   * Asks the room. Waits for the line where it is down, and asks again with the same id where it broke meanwhile.
   * @throws MaruError the room's refusal, or `room-not-answering` after COMMAND_TIMEOUT_MS.
   */
  async command(command: RoomCommand): Promise<void> {
    await this.request({ type: 'command', id: newId(), command });
  }

  /** @throws as `command` */
  async decideWaiting(decision: WaitingDecision): Promise<void> {
    await this.request({ type: 'decide-waiting', id: newId(), decision });
  }

  /**
   * A link to the room's meeting, or with a name an invite for that person.
   * @throws as `command`; `not-possible-now` where the room is in a meeting of others
   */
  async makeInvite(displayName: string | null): Promise<RoomInvite> {
    const invite = await this.request({ type: 'make-invite', id: newId(), displayName });
    if (invite === null) throw new OperationalError('room-not-answering', 'no invite came');
    return invite;
  }

  /** By the code on the TV. @throws as `command`; `pairing-code-invalid`, `too-many-attempts` */
  async provePresence(code: string): Promise<void> {
    await this.request({ type: 'prove-presence', id: newId(), code });
  }

  /** The broadcast of the room's meeting. @throws as `command`; `broadcasting-not-allowed`, `program-unavailable` */
  async directBroadcast(act: BroadcastAct): Promise<void> {
    await this.request({ type: 'direct-broadcast', id: newId(), act });
  }

  /** Of the room's call. @throws as `command`; `recording-not-allowed`, `program-unavailable` */
  async setRecording(on: boolean): Promise<void> {
    await this.request({ type: 'set-recording', id: newId(), on });
  }

  /**
   * To the notes of the meeting that the room is in. The same id again is one line.
   * @throws as `command`; `not-possible-now` where it is in none of its own
   */
  async addNote(line: NoteLine, id: string): Promise<void> {
    await this.request({ type: 'add-note', id, line });
  }

  private request(message: Answered): Promise<RoomInvite | null> {
    const { id } = message;
    return new Promise((resolve, reject) => {
      const settle: Pending['settle'] = (error, invite = undefined) => {
        clearTimeout(timer);
        this.pending.delete(id);
        if (error === null) resolve(invite ?? null);
        else reject(error);
      };
      const timer = setTimeout(() => settle(new OperationalError('room-not-answering')), COMMAND_TIMEOUT_MS);
      if (this.snapshot.refusedBy !== null)
        return settle(fromWire({ code: this.snapshot.refusedBy, message: 'refused' }));
      this.pending.set(id, { message, settle });
      if (this.snapshot.connection === 'connected') this.send(message);
    });
  }

  /** Sent without waiting for the reply: where the line is down or the room refuses, nothing is lost. */
  hint(command: RoomCommand): void {
    if (this.snapshot.connection === 'connected') this.send({ type: 'command', id: newId(), command });
  }

  /** Keeps `roster` filled as long as somebody looks; the returned function ends it. */
  watchRoster(everyMs = 45_000): () => void {
    this.rosterWatchers += 1;
    this.hint({ name: 'watch-roster' });
    const timer = setInterval(() => this.hint({ name: 'watch-roster' }), everyMs);
    return () => {
      clearInterval(timer);
      this.rosterWatchers -= 1;
    };
  }

  /** Ends this pairing; the server answers by closing. */
  unpair(): void {
    if (this.snapshot.connection === 'connected') this.send({ type: 'unpair' });
  }

  private open(): void {
    const socket = this.dependencies.openSocket();
    this.socket = socket;
    // covers the connect, the upgrade and the welcome: a captive network may swallow each
    this.expectWithin(ANSWER_WITHIN_MS);
    socket.onopen = () => {
      if (this.socket === socket)
        this.send({ type: 'hello', protocol: PROTOCOL_VERSION, token: this.dependencies.token });
    };
    socket.onmessage = (event) => {
      if (this.socket === socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      const code = codeOfClose(event.code);
      if (code !== null && FINAL.has(code)) this.refuse(code);
      else this.lost();
    };
  }

  private receive(data: unknown): void {
    let message: RoomLinkToController;
    try {
      message = RoomLinkToController.parse(JSON.parse(String(data)));
    } catch (error) {
      console.warn('room link: a message that this page does not know', error);
      return;
    }
    clearTimeout(this.quietTimer);
    switch (message.type) {
      case 'welcome': {
        this.attempt = 0;
        this.update({
          connection: 'connected',
          lostAtMs: null,
          roomId: message.roomId,
          roomName: message.roomName,
          projections: readProjections(message.projections, warnUnreadable),
          online: message.online,
          lastSeenMs: message.lastSeenMs,
          clockOffsetMs: message.nowMs - this.dependencies.now(),
        });
        for (const { message: asked } of this.pending.values()) this.send(asked);
        if (this.rosterWatchers > 0) this.hint({ name: 'watch-roster' });
        break;
      }
      case 'projection': {
        const changed = readProjections({ [message.name]: message.value }, warnUnreadable);
        this.update({
          projections: { ...this.snapshot.projections, ...changed },
          roomName: changed.state?.roomName ?? this.snapshot.roomName,
          // a sign of life, too
          lastSeenMs: this.dependencies.now() + this.snapshot.clockOffsetMs,
        });
        break;
      }
      case 'presence':
        this.update({ online: message.online, lastSeenMs: message.lastSeenMs });
        break;
      case 'roster': {
        const roster = applyRoster(this.snapshot.roster, message.roster);
        if (roster === null && this.rosterWatchers > 0) this.hint({ name: 'watch-roster' });
        this.update({ roster });
        break;
      }
      case 'document-access':
        this.update({ documentAccess: message.access });
        break;
      case 'waiting':
        this.update({ waiting: message.waiting });
        break;
      case 'air': {
        const { programPreview } = this.snapshot;
        const isOfIt = programPreview?.broadcastId === message.air.broadcast?.broadcastId;
        this.update({ air: message.air, programPreview: isOfIt ? programPreview : null });
        break;
      }
      case 'program-preview':
        this.update({ programPreview: { broadcastId: message.broadcastId, jpeg: message.jpeg } });
        break;
      case 'invite':
        this.pending.get(message.id)?.settle(null, { joinUrl: message.joinUrl, expiresAtMs: message.expiresAtMs });
        break;
      case 'command-reply':
        this.pending.get(message.id)?.settle(message.error === null ? null : fromWire(message.error));
        break;
      case 'error':
        if (FINAL.has(message.error.code)) this.refuse(message.error.code);
        break;
      case 'pong':
        break;
    }
    if (this.snapshot.connection === 'connected') this.pingLater();
  }

  private pingLater(): void {
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => {
      this.send({ type: 'ping' });
      this.expectWithin(ANSWER_WITHIN_MS);
    }, PING_EVERY_MS);
  }

  private expectWithin(ms: number): void {
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => this.lost(), ms);
  }

  private send(message: RoomLinkFromController): void {
    this.socket?.send(JSON.stringify(message));
  }

  private drop(): void {
    clearTimeout(this.quietTimer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private lost(): void {
    this.drop();
    const delayMs = reconnectDelayMs(this.attempt++, this.dependencies.random());
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.open(), delayMs);
    this.update({
      connection: this.snapshot.roomId === null ? 'connecting' : 'reconnecting',
      lostAtMs: this.snapshot.lostAtMs ?? this.dependencies.now(),
    });
  }

  private refuse(code: ErrorCode): void {
    this.drop();
    this.update({ connection: 'refused', refusedBy: code });
    for (const pending of [...this.pending.values()]) pending.settle(fromWire({ code, message: 'refused' }));
  }

  private update(change: Partial<LinkSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of [...this.listeners]) listener();
  }
}

const warnUnreadable = (name: string): void => console.warn(`room link: the projection ${name} could not be read`);
