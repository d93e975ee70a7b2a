import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoomCommand } from '#contract/room-command.ts';
import type { TvStatus } from '#contract/room-equipment.ts';
import { KEY } from './cec-frame.ts';
import { FakeAdapter } from './testing/fake-adapter.ts';
import { roomIn } from './testing/room-states.ts';
import { Tv } from './tv.ts';
import { TvSettings } from '#contract/settings/tv-settings.ts';

const MINUTE = 60_000;
let set: FakeAdapter;
let tv: Tv;
let asked: RoomCommand[];
let told: TvStatus[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  // a Tuesday, at noon
  vi.setSystemTime(new Date(2026, 10, 24, 12));
  set = new FakeAdapter();
});
afterEach(async () => {
  await tv.stop();
  vi.useRealTimers();
});

async function begin(settings: object = {}): Promise<void> {
  asked = [];
  told = [];
  tv = new Tv({
    logger: pino({ level: 'silent' }),
    settings: TvSettings.parse(settings),
    adapter: set,
    ask: (command) => asked.push(command),
    onStatus: () => told.push(tv.status),
  });
  tv.follow(roomIn('idle'));
  tv.start();
  await pass(1_000);
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a room’s TV', () => {
  it('does nothing until it is started', async () => {
    await begin();
    expect(set.starts).toBe(1);
    const other = new FakeAdapter();
    new Tv({
      logger: pino({ level: 'silent' }),
      settings: TvSettings.parse({}),
      adapter: other,
      ask: () => {},
      onStatus: () => {},
    }).follow(roomIn('in-call'));
    await pass(MINUTE);
    expect(other.starts).toBe(0);
  });

  it('goes on for a call and off after it, and says so', async () => {
    await begin();
    expect(tv.status).toEqual({ control: 'cec', power: 'standby', name: 'Room TV', code: null });
    tv.follow(roomIn('starting'));
    await pass(3_000);
    expect(set.power).toBe('on');
    expect(set.calls).toContain('makeActiveSource');
    tv.follow(roomIn('in-call'));
    await pass(60 * MINUTE);
    expect(set.power).toBe('on');
    tv.follow(roomIn('idle'));
    await pass(16 * MINUTE);
    expect(set.power).toBe('standby');
    const powers = told.map(({ power }) => power);
    expect(powers.filter((power, index) => power !== powers[index - 1])).toEqual([
      ...['standby', 'turning-on', 'on', 'turning-off', 'standby'],
    ]);
  });

  it('goes on for a document of the idle room, stays on with it, and goes off after it', async () => {
    await begin();
    tv.showDocument(true);
    await pass(3_000);
    expect(set.power).toBe('on');
    await pass(50 * MINUTE);
    expect(set.power).toBe('on');
    tv.showDocument(false);
    await pass(16 * MINUTE);
    expect(set.power).toBe('standby');
  });

  it('goes on for a broadcast that comes by itself, and off after it by the same rules', async () => {
    await begin();
    tv.showBroadcast('by-itself');
    await pass(3_000);
    expect(set.power).toBe('on');
    await pass(50 * MINUTE);
    expect(set.power).toBe('on');
    tv.showBroadcast(null);
    await pass(16 * MINUTE);
    expect(set.power).toBe('standby');
  });

  it('leaves another device’s picture alone for what comes by itself, and not for a tap', async () => {
    await begin();
    set.tell('on');
    set.showOther();
    await pass(1_000);
    set.calls.length = 0;
    tv.showBroadcast('by-itself');
    await pass(10_000);
    expect(set.calls).not.toContain('makeActiveSource');
    tv.showBroadcast('by-tap');
    await pass(10_000);
    expect(set.calls).toContain('makeActiveSource');
  });

  it('that runs when the agent starts anew in a call is shown it', async () => {
    asked = [];
    tv = new Tv({
      logger: pino({ level: 'silent' }),
      settings: TvSettings.parse({}),
      adapter: set,
      ask: () => {},
      onStatus: () => {},
    });
    tv.start();
    tv.follow(roomIn('in-call'));
    await pass(2_000);
    expect(set.power).toBe('on');
  });

  it('obeys other hours at once, without losing its state or its adapter', async () => {
    await begin({ offAfterIdleMinutes: 24 * 60 });
    set.power = 'on';
    tv.follow(roomIn('in-call'));
    await pass(3_000);
    tv.follow(roomIn('idle'));
    await pass(MINUTE);
    expect(set.power).toBe('on');
    tv.apply(TvSettings.parse({ offAfterIdleMinutes: 1 }));
    await pass(1_000);
    expect(set).toMatchObject({ power: 'standby', starts: 1, stops: 0 });
  });

  it('lets its adapter go when it is to be left alone, and takes one again', async () => {
    await begin();
    tv.apply(TvSettings.parse({ adapter: 'none' }));
    await pass(1_000);
    expect(set.stops).toBe(1);
    expect(tv.status.control).not.toBe('cec');
    tv.apply(TvSettings.parse({ adapter: 'auto' }));
    tv.apply(TvSettings.parse({ adapter: '/dev/cec1' }));
    await pass(3_000);
    expect(tv.status.control).toBe('cec');
    expect(set.starts - set.stops).toBe(1);
  });

  it('becomes what sounds, and stops being it', async () => {
    await begin();
    tv.follow({ ...roomIn('in-call'), volumePercent: 40 });
    await pass(3_000);
    expect(set.volume).not.toBe(40);
    tv.apply(TvSettings.parse({ audio: 'tv' }));
    await pass(10_000);
    expect(set.volume).toBe(40);
    tv.apply(TvSettings.parse({ audio: 'device' }));
    tv.follow({ ...roomIn('in-call'), volumePercent: 60 });
    await pass(10_000);
    expect(set.volume).toBe(40);
  });

  it('is left as it is when the agent stops', async () => {
    await begin();
    tv.follow(roomIn('in-call'));
    await pass(3_000);
    await tv.stop();
    await pass(60 * MINUTE);
    expect(set).toMatchObject({ power: 'on', stops: 1 });
    expect(set.calls).not.toContain('standby');
  });

  it('is told off at the end of the hours, by the clock on the wall', async () => {
    set.power = 'on';
    const days = ['mon', 'tue', 'wed', 'thu', 'fri'];
    const hours = { fromMinuteOfDay: 8 * 60, toMinuteOfDay: 19 * 60, days };
    await begin({ offAfterIdleMinutes: 24 * 60, hours });
    await pass(7 * 60 * MINUTE - 10_000);
    expect(set.power).toBe('on');
    await pass(MINUTE);
    expect(set.power).toBe('standby');
  });

  it('is told off within two minutes where that clock jumps past the end of the hours', async () => {
    set.power = 'on';
    const days = ['mon', 'tue', 'wed', 'thu', 'fri'];
    const hours = { fromMinuteOfDay: 8 * 60, toMinuteOfDay: 19 * 60, days };
    await begin({ offAfterIdleMinutes: 24 * 60, hours });
    await pass(30 * MINUTE);
    vi.setSystemTime(new Date(2026, 10, 24, 19, 10));
    await pass(2 * MINUTE);
    expect(set.power).toBe('standby');
  });

  it('is not switched by a clock that jumps', async () => {
    set.power = 'on';
    await begin();
    vi.setSystemTime(new Date(2026, 11, 24, 12));
    await pass(2 * MINUTE);
    expect(set.power).toBe('on');
  });

  it('is controlled by nobody where the settings say so', async () => {
    await begin({ adapter: 'none' });
    tv.follow(roomIn('in-call'));
    await pass(MINUTE);
    expect(set.starts).toBe(0);
    expect(tv.status).toEqual({ control: 'none', power: 'unknown', name: null, code: null });
  });

  it('is faulty when it fell silent, and well when it speaks again', async () => {
    await begin();
    set.isSilent = true;
    tv.follow(roomIn('in-call'));
    await pass(MINUTE);
    expect(tv.status).toMatchObject({ control: 'faulty', code: 'tv-not-answering' });
    set.isSilent = false;
    await pass(2 * MINUTE);
    expect(tv.status).toMatchObject({ control: 'cec', power: 'on', code: null });
  });
});

