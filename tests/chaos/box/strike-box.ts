/**
 * One part of a box killed at one instant of a call's life: the TV must not be dark for longer than the product promises,
 * and the room must be right again: in the call that it was in, as the same peer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoomState } from '#contract/room-state.ts';
import type { Random } from '../../simulators/seeded-random.ts';
import type { BoxUnderFault } from './box-under-fault.ts';

export const PARTS = ['agent', 'screen', 'shell'] as const;
export type Part = (typeof PARTS)[number];
export const MOMENTS = ['idle', 'starting', 'in a call', 'ending'] as const;
export type BoxMoment = (typeof MOMENTS)[number];

export type StruckBox = {
  part: Part;
  moment: BoxMoment;
  instantMs: number;
  longestDarkMs: number;
  rightAfterMs: number;
  problems: string[];
};

const DARK_LIMIT_MS = 5_000;
const RIGHT_WITHIN_MS = 10_000;
const GIVE_UP_MS = 60_000;
/** The last instant of each moment that is struck. */
const LASTS_MS: Record<BoxMoment, number> = { idle: 500, starting: 1_500, 'in a call': 3_000, ending: 800 };

export type StrikeBox = { part: Part; moment: BoxMoment; random: Random; patience: number };

export async function strikeBox(box: BoxUnderFault, { part, moment, random, patience }: StrikeBox): Promise<StruckBox> {
  const { phone, display } = box;
  const instantMs = Math.round(random.between(0, LASTS_MS[moment]));
  const problems: string[] = [];
  await arrange(box, moment);
  const before = phone.state!;
  display.watch();
  if (moment === 'starting') void phone.command({ name: 'join-call' }).catch(() => {});
  if (moment === 'ending') void phone.command({ name: 'end-call' }).catch(() => {});
  await sleep(instantMs);
  const epoch = phone.state!.epoch;
  const pid = part === 'screen' ? box.screenPid() : box.product.pid(part);
  process.kill(pid, 'SIGKILL');
  const struckAtMs = performance.now();
  const wrong = (): string[] => [
    ...(phone.online ? [] : ['the phone hears no room']),
    ...(part === 'agent' && phone.state!.epoch <= epoch ? ['the agent is not another one'] : []),
    ...(phone.state!.notices.includes('screen-missing') ? ['the room has no screen'] : []),
    ...(display.darkness.isDark ? ['the TV is dark'] : []),
    ...wrongPhase(moment, before, phone.state!),
  ];
  let rightSinceMs: number | null = null;
  for (;;) {
    const nowMs = performance.now();
    // a restart of the page is told a moment later than it happens: right is what stays right
    if (wrong().length > 0) rightSinceMs = null;
    else rightSinceMs ??= nowMs;
    if (rightSinceMs !== null && nowMs - rightSinceMs > 3_000) break;
    if (nowMs - struckAtMs > GIVE_UP_MS) {
      problems.push(...wrong());
      break;
    }
    await sleep(50);
  }
  const rightAfterMs = Math.round((rightSinceMs ?? performance.now()) - struckAtMs);
  const { longestDarkMs, frames } = display.darkness;
  if (frames === 0) problems.push('the eye in front of the TV saw nothing');
  if (longestDarkMs > DARK_LIMIT_MS * patience) problems.push(`the TV was dark for ${longestDarkMs} ms`);
  if (rightAfterMs > RIGHT_WITHIN_MS * patience) problems.push(`right again only after ${rightAfterMs} ms`);
  return { part, moment, instantMs, longestDarkMs, rightAfterMs, problems };
}

/** What was begun may have come to its end or have been lost with the part; the room is never stuck in between. */
function wrongPhase(moment: BoxMoment, before: RoomState, now: RoomState): string[] {
  const { phase } = now;
  const allowed: Record<BoxMoment, RoomState['phase']['name'][]> = {
    idle: ['idle'],
    starting: ['idle', 'in-call'],
    'in a call': ['in-call'],
    ending: ['idle', 'ended', 'in-call'],
  };
  if (!allowed[moment].includes(phase.name)) return [`the room is ${phase.name}`];
  if (phase.name !== 'in-call') return [];
  if (phase.connection !== 'connected') return ['the room reconnects'];
  if (moment === 'in a call' && before.phase.name === 'in-call' && before.phase.peerId !== phase.peerId)
    return ['the room is another peer'];
  return [];
}

async function arrange({ phone, ...box }: BoxUnderFault, moment: BoxMoment): Promise<void> {
  void box;
  const until = (met: (state: RoomState) => boolean) => phone.until(met, GIVE_UP_MS);
  const isIn = ({ phase }: RoomState): boolean => phase.name === 'in-call' && phase.connection === 'connected';
  await until(({ phase }) => phase.name !== 'starting' && phase.name !== 'ended' && phase.name !== 'fault');
  if (moment === 'idle' || moment === 'starting') {
    if (phone.state!.phase.name === 'in-call') await phone.command({ name: 'end-call' });
    await until(({ phase }) => phase.name === 'idle');
  } else {
    if (phone.state!.phase.name !== 'in-call') await phone.command({ name: 'join-call' });
    await until(isIn);
  }
}

export function describeStruckBox({
  part,
  moment,
  instantMs,
  longestDarkMs,
  rightAfterMs,
  problems,
}: StruckBox): string {
  return `${part} killed ${moment} +${instantMs} ms: dark for ${longestDarkMs} ms, right after ${rightAfterMs} ms${problems.map((problem) => `\n    ${problem}`).join('')}`;
}
