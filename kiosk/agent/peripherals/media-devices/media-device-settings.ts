/** What IT may say about a room's devices. `{}` is a good setting: the rules of device-policy.ts then decide alone. */
import { MediaDeviceKind } from '#contract/room-equipment.ts';
import { z } from '#contract/schema.ts';

const UsbId = z
  .string()
  .regex(/^[0-9a-fA-F]{4}$/, 'four hexadecimal digits, as lsusb prints them')
  .transform((id) => id.toLowerCase());

/** A device by what its label tells. All that is given has to fit. */
export const DevicePattern = z
  .strictObject({
    /** left out: of every kind */
    kind: MediaDeviceKind.optional(),
    vendorId: UsbId.optional(),
    productId: UsbId.optional(),
    /** a part of the name, in any case; `*` stands for anything between two parts */
    label: z.string().trim().min(1).max(80).optional(),
  })
  .refine(
    ({ vendorId, label }) => vendorId !== undefined || label !== undefined,
    'names neither a vendor nor a label, so that it would fit everything',
  );
export type DevicePattern = z.infer<typeof DevicePattern>;

const Patterns = z.array(DevicePattern).max(40).default([]);

export const MediaDeviceSettings = z.strictObject({
  /** taken before all others, the first before the second; a choice that a person made in the room still wins */
  preferred: Patterns,
  /** HDMI inputs that the rules don't know */
  hdmiInputs: Patterns,
  /** cameras that the rules take for an HDMI input */
  cameras: Patterns,
});
export type MediaDeviceSettings = z.infer<typeof MediaDeviceSettings>;

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
