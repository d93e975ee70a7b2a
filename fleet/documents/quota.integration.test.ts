/** The quota of all meetings together, as the command line gives it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FleetUnderTest } from '../fleet-under-test.ts';
import { guestOf } from './documents-under-test.ts';
import { ScriptedConverter } from './scripted-converter-under-test.ts';

const HALF_OF_QUOTA = 60_000;
const fleet = new FleetUnderTest('--document-quota-gb', '0.00011');
beforeAll(async () => {
  await fleet.start();
  await new ScriptedConverter(fleet.dataDir).start();
});
afterAll(() => fleet.stop());

test('one meeting finds no room beside another’s documents, until they are pages or gone', async () => {
  const [one, other] = [
    await guestOf(fleet, (await fleet.enrolRoom('One')).meetingId),
    await guestOf(fleet, (await fleet.enrolRoom('Other')).meetingId),
  ];
  const first = await one.upload('first.pptx', Buffer.alloc(HALF_OF_QUOTA));
  await expect.poll(() => one.state(first)).toBe('ready');
  const second = (await one.announce('second.pptx', HALF_OF_QUOTA)).body.document.documentId;
  expect(await other.announce('third.pptx', HALF_OF_QUOTA)).toMatchObject({ status: 413, code: 'quota-exceeded' });
  expect(await other.list()).toEqual([]);
  await one.delete(second);
  expect(await other.announce('third.pptx', HALF_OF_QUOTA)).toMatchObject({ status: 200 });
});
