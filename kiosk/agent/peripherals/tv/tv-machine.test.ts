import { describe, expect, it } from 'vitest';
import type { TvStatus } from '#contract/room-equipment.ts';
import { ALWAYS_INSIDE, type HoursNow } from './hours.ts';
import { stepTv } from './tv-machine.ts';
import { firstTv, type TvCommand, type TvEvent, type TvState, tvStatusOf } from './tv-state.ts';

const MINUTE = 60_000;
const rules = { idleMs: 15 * MINUTE };

/** A machine with its clock; what it asks for is answered by the test. */
class Bench {
  tv: TvState = firstTv(0);
  nowMs = 0;
  hours: HoursNow = ALWAYS_INSIDE;
  sent: TvCommand[] = [];
  wakeAtMs: number | null = null;

  take(...events: TvEvent[]): this {
    for (const event of events) {
      const { tv, effects } = stepTv(this.tv, event, { nowMs: this.nowMs, hours: this.hours }, rules);
      this.tv = tv;
      for (const effect of effects) {
        if (effect.type === 'wake') this.wakeAtMs = effect.atMs;
        else this.sent.push(effect.command);
      }
    }
    return this;
  }

  /** Lets time pass; at each due time `answer` says what becomes of what is on its way. */
  pass(ms: number, answer: (command: TvCommand) => TvEvent): this {
    const untilMs = this.nowMs + ms;
    for (;;) {
      while (this.tv.inFlight !== null) this.take(answer(this.tv.inFlight));
      if (this.wakeAtMs === null || this.wakeAtMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, this.wakeAtMs);
      this.take({ type: 'wake' });
    }
    this.nowMs = untilMs;
    return this.take({ type: 'wake' });
  }

  /** Since the last time. */
  said(): TvCommand[] {
    return this.sent.splice(0);
  }

  get status(): TvStatus {
    return tvStatusOf(this.tv);
  }
}

const obedient =
  (power: () => 'on' | 'standby' | 'turning-on' | 'turning-off') =>
  (command: TvCommand): TvEvent => {
    if (command === 'ask-power') return { type: 'power-answered', power: power() };
    if (command === 'ask-name') return { type: 'name-answered', name: 'Room TV' };
    return { type: 'done', command };
  };
const silent = (command: TvCommand): TvEvent => ({ type: 'failed', command, why: 'silent' });
const room = (phase: 'idle' | 'starting' | 'in-call' | 'ended' | 'fault'): TvEvent => ({ type: 'room', phase });

/** In standby, idle, known by name. */
function asleep(): Bench {
  const bench = new Bench();
  bench.take(room('idle'), { type: 'adapter-found' }).pass(
    1_000,
    obedient(() => 'standby'),
  );
  bench.said();
  return bench;
}
/** On, idle, since a moment ago. */
function awake(): Bench {
  const bench = asleep();
  bench.take({ type: 'power', power: 'on' });
  bench.said();
  return bench;
}

