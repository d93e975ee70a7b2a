/** Which of the speakerphones that are plugged in is the room's: the one it was, or after a moment the next best. */
import type { Controls } from './controls.ts';
import type { DeviceIdentity, FoundDevice } from './transport.ts';

/** So long the room waits for the one that it had. */
export const FORMER_AWAITED_MS = 2_000;

export type Candidate = { device: FoundDevice; controls: Controls };

/**
 * @param formerGoneMs how long the former has been away
 * @returns null: none is there, or the former is waited for
 */
export function chooseDevice(
  candidates: readonly Candidate[],
  former: DeviceIdentity | null,
  formerGoneMs: number,
): Candidate | null {
  const [best] = [...candidates].sort(
    (a, b) =>
      likeness(former, b.device) - likeness(former, a.device) ||
      abilities(b) - abilities(a) ||
      a.device.port.localeCompare(b.device.port) ||
      a.device.path.localeCompare(b.device.path),
  );
  if (best === undefined) return null;
  // another of the same model is not the former yet, while that may be on its way back
  const isFormer = former === null || likeness(former, best.device) >= 2;
  return isFormer || formerGoneMs >= FORMER_AWAITED_MS ? best : null;
}

/** 3: the same device, 2: the same model in the same socket, 1: the same model. */
function likeness(former: DeviceIdentity | null, device: DeviceIdentity): 0 | 1 | 2 | 3 {
  if (former === null) return 0;
  if (former.vendorId !== device.vendorId || former.productId !== device.productId) return 0;
  if (former.serialNumber !== '' && former.serialNumber === device.serialNumber) return 3;
  return former.port !== '' && former.port === device.port ? 2 : 1;
}

const abilities = ({ controls }: Candidate): number => controls.inputs.size + controls.lamps.size;

export function identityOf({ vendorId, productId, serialNumber, port, name }: DeviceIdentity): DeviceIdentity {
  return { vendorId, productId, serialNumber, port, name };
}
