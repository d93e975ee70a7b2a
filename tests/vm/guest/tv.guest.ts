/**
 * The agent's own TV against the kernel's CEC: found among the adapters, on and to our input for a call, off when idle,
 * slow to say so; its remote control asks the room; its adapter may vanish.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it, type TestContext } from 'node:test';
import { pino } from 'pino';
import type { RoomCommand } from '#contract/room-command.ts';
import type { TvStatus } from '#contract/room-equipment.ts';
import type { RoomState } from '#contract/room-state.ts';
import { cecNodes } from '../../../kiosk/agent/peripherals/tv/device-node.ts';
import { Tv } from '../../../kiosk/agent/peripherals/tv/tv.ts';
import { TvSettings } from '../../../fleet/contract/settings/tv-settings.ts';
import { ADAPTER_TTY, PulseEight } from './pulse-eight.ts';
import { OUR_NODE, Television } from './television.ts';

/** A TV takes 7 s and is asked each second; everything here is emulated. */
const WAIT_MS = 25_000;
const IDLE_MINUTE_MS = 61_000;
const CALL_ID = '01920000-0000-7000-8000-000000000002';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function eventually(what: string, holds: () => boolean): Promise<number> {
  const startedMs = performance.now();
  while (!holds()) {
    if (performance.now() - startedMs > WAIT_MS) throw new Error(`not within ${WAIT_MS} ms: ${what}`);
    await sleep(20);
  }
  return Math.round(performance.now() - startedMs);
}

/** A room that does what it is asked, as the agent's does. */
class SimulatedRoom {
  readonly asked: RoomCommand[] = [];
  readonly told: TvStatus['power'][] = [];
  readonly tv: Tv;
  /** how far the machine's clock is ahead: idle minutes need not be waited for */
  #aheadMs = 0;
  #state = { phase: { name: 'idle' }, microphone: 'on', volumePercent: 50 } as RoomState;