describe('the adapter', () => {
  it('may be unplugged: no fault, and found again, also for the call that runs', async () => {
    await begin();
    set.unplug();
    expect(tv.status).toEqual({ control: 'none', power: 'unknown', name: null, code: null });
    tv.follow(roomIn('in-call'));
    await pass(5_000);
    expect(set.starts).toBe(2);
    expect(tv.status).toMatchObject({ control: 'cec', power: 'on', name: 'Room TV' });
  });

  it('that does not start is tried again, ever more slowly', async () => {
    set.isBroken = true;
    await begin();
    await pass(10 * MINUTE);
    expect(set.starts).toBeGreaterThan(8);
    expect(set.starts).toBeLessThan(20);
    set.isBroken = false;
    await pass(MINUTE);
    expect(tv.status.control).toBe('cec');
  });

  it('that comes and goes is not started in a storm', async () => {
    await begin();
    for (let minute = 0; minute < 10; minute += 1) {
      set.unplug();
      await pass(MINUTE / 2);
      set.unplug();
      await pass(MINUTE / 2);
    }
    expect(set.starts).toBeLessThan(20);
  });
});

describe('the remote control', () => {
  it('starts a meeting, mutes, leaves at the second press', async () => {
    await begin();
    set.press(KEY.select);
    tv.follow(roomIn('in-call'));
    set.press(KEY.mute);
    set.press(KEY.red);
    await pass(1_000);
    expect(asked).toEqual([{ name: 'join-call' }, { name: 'set-microphone', on: false }]);
    set.press(KEY.red);
    expect(asked.at(-1)).toEqual({ name: 'leave-call' });
  });

  it('keeps the TV on', async () => {
    set.power = 'on';
    await begin();
    await pass(14 * MINUTE);
    set.press(KEY.volumeUp);
    await pass(14 * MINUTE);
    expect(set.power).toBe('on');
  });
});

