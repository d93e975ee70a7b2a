/** A few seeded kills of `npm run chaos:fleet`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FleetUnderKills } from './fleet-under-kills.ts';
import { lostInTheFleet } from './lost-in-the-fleet.ts';

const SEED = Number(process.env.MARU_SEED ?? 20_261_129);
const KILLS = 3;

describe(`a fleet server that is killed while rooms report and an administrator works (seed ${SEED})`, () => {
  let fleet: FleetUnderKills;
  beforeAll(async () => {
    fleet = await FleetUnderKills.start(SEED);
  });
  afterAll(() => fleet?.close());

  test('nothing that it acknowledged is lost or there twice, and its audit log is whole', async () => {
    for (let kill = 0; kill < KILLS; kill += 1) await fleet.killOnce();
    const acknowledged = await fleet.settle();
    await fleet.stopServer();
    expect([...acknowledged.events.values()].flat().length).toBeGreaterThan(30);
    expect(acknowledged.console.settings.size).toBeGreaterThan(3);
    expect(acknowledged.console.rooms.size).toBeGreaterThan(3);
    expect(acknowledged.console.notes.size).toBeGreaterThan(0);
    expect(acknowledged.episodes.alertIds.length).toBeGreaterThan(0);
    expect(await lostInTheFleet(fleet.server.dataDir, acknowledged)).toEqual([]);
  });
});
