/**
 * How long a room's agent is away in an update, as a ratio to a plain restart of the same units: what units, updater and guard add. Agent and
 * screen are the guest's small programs, so the time that a real one needs to start is in neither. For `npm run bench -- update`.
 */
import { expectConfirmed } from './expectations.ts';
import { installedBox } from './installed-box.ts';
import { TrialBox } from './trial.ts';

export type Outage = { updateS: number; restartS: number; ratio: number };

/** @throws NoGuestHere, and Error where the update failed */
export async function measureOutage(progress: (line: string) => void): Promise<Outage> {
  const installed = await installedBox(progress);
  const box = new TrialBox(installed);
  try {
    const updated = await box.update('good');
    expectConfirmed(updated, installed, 'good');
    const restarted = await box.look({ restarts: true });
    const { outageS: updateS } = updated;
    const { outageS: restartS } = restarted;
    if (!(updateS > 0 && restartS > 0)) throw new Error(`no outage was seen\n${updated.log}\n${restarted.log}`);
    return { updateS, restartS, ratio: updateS / restartS };
  } finally {
    box.remove();
  }
}
