/** The way to HID devices, as the speakerphone needs it: hid-transport.ts goes it over node-hid, tests in memory. */
import type { ErrorCode } from '#contract/error-codes.ts';
import { z } from '#contract/schema.ts';

/** By what a device is known again: vendor and product, then serial number, then port. Kept over restarts. */
export const DeviceIdentity = z.object({
  vendorId: z.number().int(),
  productId: z.number().int(),
  /** empty where it has none */
  serialNumber: z.string(),
  /** as the kernel names it (HID_PHYS): the same after a restart, another in another socket */
  port: z.string(),
  name: z.string(),
});
export type DeviceIdentity = z.infer<typeof DeviceIdentity>;

export type FoundDevice = DeviceIdentity & {
  /** what `open` takes; may be another device's tomorrow */
  path: string;
  /** another after each plug, of the same device in the same socket too */
  instance: string;
  /** empty where it could not be had, and then there is a problem */
  descriptor: Uint8Array;
  /** null: it can be opened. `why` is for the log. */
  problem: { code: ErrorCode; why: string } | null;
};

export type HidHandlers = {
  /** number first, where the device numbers its reports */
  report: (report: Uint8Array) => void;
  /** once; nothing comes after it. `why` is for the log. */
  gone: (why: string) => void;
};

export type HidConnection = {
  /** @throws where the device is gone, or does not take it */
  write(report: Uint8Array): Promise<void>;
  /** twice is harmless, and so is a device that has gone before */
  close(): Promise<void>;
};

export type HidTransport = {
  /** Everything with a telephony page, malformed or not; nothing else. */
  list(): Promise<FoundDevice[]>;
  open(device: FoundDevice, handlers: HidHandlers): Promise<HidConnection>;
  /** @returns stops it */
  watch(onChange: () => void): () => void;
};