describe('a call', () => {
  it.each(['starting', 'in-call'] as const)(
    'that is %s turns the TV on and shows us, once it is awake again',
    (phase) => {
      const bench = asleep();
      const onAtMs = bench.nowMs + 6_500;
      bench.take(room(phase)).pass(
        20_000,
        obedient(() => (bench.nowMs < onAtMs ? 'turning-on' : 'on')),
      );
      const said = bench.said();
      expect(said.slice(0, 3)).toEqual(['turn-on', 'make-active-source', 'ask-power']);
      expect(said.filter((command) => command === 'turn-on')).toHaveLength(1);
      expect(said.filter((command) => command === 'make-active-source')).toHaveLength(2);
      expect(said.at(-1)).toBe('make-active-source');
      expect(bench.status).toEqual({ control: 'cec', power: 'on', name: 'Room TV', code: null });
    },
  );

  it('on a TV that is on: one claim does', () => {
    const bench = awake();
    bench.take(room('starting')).pass(
      5_000,
      obedient(() => 'on'),
    );
    expect(bench.said()).toEqual(['turn-on', 'make-active-source', 'ask-power']);
  });

  it('says that it is turning on while it is', () => {
    const bench = asleep();
    bench.take(room('starting')).pass(
      2_000,
      obedient(() => 'standby'),
    );
    expect(bench.status).toMatchObject({ control: 'cec', power: 'turning-on' });
  });

  it('goes from starting to in-call without another order', () => {
    const bench = awake();
    bench.take(room('starting')).pass(
      5_000,
      obedient(() => 'on'),
    );
    bench.said();
    bench.take(room('in-call')).pass(
      30_000,
      obedient(() => 'on'),
    );
    expect(bench.said().filter((command) => command !== 'ask-power')).toEqual([]);
  });

  it('never ends in standby, however long', () => {
    const bench = awake();
    bench.take(room('in-call')).pass(
      10 * 60 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
  });

  it('does not believe the "on" of a TV that was just told to go off', () => {
    const bench = awake();
    bench.pass(
      15 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).toContain('standby');
    const start = bench.nowMs;
    // it says "on" for another second, then goes off all the same, and comes again at the second order
    const power = () => {
      const turned = bench.sent.filter((command) => command === 'turn-on').length > 1;
      if (turned) return 'on';
      return bench.nowMs < start + 1_500 ? 'on' : 'standby';
    };
    bench.take(room('starting')).pass(30_000, obedient(power));
    expect(bench.said().filter((command) => command === 'turn-on')).toHaveLength(2);
    expect(bench.status.power).toBe('on');
  });

  it('that was on before the adapter was there is shown when it comes', () => {
    const bench = new Bench();
    bench.take(room('in-call')).pass(5_000, silent);
    expect(bench.said()).toEqual([]);
    bench.take({ type: 'adapter-found' }).pass(
      5_000,
      obedient(() => 'on'),
    );
    expect(bench.said().slice(0, 2)).toEqual(['turn-on', 'make-active-source']);
  });

  it('gives a TV that tells no power some seconds, and believes it', () => {
    const bench = new Bench();
    const mute = (command: TvCommand): TvEvent =>
      command === 'ask-power' ? { type: 'failed', command, why: 'unsupported' } : obedient(() => 'on')(command);
    bench.take(room('idle'), { type: 'adapter-found' }).pass(2_000, mute);
    bench.said();
    bench.take(room('starting')).pass(20_000, mute);
    const said = bench.said();
    expect(said.slice(0, 4)).toEqual(['turn-on', 'make-active-source', 'ask-power', 'make-active-source']);
    expect(new Set(said.slice(4))).toEqual(new Set(['ask-power']));
    expect(bench.status).toMatchObject({ control: 'cec', power: 'on' });
    bench.take(room('ended'), room('idle')).pass(15 * MINUTE + 2_000, mute);
    expect(bench.said().filter((command) => command !== 'ask-power')).toEqual(['standby']);
    expect(bench.status.power).toBe('standby');
  });

  it('is not believed of a TV that has told its power before, and refuses while it wakes up', () => {
    const bench = asleep();
    const onAtMs = bench.nowMs + 7_000;
    const waking = (command: TvCommand): TvEvent =>
      command === 'ask-power' && bench.nowMs < onAtMs
        ? { type: 'failed', command, why: 'unsupported' }
        : obedient(() => 'on')(command);
    bench.take(room('starting')).pass(5_000, waking);
    expect(bench.status.power).toBe('turning-on');
    bench.pass(5_000, waking);
    expect(bench.status.power).toBe('on');
  });
});

describe('a TV that does not follow', () => {
  it('is ordered again after pauses, then faulty, and still asked, slowly', () => {
    const bench = asleep();
    bench.take(room('in-call')).pass(
      44_000,
      obedient(() => 'standby'),
    );
    const fast = bench.said();
    expect(fast.filter((command) => command === 'turn-on')).toHaveLength(3);
    expect(bench.status).toMatchObject({ control: 'faulty', code: 'tv-not-answering' });
    bench.pass(
      10 * MINUTE,
      obedient(() => 'standby'),
    );
    const slow = bench.said();
    expect(slow.filter((command) => command === 'turn-on').length).toBeGreaterThanOrEqual(7);
    expect(slow.length).toBeLessThan(10 * 16);
    expect(bench.status.control).toBe('faulty');
  });

  it('is well again when somebody has switched it on by hand', () => {
    const bench = asleep();
    bench.take(room('in-call')).pass(
      60_000,
      obedient(() => 'standby'),
    );
    bench.said();
    bench.take({ type: 'power', power: 'on' }).pass(
      1_000,
      obedient(() => 'on'),
    );
    expect(bench.said()).toEqual(['make-active-source']);
    expect(bench.status).toMatchObject({ control: 'cec', power: 'on', code: null });
  });

  it('is faulty when it has fallen silent, until it speaks', () => {
    const bench = asleep();
    bench.take(room('in-call')).pass(10_000, silent);
    expect(bench.said()).toEqual(['turn-on', 'turn-on', 'turn-on']);
    expect(bench.status).toMatchObject({ control: 'faulty', code: 'tv-not-answering' });
    bench.take({ type: 'power', power: 'turning-on' });
    expect(bench.status).toMatchObject({ control: 'cec', power: 'turning-on' });
  });

  it('is no fault where it never said a word', () => {
    const bench = new Bench();
    bench.take(room('idle'), { type: 'adapter-found' }).pass(5 * MINUTE, silent);
    bench.take(room('in-call')).pass(30 * MINUTE, silent);
    expect(bench.status).toEqual({ control: 'none', power: 'unknown', name: null, code: null });
    expect(bench.said().length).toBeLessThan(45);
  });

  it('is no fault yet when its first word comes after it was ordered in vain', () => {
    const bench = new Bench();
    bench.take(room('in-call'), { type: 'adapter-found' }).pass(30_000, silent);
    bench.take({ type: 'key' });
    expect(bench.status).toMatchObject({ control: 'cec', code: null });
  });

  it('is no fault when it is unplugged while nobody needs it', () => {
    const bench = awake();
    bench.pass(4 * MINUTE, silent);
    expect(bench.status).toEqual({ control: 'cec', power: 'unknown', name: 'Room TV', code: null });
  });

  it('is no fault when the adapter goes, and everything is learned anew', () => {
    const bench = awake();
    bench.take({ type: 'adapter-gone' }).pass(5 * MINUTE, silent);
    expect(bench.status).toEqual({ control: 'none', power: 'unknown', name: null, code: null });
    bench.take({ type: 'adapter-found' }).pass(
      1_000,
      obedient(() => 'on'),
    );
    expect(bench.status).toMatchObject({ control: 'cec', power: 'on', name: 'Room TV' });
  });

  it('is not told to go off for ever faster than once a minute', () => {
    const bench = awake();
    bench.pass(
      15 * MINUTE,
      obedient(() => 'on'),
    );
    bench.said();
    bench.pass(
      60 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said().filter((command) => command === 'standby').length).toBeLessThan(60);
    expect(bench.status.control).toBe('faulty');
  });
});

describe('an idle room', () => {
  it('lets the TV go off after its minutes, and sees it do so', () => {
    const bench = awake();
    bench.pass(
      15 * MINUTE - 2_000,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
    const offAtMs = bench.nowMs + 8_000;
    bench.pass(
      20_000,
      obedient(() => (bench.nowMs < offAtMs ? 'turning-off' : 'standby')),
    );
    expect(bench.said().filter((command) => command === 'standby')).toHaveLength(1);
    expect(bench.status).toMatchObject({ control: 'cec', power: 'standby' });
  });

  it('counts from the end of the call, and of its thanks', () => {
    const bench = awake();
    bench.take(room('in-call')).pass(
      60 * MINUTE,
      obedient(() => 'on'),
    );
    bench.take(room('ended')).pass(
      10_000,
      obedient(() => 'on'),
    );
    bench.take(room('idle'));
    bench.said();
    bench.pass(
      14 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
    bench.pass(
      2 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).toContain('standby');
  });

  it('does not turn it off under a fault that people have to read', () => {
    const bench = awake();
    bench.take(room('fault')).pass(
      60 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
  });

  it('gives up telling it to go off as soon as something is on it that people have to read', () => {
    const bench = awake();
    bench.pass(
      16 * MINUTE,
      obedient(() => 'on'),
    );
    bench.said();
    bench.take(room('fault')).pass(
      5 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
  });

  it('leaves a TV alone that shows another device, until it shows us again', () => {
    const bench = awake();
    bench.take({ type: 'source', whose: 'other' }).pass(
      120 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
    bench.take({ type: 'source', whose: 'ours' }).pass(
      16 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).toContain('standby');
  });

  it('counts as shown again after a call has taken the picture, and after the TV was off', () => {
    for (const back of ['call', 'off'] as const) {
      const bench = awake();
      bench.take({ type: 'source', whose: 'other' });
      if (back === 'call') {
        bench.take(room('in-call')).pass(
          10_000,
          obedient(() => 'on'),
        );
        bench.take(room('idle'));
      } else bench.take({ type: 'power', power: 'standby' }, { type: 'power', power: 'on' });
      bench.said();
      bench.pass(
        16 * MINUTE,
        obedient(() => 'on'),
      );
      expect(bench.said()).toContain('standby');
    }
  });

  it('looks once a minute, and sooner while the TV changes', () => {
    const bench = awake();
    bench.pass(
      10 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).toEqual(Array.from({ length: 10 }, () => 'ask-power'));
    bench.take({ type: 'power', power: 'turning-off' }).pass(
      5_000,
      obedient(() => 'standby'),
    );
    expect(bench.said()).toEqual(['ask-power']);
  });

  it('asks again soon where one answer was lost, and not for ever', () => {
    const bench = new Bench();
    bench.take(room('idle'), { type: 'adapter-found' }).pass(0, silent);
    bench.pass(
      6_000,
      obedient(() => 'on'),
    );
    expect(bench.status).toMatchObject({ control: 'cec', power: 'on' });
    bench.said();
    bench.pass(10 * MINUTE, silent);
    expect(bench.said().length).toBeLessThanOrEqual(12);
  });
});

describe('a person', () => {
  it('who switches it off in an idle room is not contradicted', () => {
    const bench = awake();
    bench.take({ type: 'power', power: 'standby' }).pass(
      120 * MINUTE,
      obedient(() => 'standby'),
    );
    expect(new Set(bench.said())).toEqual(new Set(['ask-power']));
  });

  it('who switches it off in a call is not contradicted, until the next one starts', () => {
    const bench = awake();
    bench.take(room('in-call')).pass(
      60_000,
      obedient(() => 'on'),
    );
    bench.said();
    bench.take({ type: 'power', power: 'standby' }).pass(
      30 * MINUTE,
      obedient(() => 'standby'),
    );
    expect(bench.said()).not.toContain('turn-on');
    bench.take(room('ended'), room('idle'), room('starting'));
    expect(bench.said()).toContain('turn-on');
  });

  it('who switches it on is left alone for the idle minutes, seen by a look or told', () => {
    const bench = asleep();
    bench.pass(
      120 * MINUTE,
      obedient(() => 'standby'),
    );
    bench.said();
    bench.pass(
      15 * MINUTE - 1_000,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
    bench.pass(
      2 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).toContain('standby');
  });

  it('who holds the remote control keeps it on', () => {
    const bench = awake();
    for (let minute = 0; minute < 60; minute += 10) {
      bench.take({ type: 'key' }).pass(
        10 * MINUTE,
        obedient(() => 'on'),
      );
    }
    expect(bench.said()).not.toContain('standby');
  });

  it('who calls it back while it goes off is obeyed', () => {
    const bench = awake();
    bench.pass(
      15 * MINUTE - 2_000,
      obedient(() => 'on'),
    );
    bench.pass(
      4_000,
      obedient(() => 'turning-off'),
    );
    expect(bench.said()).toContain('standby');
    bench.pass(
      10 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
  });
});

describe('hours', () => {
  const HOUR = 60 * MINUTE;

  it('switch an idle TV off when they end, with a grace for who is just leaving', () => {
    const bench = awake();
    bench.hours = { inside: true, sinceMs: -HOUR, untilMs: bench.nowMs + 5 * MINUTE };
    bench.pass(
      5 * MINUTE - 1_000,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
    bench.pass(
      1_500,
      obedient(() => 'standby'),
    );
    expect(bench.said()).toContain('standby');

    const leaving = awake();
    const endMs = leaving.nowMs + 5 * MINUTE;
    leaving.hours = { inside: true, sinceMs: -HOUR, untilMs: endMs };
    leaving
      .pass(
        5 * MINUTE - 30_000,
        obedient(() => 'on'),
      )
      .take({ type: 'key' });
    leaving.pass(
      60_000,
      obedient(() => 'on'),
    );
    expect(leaving.said()).not.toContain('standby');
    leaving.pass(
      2 * MINUTE,
      obedient(() => 'on'),
    );
    expect(leaving.said()).toContain('standby');
  });

  it('outside of them a TV that is switched on by hand stays for the idle minutes', () => {
    const bench = asleep();
    bench.hours = { inside: false, sinceMs: bench.nowMs, untilMs: bench.nowMs + 12 * HOUR };
    bench.pass(
      HOUR,
      obedient(() => 'standby'),
    );
    bench.take({ type: 'power', power: 'on' });
    bench.said();
    bench.pass(
      14 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
    bench.pass(
      2 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said()).toContain('standby');
  });

  it('do not end a call', () => {
    const bench = awake();
    bench.hours = { inside: true, sinceMs: -HOUR, untilMs: bench.nowMs + 5 * MINUTE };
    bench.take(room('in-call')).pass(
      6 * MINUTE,
      obedient(() => 'on'),
    );
    bench.hours = { inside: false, sinceMs: bench.nowMs - MINUTE, untilMs: bench.nowMs + 12 * HOUR };
    bench.pass(
      2 * HOUR,
      obedient(() => 'on'),
    );
    expect(bench.said()).not.toContain('standby');
  });
});

describe('a TV that says nothing while it is off', () => {
  const onThenIdle = () => {
    const bench = new Bench();
    bench.take({ type: 'room', phase: 'idle' }, { type: 'adapter-found' });
    bench
      .pass(
        MINUTE,
        obedient(() => 'on'),
      )
      .said();
    return bench;
  };

  it('is told to go off once, and is off as far as anybody knows', () => {
    const bench = onThenIdle();
    let orderedAtMs: number | null = null;
    const answer = (command: TvCommand): TvEvent => {
      if (command === 'standby') orderedAtMs = bench.nowMs;
      // it says for six seconds what it was before
      const isOff = orderedAtMs !== null && bench.nowMs - orderedAtMs > 6_000;
      return isOff ? silent(command) : obedient(() => 'on')(command);
    };
    bench.pass(75 * MINUTE, answer);
    expect(bench.said().filter((command) => command === 'standby')).toHaveLength(1);
    expect(bench.status).toMatchObject({ control: 'cec', power: 'standby', code: null });
  });

  it('is told again where it still speaks and stays on', () => {
    const bench = onThenIdle();
    bench.pass(
      20 * MINUTE,
      obedient(() => 'on'),
    );
    expect(bench.said().filter((command) => command === 'standby').length).toBeGreaterThan(2);
    expect(bench.status).toMatchObject({ control: 'faulty' });
  });

  it('that does not take the order either is left alone after three, and looked at', () => {
    const bench = onThenIdle();
    bench.pass(75 * MINUTE, (command) => (bench.nowMs < 10 * MINUTE ? obedient(() => 'on')(command) : silent(command)));
    const said = bench.said();
    expect(said.filter((command) => command === 'standby').length).toBeLessThanOrEqual(3);
    expect(said.filter((command) => command === 'ask-power').length).toBeGreaterThan(30);
    expect(bench.status).toMatchObject({ control: 'cec', code: null });
  });

  it('comes on for the next call', () => {
    const bench = onThenIdle();
    let isOff = false;
    const answer = (command: TvCommand): TvEvent => {
      if (command === 'standby') isOff = true;
      if (command === 'turn-on') isOff = false;
      return isOff && command !== 'standby' ? silent(command) : obedient(() => 'on')(command);
    };
    bench.pass(30 * MINUTE, answer).said();
    bench.take({ type: 'room', phase: 'starting' }).pass(MINUTE, answer);
    expect(bench.said()).toContain('turn-on');
    expect(bench.status).toMatchObject({ control: 'cec', power: 'on' });
  });
});

describe('a claim of the picture that could not be sent', () => {
  /** no place is known for so long after the order: the display tells none while it wakes up */
  const waking = (bench: Bench, withoutPlaceMs: number) => {
    let orderedAtMs: number | null = null;
    return (command: TvCommand): TvEvent => {
      if (command === 'turn-on') orderedAtMs = bench.nowMs;
      const isAwake = orderedAtMs !== null;
      if (command === 'make-active-source' && bench.nowMs - (orderedAtMs ?? bench.nowMs) < withoutPlaceMs)
        return silent(command);
      return obedient(() => (isAwake ? 'on' : 'standby'))(command);
    };
  };
  const startOf = (withoutPlaceMs: number) => {
    const bench = new Bench();
    const answer = waking(bench, withoutPlaceMs);
    bench.take({ type: 'room', phase: 'idle' }, { type: 'adapter-found' });
    bench.pass(MINUTE, answer).said();
    bench.take({ type: 'room', phase: 'starting' });
    return { bench, answer };
  };

  it('is sent as soon as it can be', () => {
    const { bench, answer } = startOf(4_000);
    bench.pass(MINUTE, answer);
    const claims = bench.said().filter((command) => command === 'make-active-source');
    expect(claims.length).toBeGreaterThanOrEqual(2);
    expect(bench.tv.goal).toBeNull();
    expect(bench.status).toMatchObject({ control: 'cec', power: 'on' });
  });

  it('is a fault that is seen, until it was sent', () => {
    const { bench, answer } = startOf(5 * MINUTE);
    bench.pass(2 * MINUTE, answer);
    expect(bench.status).toMatchObject({ control: 'faulty', code: 'tv-not-answering' });
    bench.pass(5 * MINUTE, answer);
    expect(bench.status).toMatchObject({ control: 'cec', power: 'on', code: null });
  });

  it('is given up when a person switches the TV off, and with the call', () => {
    const { bench, answer } = startOf(60 * MINUTE);
    bench.pass(MINUTE, answer).take({ type: 'power', power: 'standby' });
    expect(bench.tv.goal).toBeNull();
    const other = startOf(60 * MINUTE);
    other.bench.pass(MINUTE, other.answer).take({ type: 'room', phase: 'idle' });
    expect(other.bench.tv.goal).toBeNull();
  });
});
