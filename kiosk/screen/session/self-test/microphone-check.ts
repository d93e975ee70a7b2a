/** Does the microphone open, and does it give anything but digital silence: a room is never that quiet. */
import type { Plan } from '#call/capture-device.ts';
import type { GetUserMedia } from '../open-tracks.ts';
import { openEar } from './ear.ts';
import { until } from './until.ts';
import type { Verdict } from './verdict.ts';

const LISTEN_MS = 2_500;
/** Half a step of 16 bits. */
export const LEAST_SAMPLE = 1.5e-5;

export async function checkMicrophone(getUserMedia: GetUserMedia, plan: Plan, signal: AbortSignal): Promise<Verdict> {
  const ear = await openEar(getUserMedia, plan, signal, { fftSize: 2_048 });
  const fromMs = performance.now();
  let heard = false;
  await until(signal, () => {
    heard ||= ear.listen().some((sample) => Math.abs(sample) > LEAST_SAMPLE);
    return heard || performance.now() - fromMs > LISTEN_MS;
  });
  return heard ? 'passed' : 'silent';
}
