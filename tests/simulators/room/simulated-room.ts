/**
 * A room without a window: enrolled, on MQTT over TLS with its certificate. It answers commands by a state of its own,
 * reports its health, applies settings, does what IT asks, and sends what happened until that is acknowledged. It takes
 * grants but opens no media. Nothing else of ours.
 */
import { createHash, createPrivateKey } from 'node:crypto';
import { allSettings } from '#contract/settings/all-settings.ts';
import { RoomSettingsDesired, type RoomSettingsReport, type SettingsKey } from '#contract/settings/room-settings.ts';
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import { KIOSK_HEALTH_EVERY_MS, type KioskHealth } from '#contract/kiosk-health.ts';
import { PAIRING_CODE_ALPHABET, PAIRING_CODE_LENGTH, PAIRING_CODE_TTL_MS } from '#contract/limits.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { ActionOrder, type ActionReport } from '#contract/room-action.ts';
import { CommandEnvelope, type CommandReply } from '#contract/room-command.ts';
import { RoomEventsAck } from '#contract/room-events.ts';
import type { RoomState } from '#contract/room-state.ts';
import { RoomUpdateDesired } from '#contract/room-update.ts';
import { HEARTBEAT_INTERVAL_MS } from '#contract/timing.ts';
import { RoomDesired, RequestReply } from '#contract/topics.ts';
import { type Random, seededRandom } from '../seeded-random.ts';
import type { RoomIdentity } from './enrol.ts';
import { EventOutbox, type SimulatedEvent } from './event-outbox.ts';
import { type ReadTopic, RoomLine } from './room-line.ts';
import { firstHealth, type HealthChanges } from './simulated-health.ts';
import { applyCommand, firstState } from './simulated-state.ts';
import { SimulatedUpdate } from './simulated-update.ts';

/** What to answer instead of obeying: an error, or nothing at all. */
export type Script = Partial<Record<CommandEnvelope['command']['name'], ErrorCode | 'silence'>>;
type Told = (what: { topic: ReadTopic; message: unknown }) => void;

/** An interval is this much shorter at most, so that rooms do not keep step. */
const JITTER = 0.2;
const KNOWN_SETTINGS = Object.fromEntries(
  Object.entries(allSettings).map(([section, { fields }]) => [section, Object.keys(fields)]),
);

export type SimulatedRoomOptions = {
  identity: RoomIdentity;
  epoch?: number;
  script?: Script;
  told?: Told;
  /** of its last event before this start */
  sequence?: number;
  random?: Random;
  onProblem?: (problem: string) => void;
  /** of its updates that do not prove themselves */
  failingUpdatesPercent?: number;
};

export class SimulatedRoom {
  readonly identity: RoomIdentity;
  readonly line: RoomLine;
  readonly events: EventOutbox;
  readonly update: SimulatedUpdate;
  readonly #script: Script;
  readonly #told: Told;
  readonly #random: Random;
  readonly #settingsKey: SettingsKey;
  #epoch: number;
  #timers: NodeJS.Timeout[] = [];
  #cameOnline: (() => void) | null = null;
  state: RoomState;
  health: KioskHealth;
  desired: RoomDesired | null = null;
  pairingCode = '';
  /** of the settings that the fleet knows as applied; null: none yet */
  reportedRevision: number | null = null;

