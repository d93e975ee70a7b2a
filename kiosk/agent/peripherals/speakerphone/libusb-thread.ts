/**
 * node-hid's other driver, in a thread of its own: node-hid takes one driver for a process, or rather for each of its
 * module instances, and hidraw is the main thread's. Opens one device, writes, tells what comes. Started by
 * libusb-driver.ts.
 */
import { parentPort } from 'node:worker_threads';
import { HIDAsync, setDriverType } from 'node-hid';
import type { FromThread, ToThread } from './libusb-driver.ts';

const port = parentPort;
if (port === null) throw new Error('started by libusb-driver.ts alone');
const tell = (message: FromThread): void => port.postMessage(message);

setDriverType('libusb');
let device: HIDAsync | null = null;

port.on('message', (message: ToThread) => {
  void obey(message).then(
    () => tell({ type: 'done', id: message.id, error: null }),
    (error: unknown) => tell({ type: 'done', id: message.id, error: String(error) }),
  );
});

async function obey(message: ToThread): Promise<void> {
  switch (message.type) {
    case 'open': {
      device = await HIDAsync.open(message.path);
      device.on('data', (report: Buffer) => tell({ type: 'report', report: Uint8Array.from(report) }));
      device.on('error', (why: unknown) => tell({ type: 'gone', why: String(why) }));
      return;
    }
    case 'write':
      await device?.write(Buffer.from(message.report));
      return;
    case 'close':
      await close();
      return;
    case 'end':
      await close().catch(() => {});
      port?.close();
      return;
  }
}

async function close(): Promise<void> {
  const open = device;
  device = null;
  await open?.close();
}
