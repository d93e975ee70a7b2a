/**
 * The way around the kernel: devices that it ignores, over libusb. The descriptor comes from usbhid-dump (Debian's
 * usbutils), because node-hid does not tell it and the kernel never asked for it.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { UsbInterface } from './hid-sysfs.ts';
import type { HidConnection, HidHandlers } from './transport.ts';

export type ToThread = { id: number } & (
  | { type: 'open'; path: string }
  | { type: 'write'; report: Uint8Array }
  | { type: 'close' }
  /** closes what is open, and ends the thread */
  | { type: 'end' }
);
export type FromThread =
  | { type: 'done'; id: number; error: string | null }
  | { type: 'report'; report: Uint8Array }
  | { type: 'gone'; why: string };

const DUMP_TIMEOUT_MS = 5_000;
/** Until a thread that does not end is ended: libusb's own threads may still call into it, which is the process's end. */
const END_TIMEOUT_MS = 3_000;

/** One thread for each device that is open; it ends with it, whatever state libusb is in. */
export async function openByLibusb(path: string, handlers: HidHandlers): Promise<HidConnection> {
  const thread = new Worker(new URL('./libusb-thread.ts', import.meta.url));
  const waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  let lastId = 0;
  let isOver = false;
  const over = (why: string | null): void => {
    if (isOver) return;
    isOver = true;
    for (const { reject } of waiting.values()) reject(new Error(why ?? 'closed'));
    thread.postMessage({ type: 'end', id: 0 } satisfies ToThread);
    const timer = setTimeout(() => void thread.terminate(), END_TIMEOUT_MS);
    thread.once('exit', () => clearTimeout(timer));
    if (why !== null) handlers.gone(why);
  };
  thread.on('message', (message: FromThread) => {
    if (message.type === 'report') handlers.report(message.report);
    else if (message.type === 'gone') over(message.why);
    else {
      const { id, error } = message;
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error === null) asked?.resolve();
      else asked?.reject(new Error(error));
    }
  });
  thread.on('error', (error) => over(String(error)));
  thread.on('exit', () => over('the thread has ended'));
  const ask = (message: { type: 'open'; path: string } | { type: 'write'; report: Uint8Array } | { type: 'close' }) =>
    new Promise<void>((resolve, reject) => {
      if (isOver) return reject(new Error('closed'));
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      thread.postMessage({ ...message, id: lastId } satisfies ToThread);
    });
  try {
    await ask({ type: 'open', path });
  } catch (error) {
    over(null);
    throw error;
  }
  return {
    write: (report) => ask({ type: 'write', report }),
    close: async () => {
      if (isOver) return;
      await ask({ type: 'close' }).catch(() => {});
      over(null);
    },
  };
}

/** @throws where usbhid-dump is not installed, or may not, or the device does not answer */
export async function dumpDescriptor({ busNumber, deviceNumber, interfaceNumber }: UsbInterface): Promise<Uint8Array> {
  const args = ['-a', `${busNumber}:${deviceNumber}`, '-i', String(interfaceNumber), '-e', 'descriptor'];
  const { stdout } = await promisify(execFile)('usbhid-dump', args, { timeout: DUMP_TIMEOUT_MS });
  return readDump(stdout);
}

/** Lines of bytes under one that names bus, device, interface and "DESCRIPTOR". */
export function readDump(dump: string): Uint8Array {
  const lines = dump.split('\n').filter((line) => /^\s*([0-9A-F]{2}\s*)+$/i.test(line));
  return Uint8Array.from(lines.join(' ').trim().split(/\s+/).filter(Boolean), (byte) => Number.parseInt(byte, 16));
}