  constructor({
    identity,
    epoch = 1,
    script = {},
    told = () => {},
    sequence = 0,
    random = seededRandom(epoch),
    onProblem,
    failingUpdatesPercent = 0,
  }: SimulatedRoomOptions) {
    this.identity = identity;
    this.#epoch = epoch;
    this.#script = script;
    this.#told = told;
    this.#random = random;
    this.#settingsKey = settingsKeyOf(identity.keyPem);
    const { roomId, roomName } = identity;
    this.state = firstState({ roomId, roomName, epoch, nowMs: Date.now() });
    this.health = firstHealth({ roomId, epoch, nowMs: Date.now(), random });
    this.events = new EventOutbox({ sequence, publish: (batch) => void this.line.publish('roomEvents', batch) });
    this.update = new SimulatedUpdate(
      {
        roomId,
        epoch: () => this.#epoch,
        isInCall: () => this.state.phase.name === 'in-call',
        publish: (update) => void this.line.publish('update', update),
        restart: (afterMs) => this.restart(afterMs),
        confirmed: (release) => this.record({ name: 'update-confirmed', ...release }),
        failed: (update) => this.record({ name: 'update-failed', update }),
      },
      { random, failingPercent: failingUpdatesPercent },
    );
    this.line = new RoomLine({
      identity,
      presence: (online) => this.#presence(online),
      onMessage: (name, message) => this.#hear(name, message),
      onOnline: (online) => void this.#onLine(online),
      ...(onProblem && { onProblem }),
    });
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Until it is online for the first time. */
  async start(): Promise<void> {
    const online = new Promise<void>((resolve) => {
      this.#cameOnline = resolve;
    });
    this.#again(HEARTBEAT_INTERVAL_MS, () => void this.line.publish('presence', this.#presence(true)));
    this.#again(KIOSK_HEALTH_EVERY_MS, () => this.setHealth({}));
    this.record({ name: 'agent-started', epoch: this.#epoch });
    this.line.open();
    await online;
  }

  /** A new code for the "TV"; the fleet learns only its hash. */
  async offerPairing({ expiresAtMs = Date.now() + PAIRING_CODE_TTL_MS } = {}): Promise<void> {
    this.pairingCode = Array.from(
      { length: PAIRING_CODE_LENGTH },
      () => PAIRING_CODE_ALPHABET[Math.floor(Math.random() * PAIRING_CODE_ALPHABET.length)],
    ).join('');
    const sha256 = createHash('sha256').update(`${this.identity.roomId}:${this.pairingCode}`).digest('hex');
    await this.line.publish('pairing', { codes: [{ sha256, expiresAtMs }] });
  }

  /** Says goodbye; `crash` lets the will speak instead. */
  async stop({ crash = false } = {}): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
    this.update.stop();
    this.events.onLine(false);
    if (crash) this.line.cut(null);
    else await this.line.close();
  }

  /** Its agent dies and begins anew: idle, with a higher epoch. */
  restart(returnsAfterMs: number): void {
    this.line.cut(returnsAfterMs);
    this.#epoch += 1;
    const { roomId, roomName } = this.identity;
    const at = { roomId, epoch: this.#epoch, nowMs: Date.now() };
    this.state = { ...firstState({ ...at, roomName }), meeting: this.state.meeting };
    this.health = firstHealth({ ...at, random: this.#random });
    this.record({ name: 'agent-started', epoch: this.#epoch });
  }

  record(event: SimulatedEvent): void {
    this.events.record(event);
  }

  change(changes: Partial<RoomState>): void {
    this.state = { ...this.state, ...changes, revision: this.state.revision + 1, asOfMs: Date.now() };
    void this.line.publish('state', this.state);
  }

  setHealth(changes: HealthChanges): void {
    this.health = { ...this.health, ...changes, revision: this.health.revision + 1, asOfMs: Date.now() };
    void this.line.publish('health', this.health);
  }

  async #onLine(online: boolean): Promise<void> {
    this.events.onLine(online);
    if (!online) return;
    await this.line.publish('state', this.state);
    await this.line.publish('health', this.health);
    this.update.report();
    await this.offerPairing();
    this.#cameOnline?.();
    this.#cameOnline = null;
  }

  /** The first time at any moment of the interval. */
  #again(everyMs: number, act: () => void): void {
    const at = this.#timers.length;
    const later = (afterMs: number): void => {
      this.#timers[at] = setTimeout(() => {
        act();
        later(everyMs * this.#random.between(1 - JITTER, 1));
      }, afterMs);
    };
    later(everyMs * this.#random.next());
  }

  #presence(online: boolean): object {
    return { protocol: PROTOCOL_VERSION, online, epoch: this.#epoch, asOfMs: Date.now() };
  }

  #hear(name: ReadTopic, message: unknown): void {
    this.#told({ topic: name, message });
    switch (name) {
      case 'desired': {
        this.desired = RoomDesired.parse(message);
        const { roomName, meeting } = this.desired;
        this.change({ roomName, meeting });
        break;
      }
      case 'command':
        void this.#obey(CommandEnvelope.parse(message));
        break;
      case 'requestReply':
        if (RequestReply.parse(message).name === 'pairing-code-used') void this.offerPairing();
        break;
      case 'settings':
        void this.#apply(RoomSettingsDesired.parse(message));
        break;
      case 'action':
        void this.#do(ActionOrder.parse(message));
        break;
      case 'desiredUpdate':
        this.update.want(RoomUpdateDesired.parse(message));
        break;
      case 'roomEventsAck':
        this.events.onAck(RoomEventsAck.parse(message));
        break;
    }
  }

  async #apply({ revision }: RoomSettingsDesired): Promise<void> {
    const report: RoomSettingsReport = {
      protocol: PROTOCOL_VERSION,
      revision,
      key: this.#settingsKey,
      local: {},
      known: KNOWN_SETTINGS,
      refused: [],
    };
    if (await this.line.publish('settingsReport', report)) this.reportedRevision = revision;
  }

  async #do(order: ActionOrder): Promise<void> {
    if (order.order === 'stop') return;
    const report = (state: ActionReport['state'], code: ActionReport['code'] = null): Promise<unknown> =>
      this.line.publish('actionReport', { actionId: order.actionId, state, code, result: null, atMs: Date.now() });
    const { action } = order;
    await report('running');
    if (action.name === 'set-volume') this.change({ volumePercent: action.percent });
    else if (action.name === 'mute-microphone') this.change({ microphone: 'muted' });
    else if (action.name === 'leave-call') this.change({ phase: { name: 'idle' } });
    else if (action.name !== 'restart-screen') return void (await report('refused', 'not-possible-now'));
    await report('done');
  }

  async #obey({ id, command, grant }: CommandEnvelope): Promise<void> {
    const scripted = this.#script[command.name];
    if (scripted === 'silence') return;
    let reply: CommandReply = { ok: true, id };
    if (scripted !== undefined) {
      reply = { ok: false, id, error: { code: scripted, message: 'scripted' } };
    } else {
      try {
        this.state = applyCommand(this.state, command, grant, Date.now());
        await this.line.publish('state', this.state);
      } catch (error) {
        reply = { ok: false, id, error: toMaruError(error).toWire() };
      }
    }
    await this.line.publish('commandReply', reply);
  }
}

/** The room's own key does for secrets too: a simulated room reads none. */
function settingsKeyOf(keyPem: string): SettingsKey {
  const { x = '', y = '' } = createPrivateKey(keyPem).export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
  return { kty: 'EC', crv: 'P-256', x, y, kid };
}
