/**
 * The thin edge over node-hid and the kernel: lists devices with a telephony page, opens one, watches for plugs. A device
 * that the kernel refuses is listed with its problem.
 */
import { type FSWatcher, watch } from 'node:fs';
import { type Device, devicesAsync, HIDAsync, setDriverType } from 'node-hid';
import type { Logger } from 'pino';
import { cutText, shownText } from '#contract/shown-text.ts';
import { TELEPHONY_PAGE } from './controls.ts';
import { itemsOf } from './descriptor-items.ts';
import { HidSysfs } from './hid-sysfs.ts';
import type { FoundDevice, HidConnection, HidHandlers, HidTransport } from './transport.ts';

/** A device without a node that is younger than this is one that the kernel is still looking at. */
const REFUSED_AFTER_MS = 1_000;
const SETTLE_MS = 30;
const UNREADABLE = { code: 'device-malformed', why: 'the kernel can not read its descriptor' } as const;
const NO_MODULE = { code: 'device-unsupported', why: 'the kernel module for its vendor is not loaded' } as const;
const OLD_FIRMWARE = { code: 'device-unsupported', why: 'the kernel ignores this firmware: update it' } as const;

export type NodeHidTransportOptions = { logger: Logger; sysfs?: HidSysfs; devFolder?: string };

export class NodeHidTransport implements HidTransport {
  readonly #logger: Logger;
  readonly #sysfs: HidSysfs;
  readonly #devFolder: string;
  /** those that were seen to be speakerphones */
  readonly #models = new Set<string>();
  /** by instance */
  readonly #refusedSinceMs = new Map<string, number>();

  constructor({ logger, sysfs = new HidSysfs(), devFolder = '/dev' }: NodeHidTransportOptions) {
    this.#logger = logger;
    this.#sysfs = sysfs;
    this.#devFolder = devFolder;
  }

  async list(): Promise<FoundDevice[]> {
    // for the whole process, and before the first call
    setDriverType('hidraw');
    const [ofNodes, refused, outdated] = await Promise.all([this.#ofNodes(), this.#refused(), this.#outdated()]);
    return [...ofNodes, ...refused, ...outdated].map((device) => ({ ...device, name: nameOf(device) }));
  }

  open(device: FoundDevice, handlers: HidHandlers): Promise<HidConnection> {
    return openHidraw(device.path, handlers);
  }

  watch(onChange: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    let watcher: FSWatcher | null = null;
    const changed = (_event: string, name: string | Buffer | null) => {
      if (!String(name).startsWith('hidraw')) return;
      // the node comes before its owner and its place in /sys
      clearTimeout(timer);
      timer = setTimeout(onChange, SETTLE_MS);
    };
    try {
      watcher = watch(this.#devFolder, changed);
      watcher.on('error', (error) => this.#logger.warn({ err: error }, 'plugs are only polled for'));
    } catch (error) {
      this.#logger.warn({ err: error }, 'plugs are only polled for');
    }
    return () => {
      clearTimeout(timer);
      watcher?.close();
    };
  }

  /** All collections of a device share one node: one entry for each path, if any of them is of telephony. */
  async #ofNodes(): Promise<FoundDevice[]> {
    const nodes = new Map<string, Device>();
    for (const device of await devicesAsync()) {
      if (device.path !== undefined && device.usagePage === TELEPHONY_PAGE) nodes.set(device.path, device);
    }
    const found = await Promise.all(
      [...nodes].map(async ([path, { vendorId, productId, serialNumber = '', product = '' }]) => {
        const kernel = await this.#sysfs.ofHidraw(path).catch(() => null);
        // unplugged since it was listed
        if (kernel === null) return [];
        this.#models.add(modelOf({ vendorId, productId }));
        return [{ path, vendorId, productId, serialNumber, name: product, problem: null, ...kernel }];
      }),
    );
    return found.flat();
  }

  async #refused(): Promise<FoundDevice[]> {
    const devices = (await this.#sysfs.withoutNode()).filter(
      (device) =>
        mentionsTelephony(device.descriptor) ||
        // nothing can be read of it: a speakerphone if it was one before, or is a sound card as well
        (device.descriptor.length === 0 && (device.hasSound || this.#models.has(modelOf(device)))),
    );
    return older(devices, this.#refusedSinceMs).map(({ hasSound, isDriverMissing, ...device }) => ({
      ...device,
      problem: isDriverMissing ? NO_MODULE : UNREADABLE,
    }));
  }

  async #outdated(): Promise<FoundDevice[]> {
    const devices = await this.#sysfs.withOldFirmware();
    return devices.map((device) => ({ ...device, descriptor: new Uint8Array(), problem: OLD_FIRMWARE }));
  }
}

/** Those that have been as they are for longer than the kernel needs to make a node. */
function older<T extends { instance: string }>(devices: T[], sinceMs: Map<string, number>): T[] {
  keepOnly(sinceMs, devices);
  const nowMs = performance.now();
  for (const { instance } of devices) if (!sinceMs.has(instance)) sinceMs.set(instance, nowMs);
  return devices.filter(({ instance }) => nowMs - (sinceMs.get(instance) ?? nowMs) >= REFUSED_AFTER_MS);
}

function keepOnly(map: Map<string, unknown>, devices: readonly { instance: string }[]): void {
  const present = new Set(devices.map(({ instance }) => instance));
  for (const instance of map.keys()) if (!present.has(instance)) map.delete(instance);
}

async function openHidraw(path: string, handlers: HidHandlers): Promise<HidConnection> {
  const device = await HIDAsync.open(path);
  let isClosed = false;
  let isGone = false;
  // a string, not an Error
  device.on('error', (why: unknown) => {
    if (isClosed || isGone) return;
    isGone = true;
    handlers.gone(String(why));
  });
  device.on('data', (report: Buffer) => {
    if (!isClosed && !isGone) handlers.report(report);
  });
  return {
    write: async (report) => {
      if (isClosed || isGone) throw new Error('closed');
      await device.write(Buffer.from(report));
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await device.close();
    },
  };
}

const modelOf = ({ vendorId, productId }: Pick<FoundDevice, 'vendorId' | 'productId'>): string =>
  `${vendorId}:${productId}`;

/** As far as it can be read at all. */
function mentionsTelephony(descriptor: Uint8Array): boolean {
  try {
    for (const { type, tag, unsigned } of itemsOf(descriptor)) {
      if (type === 'global' && tag === 0 && unsigned === TELEPHONY_PAGE) return true;
    }
  } catch {
    // cut short: what came before did not
  }
  return false;
}

/** What a device calls itself is shown on screens and in logs. */
function nameOf({ name, vendorId, productId }: FoundDevice): string {
  const hex = (number: number) => number.toString(16).padStart(4, '0');
  const clean = cutText(shownText(name), { units: 120, bytes: 240 });
  return clean === '' ? `USB ${hex(vendorId)}:${hex(productId)}` : clean;
}
