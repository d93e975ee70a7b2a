/** One fault at one instant of one moment: strikes, waits until all is well, and says what was not as promised. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { CallUnderFault, Gap } from './call-under-fault.ts';
import { sameness } from './call-under-fault.ts';
import { type Fault, UNTOUCHED_MS } from './faults.ts';
import { ARI, type Moment } from './moments.ts';

export type Struck = {
  fault: Fault;
  moment: Moment;
  instantMs: number;
  gaps: Gap[];
  rightAfterMs: number;
  /** what was put right last */
  lastWrong: string[];
  problems: string[];
};

/** Nobody waits longer than this for what should take seconds. */
const GIVE_UP_MS = 45_000;
/** As long as the product's faults may let a picture stand that they do not concern; a patient judge waits longer. */
const stillMs = (patience: number): number => Math.max(UNTOUCHED_MS, 500 * patience);
const LASTING_MS = 2_000;

/**
 * `patience`: how many times its limit a time may take before it counts as a problem. A suite on a shared machine takes
 * 3, a judge takes 1.
 */
export async function strike(
  call: CallUnderFault,
  { fault, moment, instantMs, patience }: { fault: Fault; moment: Moment; instantMs: number; patience: number },
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
    ...(await call.standingStill(stillMs(patience))),
  ];
  await attempt(() => begun.settled(GIVE_UP_MS));
  const { rightAtMs, lastWrong } = await whenLastingly(wrongNow, problems);
  const rightAfterMs = Math.max(0, Math.round(rightAtMs - overAtMs));
  const gaps = await call.gaps();
  await attempt(() => phone.command({ name: 'set-volume', percent: phone.state!.volumePercent }));
  await attempt(() => phonePage.button('Unmute microphone').waitFor());
  for (const persona of call.everyone) await attempt(() => persona.expectSamePage());
  for (const { viewer, seen, longestGapMs } of gaps) {
    const limitMs = (fault.longestGapMs({ viewer, seen }) + moment.ownGapMs({ viewer, seen })) * patience;
    if (longestGapMs > limitMs)
      problems.push(`${viewer} saw ${seen} stand still for ${longestGapMs} ms, ${limitMs} allowed`);
  }
  const limitMs = (fault.rightWithinMs + (moment.name === 'quiet' ? 0 : moment.lastsMs + 3_000)) * patience;
  if (rightAfterMs > limitMs) problems.push(`right again after ${rightAfterMs} ms, ${limitMs} allowed`);
  await attempt(() => begun.undo());
  return { fault, moment, instantMs, gaps, rightAfterMs, lastWrong, problems };
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
    await sleep(100);
  }
}

export function describeStruck({ fault, moment, instantMs, gaps, rightAfterMs, lastWrong, problems }: Struck): string {
  const longest = gaps.reduce((most, gap) => (gap.longestGapMs > most.longestGapMs ? gap : most), {
    viewer: '',
    seen: '',
    longestGapMs: 0,
  });
  return `${fault.name} at ${moment.name} +${instantMs} ms: right after ${rightAfterMs} ms${lastWrong.length > 0 ? ` (last wrong: ${lastWrong.join('; ')})` : ''}, longest stillness ${longest.longestGapMs} ms (${longest.viewer} saw ${longest.seen})${problems.map((problem) => `\n    ${problem}`).join('')}`;
}
