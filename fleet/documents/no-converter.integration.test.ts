/** A machine on which no document can be converted: people are refused before they upload anything, and IT reads why. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FleetUnderTest } from '../fleet-under-test.ts';
import { guestOf } from './documents-under-test.ts';
import { ScriptedConverter } from './scripted-converter-under-test.ts';

const fleet = new FleetUnderTest();
beforeAll(async () => {
  await fleet.start();
  const converter = new ScriptedConverter(fleet.dataDir);
  converter.whyUnavailable = 'bwrap: No permissions to create new namespace';
  await converter.start();
});
afterAll(() => fleet.stop());

test('a document is refused when it is announced; health and log name the reason, and calls go on', async () => {
  const guest = await guestOf(fleet, (await fleet.enrolRoom('Room')).meetingId);
  const health = async () => (await fleet.api('GET', '/healthz')).body;
  await expect
    .poll(health, { timeout: 10_000 })
    .toEqual({ status: 'ok', problems: ['documents: bwrap: No permissions to create new namespace'] });
  expect(await guest.announce('plan.pptx', 10)).toMatchObject({ status: 503, code: 'converter-unavailable' });
  expect(await guest.list()).toEqual([]);
  expect(fleet.log).toContain('No permissions to create new namespace');
});
