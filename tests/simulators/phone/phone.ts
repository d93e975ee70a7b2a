/** A phone without a screen: pairs by code, speaks the room link, and knows what the room last said. Nothing else of ours. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';
import { codeOfClose, fromWire, OperationalError, type ErrorCode } from '#contract/error-codes.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { COMMAND_TIMEOUT_MS } from '#contract/timing.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { readProjections, type RelayedProjections } from '#contract/relayed-projections.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import { ROOM_LINK_PATH, RoomLinkToController } from '#contract/room-link.ts';
import type { Participant, RoomState } from '#contract/room-state.ts';
import { requestJson } from '../request-json.ts';

/** Eager: a test measures the room, not this phone's patience. */
const RECONNECT_MS = 150;

export type Pairing = RouteAnswer<typeof roomsApi.pair>;

/** @throws MaruError as the fleet gave it, `pairing-code-invalid` for one */
export async function pair({ fleetUrl, code, ca }: { fleetUrl: string; code: string; ca?: string }): Promise<Pairing> {
  const { method, path, response } = roomsApi.pair;
  return response.parse(
    await requestJson({
      url: new URL(path, fleetUrl).href,
      method,
      body: { code },
      ca,
      headers: { origin: new URL(fleetUrl).origin },
    }),
  );
}

/** The code in a controller's address: its fragment's `code`. */
export function codeOf(controllerUrl: string): string {
  const code = new URLSearchParams(new URL(controllerUrl).hash.slice(1)).get('code');
  if (code === null) throw new Error(`no code in ${controllerUrl}`);
  return code;
}

export class Phone {
  readonly #fleetUrl: string;
  readonly #token: string;
  readonly #ca: string | undefined;
  readonly #onMessage: (message: RoomLinkToController) => void;
  readonly #staysConnected: boolean;
  #closing = false;
  #socket: WebSocket | null = null;
  readonly #replies = new Map<string, (reply: Extract<RoomLinkToController, { type: 'command-reply' }>) => void>();
  state: RoomState | null = null;
  online = false;
  roster: Participant[] = [];
  closedBy: ErrorCode | null = null;

  constructor({
    fleetUrl,
    token,
    ca,
    staysConnected = false,
    onMessage = () => {},
  }: {
    fleetUrl: string;
    token: string;
    ca?: string;
    /** comes back by itself after a drop, as a person's page does */
    staysConnected?: boolean;
    onMessage?: (message: RoomLinkToController) => void;
  }) {
    this.#fleetUrl = fleetUrl;
    this.#token = token;
    this.#ca = ca;
    this.#onMessage = onMessage;
    this.#staysConnected = staysConnected;
  }

  /** Resolves with the welcome. @throws MaruError as the fleet gave it */
  async connect(): Promise<void> {
    const url = new URL(ROOM_LINK_PATH, this.#fleetUrl);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, { origin: new URL(this.#fleetUrl).origin, ca: this.#ca });
    this.#socket = socket;
    const welcomed = new Promise<void>((resolve, reject) => {
      socket.on('message', (data) => {
        const message = RoomLinkToController.parse(JSON.parse(String(data)));
        this.#take(message);
        if (message.type === 'welcome') resolve();
        if (message.type === 'error') reject(fromWire(message.error));
      });
      socket.on('close', (closeCode) => {
        this.closedBy = codeOfClose(closeCode);
        this.online = false;
        reject(new OperationalError('internal', `closed with ${closeCode}`));
        if (this.#staysConnected && !this.#closing) setTimeout(() => void this.connect().catch(() => {}), RECONNECT_MS);
      });
    });
    socket.on('error', () => {});
    await Promise.race([once(socket, 'open'), welcomed]);
    socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, token: this.#token }));
    await welcomed;
  }

  /** Sends it and waits for the room's answer. @throws MaruError as the room or the fleet gave it */
  async command(command: RoomCommand): Promise<void> {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== WebSocket.OPEN)
      throw new OperationalError('room-not-answering', 'not connected');
    const id = v7();
    const replied = new Promise<Extract<RoomLinkToController, { type: 'command-reply' }>>((resolve) =>
      this.#replies.set(id, resolve),
    );
    socket.send(JSON.stringify({ type: 'command', id, command }));
    const reply = await Promise.race([replied, sleep(COMMAND_TIMEOUT_MS + 1_000, null, { ref: false })]);
    this.#replies.delete(id);
    if (reply === null) throw new OperationalError('room-not-answering', `no reply to ${command.name}`);
    if (reply.error !== null) throw fromWire(reply.error);
  }

  /** @throws where the state does not become so in time; the error tells the last one */
  async until(met: (state: RoomState) => boolean, timeoutMs = 10_000): Promise<RoomState> {
    const deadlineMs = Date.now() + timeoutMs;
    while (this.state === null || !met(this.state)) {
      if (Date.now() > deadlineMs) throw new Error(`the room did not get there; last: ${JSON.stringify(this.state)}`);
      await sleep(20);
    }
    return this.state;
  }

  close(): void {
    this.#closing = true;
    this.#socket?.close();
  }

  #take(message: RoomLinkToController): void {
    if (message.type === 'welcome') {
      this.#takeProjections(message.projections);
      [this.online, this.closedBy] = [message.online, null];
    } else if (message.type === 'projection') this.#takeProjections({ [message.name]: message.value });
    else if (message.type === 'presence') this.online = message.online;
    else if (message.type === 'command-reply') this.#replies.get(message.id)?.(message);
    else if (message.type === 'roster') this.#takeRoster(message.roster);
    this.#onMessage(message);
  }

  #takeProjections(relayed: RelayedProjections): void {
    const { state } = readProjections(relayed, (name) => {
      throw new Error(`the projection ${name} breaks its schema`);
    });
    this.state = state ?? this.state;
  }

  #takeRoster(roster: Extract<RoomLinkToController, { type: 'roster' }>['roster']): void {
    if (roster.kind === 'snapshot') {
      this.roster = roster.participants;
      return;
    }
    if (roster.kind === 'unknown') return;
    const gone = new Set([...roster.removedPeerIds, ...roster.changed.map(({ peerId }) => peerId)]);
    this.roster = [...this.roster.filter(({ peerId }) => !gone.has(peerId)), ...roster.changed];
  }
}