describe('the volume', () => {
  it('is the TV’s business where the settings do not give it to the room', async () => {
    await begin();
    tv.follow(roomIn('in-call', { volumePercent: 20 }));
    await pass(10_000);
    expect(set.volume).toBe(50);
  });

  it('is the room’s where they do: once the TV is on, and the last wish wins', async () => {
    await begin({ audio: 'tv' });
    tv.follow(roomIn('idle', { volumePercent: 30 }));
    await pass(5_000);
    expect(set.volume).toBe(50);
    tv.follow(roomIn('in-call', { volumePercent: 30 }));
    await pass(5_000);
    expect(set.volume).toBe(30);
    for (const volumePercent of [35, 40, 45, 50, 55]) tv.follow(roomIn('in-call', { volumePercent }));
    await pass(5_000);
    expect(set.volume).toBe(55);
    expect(set.calls.filter((call) => call.startsWith('setVolume'))).toEqual([
      ...['setVolume 30', 'setVolume 35', 'setVolume 55'],
    ]);
  });

  it('of nothing is a mute, which the next one takes back', async () => {
    await begin({ audio: 'tv' });
    tv.follow(roomIn('in-call', { volumePercent: 30 }));
    await pass(5_000);
    tv.follow(roomIn('in-call', { volumePercent: 0 }));
    await pass(1_000);
    expect(set).toMatchObject({ isMuted: true, volume: 30 });
    tv.follow(roomIn('in-call', { volumePercent: 5 }));
    await pass(1_000);
    expect(set).toMatchObject({ isMuted: false, volume: 5 });
  });

  it('that a TV does not take is no fault, and tried again with the next wish', async () => {
    await begin({ audio: 'tv' });
    tv.follow(roomIn('in-call', { volumePercent: 30 }));
    await pass(5_000);
    set.isSilent = true;
    tv.follow(roomIn('in-call', { volumePercent: 40 }));
    await pass(20_000);
    expect(set.calls.filter((call) => call === 'setVolume 40')).toHaveLength(1);
    expect(tv.status.control).toBe('cec');
  });
});
