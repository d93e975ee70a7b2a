/** `npm run chaos:fleet -- --kills N --seed S`: the fleet server killed at seeded moments under load, and what it had acknowledged. */
import { parseArgs } from 'node:util';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import { FleetUnderKills } from './fleet-under-kills.ts';
import { lostInTheFleet } from './lost-in-the-fleet.ts';

const help = `Kills the fleet server at seeded moments, while simulated rooms report and an administrator works.

  npm run chaos:fleet -- [options]

  --kills N  how often (100)
  --seed N   when, and what happens (random, printed)

Then all that was acknowledged (events, calls for help, settings, new rooms, acknowledged alerts) is looked for in the databases,
with the audit log's chain, and one alert for each fault. Ends with 1 where anything is lost or there twice.`;

const { kills, seed } = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  return { kills: wholeNumber('kills', values.kills, 1), seed: wholeNumber('seed', values.seed, 0, 2 ** 32) };
});
console.log(`seed ${seed}`);
const fleet = await FleetUnderKills.start(seed);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void fleet.close().then(() => process.exit(1)));
let problems: string[];
try {
  while (fleet.killCount < kills) {
    const afterMs = await fleet.killOnce();
    console.log(`${new Date().toISOString().slice(11, 19)} kill ${fleet.killCount} of ${kills}, after ${afterMs} ms`);
  }
  const acknowledged = await fleet.settle();
  await fleet.stopServer();
  const { events, helpIds, console: writes, episodes } = acknowledged;
  console.log(
    `acknowledged: ${[...events.values()].flat().length} events, ${helpIds.length} calls for help, ${writes.settings.size} changes ` +
      `of settings, ${writes.rooms.size} rooms, ${writes.notes.size} alerts; ${episodes.alertIds.length} episodes of a fault`,
  );
  problems = await lostInTheFleet(fleet.server.dataDir, acknowledged);
} finally {
  await fleet.close();
}
for (const problem of problems) console.log(`FAIL ${problem}`);
console.log(`${kills} kills, ${problems.length} problems, seed ${seed}`);
process.exit(problems.length > 0 ? 1 : 0);
