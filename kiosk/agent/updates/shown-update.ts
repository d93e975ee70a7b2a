/** The projection `update`: what fleet, TV and phones see of a room's update. Pure. */
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import type { NextStep, UpdateFacts } from './update-steps.ts';
import { isPutOff } from './update-steps.ts';

export type ShownUpdate = ProjectionContent<'update'>;

export type Doing = {
  version: string;
  stepSinceMs: number;
  progress: ShownUpdate['progress'];
  restartsAtMs: number | null;
  offersNotNow: boolean;
};

export function shownUpdate(facts: UpdateFacts, next: NextStep, doing: Doing): ShownUpdate {
  const { desired, box, kept } = facts;
  const { release, rolloutId = null, attempt = 0 } = desired ?? { release: null };
  return {
    running: {
      releaseId: box.runningId,
      version: doing.version.slice(0, 40),
      isConfirmed: box.isConfirmed,
    },
    wanted: release && { releaseId: release.releaseId, version: release.version, rolloutId, attempt },
    step: next.step,
    stepSinceMs: doing.stepSinceMs,
    progress: next.step === 'fetch' || next.step === 'verify' ? doing.progress : null,
    waitsFor: next.step === 'wait' ? next.waitsFor : null,
    restartsAtMs: next.step === 'wait' || next.step === 'switch' ? doing.restartsAtMs : null,
    offersNotNow: doing.offersNotNow,
    notNowUntilMs: isPutOff(facts) ? kept.notNow!.untilMs : null,
    failed: kept.failed,
    confirmed: kept.confirmed,
  };
}
