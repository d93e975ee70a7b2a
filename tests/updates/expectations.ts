/** What a box looks like after an update, in sentences that name what is otherwise. */
import type { Behaviour } from './test-releases.ts';
import type { Seen } from './trial.ts';

/** What expectations need to know of the releases that a case names. */
export type KnownReleases = {
  old: { releaseId: string };
  releases: Partial<Record<Behaviour, { releaseId: string; target: string }>>;
};

/** Unattended, from the switch until the former release serves again; time without power does not count. */
const RETURNED_WITHIN_S = 300;

/** @throws Error that lists all that is not as it should be, with all that the guest printed */
function need(seen: Seen, wrong: readonly (string | false)[]): void {
  const found = wrong.filter((each) => each !== false);
  if (found.length > 0) throw new Error(`${found.join('; ')}\n${seen.log}`);
}

/** Old or new, whole, serving, and no trial left over. */
function wrongOfWhole(seen: Seen, releaseIds: readonly string[]): (string | false)[] {
  const { running, serves, agent, screen, isOnTrial, mixed, failedUnits, slots } = seen;
  return [
    !releaseIds.includes(running) && `${running} runs`,
    serves !== running && `${serves || 'nothing'} serves, and ${running} runs`,
    agent !== 'active' && `the agent is ${agent}`,
    screen !== 'active' && screen !== 'nowhere' && `the screen is ${screen}`,
    isOnTrial && 'it is on trial still',
    mixed.length > 0 && `of another release: ${mixed.join(', ')}`,
    failedUnits.length > 0 && `failed: ${failedUnits.join(', ')}`,
    !slots.includes(running) && 'the slot that runs is not there',
  ];
}

/** The room runs the release, and has confirmed it. */
export function expectConfirmed(seen: Seen, known: KnownReleases, behaviour: Behaviour): void {
  const { releaseId } = known.releases[behaviour]!;
  need(seen, [
    seen.confirmed !== releaseId && `confirmed is ${seen.confirmed || 'nothing'}`,
    seen.slots.length > 2 && `slots are ${seen.slots.join(', ')}`,
    ...wrongOfWhole(seen, [releaseId]),
  ]);
}

/** The former release runs again, soon, and the reason is kept in words. */
export function expectReturned(
  seen: Seen,
  known: KnownReleases,
  behaviour: Behaviour,
  failure: 'proof-failed' | 'not-proven-in-time' | 'interrupted',
  check = '',
): void {
  const { releaseId } = known.releases[behaviour]!;
  const { returned, detail, confirmed, fromSwitchS } = seen;
  need(seen, [
    ...wrongOfWhole(seen, [known.old.releaseId]),
    returned.release !== releaseId && `returned is ${returned.release || 'nothing'}`,
    returned.failure !== failure && `the failure is ${returned.failure || 'nothing'}`,
    returned.check !== check && `the check is ${returned.check || 'none'}`,
    detail === '' && 'no reason is kept',
    confirmed === releaseId && 'it is confirmed',
    !(fromSwitchS !== null && fromSwitchS < RETURNED_WITHIN_S) && `it took ${fromSwitchS} s`,
  ]);
}

/** Root's updater refuses the same attempt. */
export function expectHeld(seen: Seen, known: KnownReleases): void {
  const [answer = 'none'] = seen.answers;
  need(seen, [
    !/^(place|switch) failed .*it was returned/.test(seen.answers.at(-1) ?? '') && `the updater answered ${answer}`,
    ...wrongOfWhole(seen, [known.old.releaseId]),
  ]);
}

export function expectSame(seen: Seen, before: Seen): void {
  need(seen, [
    seen.confirmed !== before.confirmed && `confirmed is ${seen.confirmed}`,
    seen.slots.join() !== before.slots.join() && `slots are ${seen.slots.join(', ')}`,
    ...wrongOfWhole(seen, [before.running]),
  ]);
}

/** Of a box whose trial was cut off again and again: either release, whole. */
export function expectWhole(seen: Seen, known: KnownReleases, behaviour: Behaviour): void {
  const { releaseId } = known.releases[behaviour]!;
  const isHeld = seen.running !== releaseId && !['', 'interrupted'].includes(seen.returned.failure);
  need(seen, [
    ...wrongOfWhole(seen, [known.old.releaseId, releaseId]),
    isHeld && `it is held: ${seen.returned.failure}`,
  ]);
}
