/** `npm run simulate -- --rooms N`: a fleet of simulated rooms, enrolled by the public API, until a signal or for a time. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import { API_TOKEN_PREFIX } from '#contract/http/tokens-api.ts';
import type { RoomIdentity } from '../room/enrol.ts';
import { enrolRooms, type FleetAccess, removeRooms, wordsOf } from './enrol-rooms.ts';
import { KeptRooms } from './kept-rooms.ts';
import { SimulatedFleet } from './simulated-fleet.ts';

const PROGRESS_EVERY_MS = 5_000;
const TOKEN = 'MARU_API_TOKEN';

const help = `A fleet of simulated rooms: each enrols by a claim, has its own TLS connection and certificate, boots, sends heartbeats
and health, holds meetings, fails and recovers. They open no media. For rehearsals, against a server that may be used for it.

  ${TOKEN}=maru_… npm run simulate -- --rooms N [options]

  --rooms N            how many (100)
  --fleet-url URL      the fleet server as browsers reach it (http://127.0.0.1:7400)
  --ca F               its CA (PEM), where it serves with its own
  --place-id ID        rooms are made below this place (the organisation)
  --name WORDS         rooms are called so, with a number (Simulated)
  --folder DIR         where their keys and certificates are kept for the next run (.maru/simulated)
  --faults-per-hour N  of all rooms together (12)
  --failing-updates N  percent of updates that do not prove themselves (0)
  --boot-seconds N     they start within this time (a second for each 100 rooms)
  --minutes N          ends after this long (at Ctrl-C)
  --seed N             of lives and faults (random, printed)
  --remove             removes its rooms from the fleet at the end

The API token, made in the console under your own account, needs "rooms.create", and "rooms.manage" for --remove.`;

const options = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      rooms: { type: 'string', default: '100' },
      'fleet-url': { type: 'string', default: 'http://127.0.0.1:7400' },
      ca: { type: 'string' },
      'place-id': { type: 'string' },
      name: { type: 'string', default: 'Simulated' },
      folder: { type: 'string', default: '.maru/simulated' },
      'faults-per-hour': { type: 'string', default: '12' },
      'failing-updates': { type: 'string', default: '0' },
      'boot-seconds': { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      remove: { type: 'boolean', default: false },
    },
  });
  const { protocol, origin } = readUrl(values['fleet-url']);
  if (values.ca !== undefined && protocol !== 'https:') throw new Error('--ca is for a --fleet-url of https');
  const token = process.env[TOKEN] ?? '';
  if (!token.startsWith(API_TOKEN_PREFIX))
    throw new Error(`${TOKEN} holds no API token: it begins with ${API_TOKEN_PREFIX}`);
  const optional = (name: 'boot-seconds' | 'minutes'): number | null =>
    values[name] === undefined ? null : wholeNumber(name, values[name], 1);
  return {
    rooms: wholeNumber('rooms', values.rooms, 1, 50_000),
    access: {
      fleetUrl: origin,
      headers: { authorization: `Bearer ${token}` },
      ca: values.ca === undefined ? undefined : readFileSync(values.ca, 'utf8'),
    } satisfies FleetAccess,
    placeId: values['place-id'] ?? null,
    name: values.name,
    folder: values.folder,
    faultsPerHour: wholeNumber('faults-per-hour', values['faults-per-hour']),
    failingUpdatesPercent: wholeNumber('failing-updates', values['failing-updates'], 0, 100),
    bootSeconds: optional('boot-seconds'),
    minutes: optional('minutes'),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 32),
    removes: values.remove,
  };
});

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new Error(`--fleet-url is an address as https://maru.example.com, not "${text}"`);
  return url;
}

/** The first signal ends the run, a second one the process. */
const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());
const ended = once(ending.signal, 'abort');
const say = (words: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${words}`);

try {
  await run();
} catch (error) {
  console.error(`The rehearsal ended: ${wordsOf(error)}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { access, folder, seed, rooms: wanted, faultsPerHour, failingUpdatesPercent, bootSeconds, minutes } = options;
  const kept = new KeptRooms({ folder, fleetUrl: access.fleetUrl });
  say(`seed ${seed}, ${wanted} rooms at ${access.fleetUrl}, kept in ${folder}`);
  try {
    await enrolMissing(kept);
    if (ending.signal.aborted) return;
    const epoch = Math.floor(Date.now() / 1_000);
    const rooms = kept.rooms.slice(0, wanted).map((room, at) => ({ ...room, epoch, at }));
    kept.saveBeforeRun();
    const bootWithinMs = bootSeconds === null ? {} : { bootWithinMs: bootSeconds * 1_000 };
    const fleet = new SimulatedFleet({ rooms, seed, faultsPerHour, failingUpdatesPercent, ...bootWithinMs });
    const printing = setInterval(() => printCounts(fleet, rooms.length), PROGRESS_EVERY_MS);
    try {
      const over = minutes === null ? [] : [sleep(minutes * 60_000)];
      await Promise.race([ended, fleet.failed(), ...over]);
    } finally {
      clearInterval(printing);
      say('the rooms say goodbye');
      kept.saveAfterRun(await fleet.stop());
      printCounts(fleet, rooms.length);
    }
  } finally {
    if (options.removes) await remove(kept);
  }
}

async function enrolMissing(kept: KeptRooms): Promise<void> {
  const { access, rooms: wanted, placeId, name } = options;
  const names = Array.from({ length: Math.max(0, wanted - kept.rooms.length) }, (_, n) => {
    return `${name} ${kept.rooms.length + n + 1}`;
  });
  if (names.length === 0) return;
  const printing = setInterval(() => say(`${kept.rooms.length} of ${wanted} enrolled`), PROGRESS_EVERY_MS);
  const onEnrolled = (identity: RoomIdentity): void => void kept.rooms.push({ identity, sequence: 0 });
  try {
    await enrolRooms({ access, names, placeId, onEnrolled, ending: ending.signal });
  } finally {
    clearInterval(printing);
    kept.save();
  }
  say(`${kept.rooms.length} rooms are enrolled`);
}

async function remove(kept: KeptRooms): Promise<void> {
  say(`${kept.rooms.length} rooms are removed`);
  await removeRooms(
    options.access,
    kept.rooms.map(({ identity }) => identity.roomId),
  );
  kept.save([]);
}

function printCounts(fleet: SimulatedFleet, total: number): void {
  const counts = fleet.counts();
  const { online, inCall, faulty, faultCount, acknowledged, slowestAckMs, problems } = counts;
  const wrong = Object.entries(problems).map(([problem, count]) => `, ${count} times "${problem}"`);
  say(
    `${online} of ${total} online, ${inCall} in a call, ${faulty} with a fault (${faultCount} so far), ${acknowledged} messages, ` +
      `the slowest acknowledged after ${Math.round(slowestAckMs)} ms${wrong.join('')}`,
  );
}
