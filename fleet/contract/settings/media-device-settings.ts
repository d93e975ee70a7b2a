/** Cameras, microphones, speakers and HDMI inputs. `{}` parses: the rules of the kiosk's device-policy.ts then decide alone. */
import { MediaDeviceKind } from '../room-equipment.ts';
import { z } from '../schema.ts';
import { settingsSection } from './setting-field.ts';

const UsbId = z
  .string()
  .regex(/^[0-9a-fA-F]{4}$/, 'four hexadecimal digits, as lsusb prints them')
  .transform((id) => id.toLowerCase());

/** A device by its label. All that is given has to fit. */
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

export const mediaDeviceSettings = settingsSection(MediaDeviceSettings, {
  preferred: { kind: 'device-list' },
  hdmiInputs: { kind: 'local' },
  cameras: { kind: 'local' },
});
