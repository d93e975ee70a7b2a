/**
 * The call of the TV's page with itself, which a release must hold before it is kept: red by a fault that is planted, and green beside
 * it. Real Chromium; no server but the agent's own.
 */
import type { Browser } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../simulators/chromium.ts';
import type { PlantedDevice } from './planted-devices-page.ts';
import { ScreenAndEquipment } from './screen-and-equipment.ts';

const camera = { kind: 'videoinput', deviceId: 'c', label: 'Logitech BRIO (046d:085e)' } as const;
const microphone = { kind: 'audioinput', deviceId: 'm', label: 'Jabra SPEAK 510 (0b0e:0422)' } as const;
const well = { ...camera, is: { colour: 'blue', number: 4 } } as const;
const hearing = { ...microphone, is: 'hearing' } as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium({ role: 'kiosk' });
});
afterAll(() => browser?.close());

async function faultOf(devices: PlantedDevice[], also: (tv: ScreenAndEquipment) => unknown = () => {}) {
  const tv = await ScreenAndEquipment.open(await browser.newPage(), devices);
  await expect.poll(() => tv.heardOf('media-devices').length).toBeGreaterThan(0);
  await also(tv);
  const proofId = uuidv7();
  tv.perform({ name: 'call-itself', proofId });
  await expect.poll(() => tv.heardOf('called-itself'), { timeout: 60_000 }).toHaveLength(1);
  const [answer] = tv.heardOf('called-itself');
  expect(answer!.proofId).toBe(proofId);
  // lights are out
  await expect.poll(() => tv.openIds(), { timeout: 30_000 }).toEqual([]);
  await tv.close();
  return answer!.fault;
}

test.each<[why: string, devices: PlantedDevice[], fault: string | null | RegExp]>([
  ['picture and sound come back', [well, hearing], null],
  ['a room without a microphone', [well], null],
  ['a room without a camera', [hearing], null],
  ['a room with neither', [], 'neither a camera nor a microphone opens'],
  ['a lens that is covered', [{ ...camera, is: 'black' }, hearing], 'the picture that comes back is black'],
  ['a microphone that is dead', [well, { ...microphone, is: 'silent' }], 'no sound comes back'],
])('%s', async (_, devices, fault) => {
  expect(await faultOf(devices)).toBe(fault);
});

test('is not begun beside a self-test', async () => {
  const testId = uuidv7();
  const fault = await faultOf([well, hearing], (tv) => tv.perform({ name: 'run-self-test', testId, grant: null }));
  expect(fault).toBe('the room is busy');
});
