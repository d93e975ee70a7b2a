/** One fault at one instant of one moment: strikes, waits until all is well, and says what was not as promised. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { CallUnderFault } from './call-under-fault.ts';
import { sameness } from './call-under-fault.ts';
import type { Fault } from './faults.ts';
import { ARI, type Moment } from './moments.ts';

/** What is promised in time, as it was: until all is right, until what was begun is done, how long a picture stood. */
export type Timed = { kind: 'right' | 'done' | 'still'; what: string; ms: number; limitMs: number };
export type Struck = {
  fault: Fault;
  moment: Moment;
  instantMs: number;
  times: Timed[];
  /** what was put right last */
  lastWrong: string[];
  /** what no patience excuses */
  problems: string[];
};

/** Nobody waits longer than this for what should take seconds. */
const GIVE_UP_MS = 45_000;
const LASTING_MS = 2_000;
const LOOK_EVERY_MS = 150;
/** What was begun may take so much longer than the fault. */
const SETTLES_MS = 3_000;

/** `stillMs`: a picture that stands for longer is wrong. */
export async function strike(
  call: CallUnderFault,
  { fault, moment, instantMs, stillMs }: { fault: Fault; moment: Moment; instantMs: number; stillMs: number },
): Promise<Struck> {
  const { phone, phonePage } = call;
  const problems: string[] = [];
  const attempt = async (act: () => Promise<unknown>) => {
    try {
      await act();
    } catch (error) {
      problems.push((error as Error).message);
    }
  };
  const wanted = { peerIds: fault.keepsPeerIds, without: ARI.name };
  const before = sameness(phone.state!, wanted);
  const arrived = (await moment.arrives?.(call)) ?? null;
  await call.watch();
  const begun = await moment.begin(call, arrived);
  await sleep(instantMs);
  const hasStruck = await fault.strike(call);
  const overAtMs = performance.now();
  const withLayout = (state: object) => ({ ...state, ...(moment.name === 'switch' ? { layout: null } : {}) });
  const wrongNow = async (): Promise<string[]> => [
    ...(hasStruck(call) ? [] : ['nothing has come in place of what was struck']),
    ...(phone.online ? [] : ['the phone hears no room']),
    ...(isDeepStrictEqual(withLayout(sameness(phone.state!, wanted)), withLayout(before))
      ? []
      : [`the room is ${JSON.stringify(sameness(phone.state!, wanted))}, was ${JSON.stringify(before)}`]),
    ...(await call.standingStill(stillMs)),
  ];
  const settling = attempt(() => begun.settled(GIVE_UP_MS)).then(() => performance.now());
  const { rightAtMs, lastWrong } = await whenLastingly(wrongNow, problems);
  const settledAtMs = await settling;
  // what was begun may have put something wrong after that: then it is done when that is right
  const after = settledAtMs > rightAtMs ? await whenLastingly(wrongNow, problems) : null;
  const doneAtMs = after !== null && after.lastWrong.length > 0 ? after.rightAtMs : settledAtMs;
  const gaps = await call.gaps();
  await attempt(() => phone.command({ name: 'set-volume', percent: phone.state!.volumePercent }));
  await attempt(() => phonePage.button('Unmute microphone').waitFor());
  for (const persona of call.everyone) await attempt(() => persona.expectSamePage());
  const times: Timed[] = [
    {
      kind: 'right' as const,
      what: 'right again',
      ms: rightAtMs - overAtMs,
      limitMs: fault.rightWithinMs + moment.ownMs,
    },
    ...(moment.name === 'quiet'
      ? []
      : [
          {
            kind: 'done' as const,
            what: `${moment.name} done`,
            ms: doneAtMs - overAtMs,
            limitMs: fault.rightWithinMs + moment.lastsMs + SETTLES_MS,
          },
        ]),
    ...gaps.map(({ viewer, seen, longestGapMs }) => ({
      kind: 'still' as const,
      what: `${viewer} saw ${seen} stand still`,
      ms: longestGapMs,
      limitMs: fault.longestGapMs({ viewer, seen }) + moment.ownGapMs({ viewer, seen }),
    })),
  ].map(({ ms, ...timed }) => ({ ...timed, ms: Math.max(0, Math.round(ms)) }));
  await attempt(() => begun.undo());
  return { fault, moment, instantMs, times, lastWrong, problems };
}

/** `patience`: how many times its limit a time may take. */
export function tooLong(times: readonly Timed[], patience: number): string[] {
  return times
    .filter(({ ms, limitMs }) => ms > limitMs * patience)
    .map(({ what, ms, limitMs }) => `${what}: ${ms} ms, ${limitMs * patience} allowed`);
}

/** When nothing was wrong any more, and stayed so: a picture that is still in the decoder's buffer moves for a while. */
async function whenLastingly(
  wrongNow: () => Promise<string[]>,
  problems: string[],
): Promise<{ rightAtMs: number; lastWrong: string[] }> {
  const startedAtMs = performance.now();
  let goodSinceMs: number | null = null;
  let lastWrong: string[] = [];
  for (;;) {
    const nowMs = performance.now();
    const wrong = await wrongNow();
    if (wrong.length > 0) {
      goodSinceMs = null;
      lastWrong = wrong;
    } else goodSinceMs ??= nowMs;
    if (goodSinceMs !== null && nowMs - goodSinceMs > LASTING_MS) return { rightAtMs: goodSinceMs, lastWrong };
    if (nowMs - startedAtMs > GIVE_UP_MS) {
      problems.push(...wrong);
      return { rightAtMs: nowMs, lastWrong };
    }
    await sleep(LOOK_EVERY_MS);
  }
}

export function describeStruck({ fault, moment, instantMs, times, lastWrong, problems }: Struck): string {
  const [right, ...others] = times;
  const longest = others.reduce((most, timed) => (timed.ms > most.ms ? timed : most));
  return `${fault.name} at ${moment.name} +${instantMs} ms: right again after ${right!.ms} ms${lastWrong.length > 0 ? ` (last wrong: ${lastWrong.join('; ')})` : ''}, ${longest.what} ${longest.ms} ms${problems.map((problem) => `\n    ${problem}`).join('')}`;
}
