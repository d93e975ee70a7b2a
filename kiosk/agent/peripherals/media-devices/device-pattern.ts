/** Whether a device is the one that a pattern of the settings names. */
import type { MediaDeviceKind } from '#contract/room-equipment.ts';
import type { DevicePattern } from '#contract/settings/media-device-settings.ts';

export function fits(
  pattern: DevicePattern,
  device: { kind: MediaDeviceKind; vendorId: string | null; productId: string | null; name: string },
): boolean {
  if (pattern.kind !== undefined && pattern.kind !== device.kind) return false;
  if (pattern.vendorId !== undefined && pattern.vendorId !== device.vendorId) return false;
  if (pattern.productId !== undefined && pattern.productId !== device.productId) return false;
  return pattern.label === undefined || hasParts(device.name, pattern.label);
}

/** The parts between the stars, in this order. */
function hasParts(name: string, pattern: string): boolean {
  const text = name.toLowerCase();
  let from = 0;
  for (const part of pattern.toLowerCase().split('*')) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return true;
}