  constructor(settings: object = {}) {
    this.tv = new Tv({
      // shown where a test fails
      logger: pino({ level: 'debug' }, pino.destination(2)),
      settings: TvSettings.parse({ offAfterIdleMinutes: 1, ...settings }),
      ask: (command) => this.#obey(command),
      onStatus: () => this.told.push(this.tv.status.power),
      clock: { nowMs: () => performance.now() + this.#aheadMs, epochMs: () => Date.now() },
    });
    this.tv.follow(this.#state);
    this.tv.start();
  }
  set(change: Partial<RoomState>): void {
    this.#state = { ...this.#state, ...change };
    this.tv.follow(this.#state);
  }
  enter(phase: RoomState['phase']['name']): void {
    this.set({ phase: { name: phase, callId: CALL_ID } as RoomState['phase'] });
  }
  /** Empty for so long that the TV may go off. */
  idleAway(): void {
    this.enter('ended');
    this.#aheadMs += IDLE_MINUTE_MS;
    this.enter('idle');
  }
  #obey(command: RoomCommand): void {
    this.asked.push(command);
    if (command.name === 'join-call') this.enter('in-call');
    else if (command.name === 'leave-call') this.enter('ended');
    else if (command.name === 'set-microphone') this.set({ microphone: command.on ? 'on' : 'muted' });
    else if (command.name === 'set-volume') this.set({ volumePercent: command.percent });
  }
}

describe('tv', () => {
  const television = new Television();
  let room: SimulatedRoom;
  const is = (power: TvStatus['power']) => () => room.tv.status.control === 'cec' && room.tv.status.power === power;

  after(() => television.stop());
  afterEach(async () => {
    await room?.tv.stop();
    await television.stop();
    // shown where a test fails
    console.log(`the TV:\n${television.log}`);
  });

  describe('by the kernel', () => {
    beforeEach(() => television.forget());

    it('is found at the adapter that it is plugged in to, with its name', async () => {
      await television.start();
      room = new SimulatedRoom();
      await eventually('found and named', () => room.tv.status.name !== null);
      assert.deepEqual(room.tv.status, { control: 'cec', power: 'on', name: 'Room TV', code: null });
    });

    it('comes on and to our input when a call starts, and says so when it does', async (test: TestContext) => {
      await television.start({ inStandby: true });
      room = new SimulatedRoom();
      await eventually('in standby', is('standby'));
      room.enter('starting');
      await eventually('turning on', is('turning-on'));
      const tookMs = await eventually('on', is('on'));
      test.diagnostic(`${tookMs} ms until the TV said that it is on`);
      assert.match(television.log, /Changing state to on/);
      assert.match(television.log, /New active source: 1\.0\.0\.0/);
      assert.ok(tookMs > 3_000, 'the TV is slow to say so');
      await eventually('claimed again, awake', () => television.log.split('New active source: 1.0.0.0').length === 3);
    });

    it('goes off when the room is idle, and comes back for a call that starts while it does', async () => {
      await television.start();
      room = new SimulatedRoom();
      await eventually('on', is('on'));
      room.enter('in-call');
      await sleep(2_000);
      assert.doesNotMatch(television.log, /STANDBY/);
      room.idleAway();
      await eventually('told to', () => television.log.includes('Changing state to standby'));
      room.enter('starting');
      await eventually('told to come back', () => television.log.includes('Changing state to on'));
      await sleep(9_000);
      await eventually('on', is('on'));
      television.forget();
      room.idleAway();
      await eventually('off', is('standby'));
      assert.deepEqual(room.told.slice(-2), ['turning-off', 'standby']);
      assert.equal(television.log.split('STANDBY (0x36)').length, 2, 'told once');
    });

    it('that a person switches off in a call stays off until the next', async () => {
      await television.start();
      room = new SimulatedRoom();
      await eventually('on', is('on'));
      room.enter('in-call');
      await eventually('shown', () => television.log.includes('New active source'));
      await sleep(3_000);
      await television.switchOffByHand();
      await eventually('off', is('standby'));
      television.forget();
      await sleep(4_000);
      assert.doesNotMatch(television.log, /IMAGE_VIEW_ON/);
      room.enter('idle');
      room.enter('starting');
      await eventually('on again', () => television.log.includes('IMAGE_VIEW_ON'));
    });

    it('asks the room by the keys of its remote control', async () => {
      await television.start();
      room = new SimulatedRoom();
      await eventually('on', is('on'));
      const asks = async (wish: RoomCommand, press: Promise<void>) => {
        const before = room.asked.length;
        await press;
        await eventually(wish.name, () => room.asked.length > before);
        assert.deepEqual(room.asked.slice(before), [wish]);
      };
      await asks({ name: 'join-call' }, television.press('select'));
      await asks({ name: 'set-microphone', on: false }, television.press('mute'));
      await asks({ name: 'set-volume', percent: 55 }, television.press('volume-up'));
      const before = room.asked.length;
      await television.press('f2-red');
      await sleep(3_500);
      assert.equal(room.asked.length, before, 'one press does not leave');
      const twice = television.press('f2-red').then(() => television.press('f2-red'));
      await asks({ name: 'leave-call' }, twice);
      room.enter('in-call');
      await asks({ name: 'leave-call' }, television.hold('back', 2_500));
    });

    it('is answered when it asks after us, and its other sources are respected', async () => {
      await television.start();
      room = new SimulatedRoom();
      await eventually('on', is('on'));
      assert.match(await television.ask('--give-device-power-status'), /pwr-state: on/);
      assert.match(await television.ask('--give-osd-name'), /name: Maru/);
      await television.show('2.0.0.0');
      await sleep(1_000);
      room.idleAway();
      await sleep(3_000);
      assert.doesNotMatch(television.log, /STANDBY/);
    });

    it('takes the room’s volume, where it is the TV that sounds', async () => {
      await television.start();
      room = new SimulatedRoom({ audio: 'tv' });
      await eventually('on', is('on'));
      room.set({ volumePercent: 53 });
      await eventually('louder', () => / Volume: 53$/m.test(television.log));
      room.set({ volumePercent: 50 });
      await eventually('as before', () => / Volume: 50$/m.test(television.log));
    });

    it('may vanish with its adapter: no fault, nothing left behind, and found again', async (test: TestContext) => {
      await television.start();
      room = new SimulatedRoom();
      await eventually('on', is('on'));
      await television.unplug();
      const goneMs = await eventually('gone', () => room.tv.status.control === 'none');
      test.diagnostic(`${goneMs} ms until the adapter was missed`);
      assert.deepEqual(room.tv.status, { control: 'none', power: 'unknown', name: null, code: null });
      room.enter('in-call');
      await sleep(3_000);
      assert.equal(room.tv.status.control, 'none');
      assert.equal(cecTools(), '', 'what waits for messages at a missing adapter would spin for ever');
      television.replug();
      television.forget();
      await television.start();
      await eventually('shown the call that runs', () => television.log.includes('New active source: 1.0.0.0'));
      await eventually('on', is('on'));
    });
  });

  describe('by a USB adapter, without a CEC of the box’s own', () => {
    let adapter: PulseEight;
    before(async () => {
      await television.start();
      await television.unplug();
      adapter = new PulseEight();
    });
    after(() => {
      adapter.stop();
      television.replug();
    });
    const plug = async () => {
      adapter.plug();
      await eventually('a serial port', () => existsSync(ADAPTER_TTY));
      adapter.attach();
      await eventually('a CEC node of the kernel', () => cecNodes().length > 0);
    };

    it('does the same by the kernel’s driver, also plugged in again', async (test: TestContext) => {
      await plug();
      room = new SimulatedRoom();
      await eventually('found and named', () => room.tv.status.name !== null);
      assert.deepEqual(room.tv.status, { control: 'cec', power: 'standby', name: 'Room TV', code: null });
      room.enter('starting');
      await eventually('on', is('on'));
      // its place is the default, where no display tells it
      await eventually('our picture', () => adapter.seen.includes('4f:82:10:00'));
      room.enter('in-call');
      adapter.press(0x43);
      await eventually('asked', () => room.asked.length === 1);
      assert.deepEqual(room.asked, [{ name: 'set-microphone', on: false }]);
      room.idleAway();
      await eventually('off', is('standby'));
      assert.equal(adapter.isTvOn, false);
      adapter.unplug();
      const goneMs = await eventually('gone', () => room.tv.status.control === 'none');
      test.diagnostic(`${goneMs} ms until the adapter was missed`);
      await eventually('nothing left behind', () => !adapter.isAttached && cecNodes().length === 0);
      room.enter('in-call');
      await plug();
      await eventually('shown the call that runs', is('on'));
    });
  });
});

const cecTools = (): string => execFileSync('sh', ['-c', `ps | grep '[c]ec-ctl -d ${OUR_NODE}' || true`]).toString();
