/**
 * What has to hold of an update on a box with systemd. Each case has a box of its own. A report of others' users that a case answers is
 * named in its title.
 */
import { seededRandom } from '../simulators/seeded-random.ts';
import { expectConfirmed, expectHeld, expectReturned, expectSame, expectWhole } from './expectations.ts';
import type { InstalledBox } from './installed-box.ts';
import type { Behaviour } from './test-releases.ts';
import { TrialBox } from './trial.ts';

export type UpdateCase = {
  name: string;
  /** in `npm test` too */
  isInSuite: boolean;
  /** @throws Error saying what is otherwise, with all that the guest printed */
  run: (installed: InstalledBox) => Promise<void>;
};

const SEED = 17;
const POWER_CUTS = 40;
/** From the order to place until the release is confirmed, of the guest's clock; measured, with a little more. */
const WHOLE_UPDATE_S = 45;
const CUTS_IN_BOOT = 20;
/** From its first process to the end of a boot. */
const BOOT_S = { from: 0.5, to: 9 };
const HEALTHY_REBOOTS = 100;

const inBox = (name: string, run: (box: TrialBox, installed: InstalledBox) => Promise<void>, isInSuite = false) => ({
  name,
  isInSuite,
  run: async (installed: InstalledBox) => {
    const box = new TrialBox(installed);
    try {
      await run(box, installed);
    } finally {
      box.remove();
    }
  },
});

type Failure = Parameters<typeof expectReturned>[3];
const broken: { behaviour: Behaviour; what: string; failure: Failure; check?: string; isInSuite?: boolean }[] = [
  { behaviour: 'crash', what: 'crashes', failure: 'not-proven-in-time' },
  { behaviour: 'hang', what: 'hangs', failure: 'not-proven-in-time', isInSuite: true },
  {
    behaviour: 'black-screen',
    what: 'has a black screen (home-assistant/operating-system#2870: the reason is kept in words)',
    failure: 'proof-failed',
    check: 'screen',
    isInSuite: true,
  },
  { behaviour: 'no-camera', what: 'has no camera', failure: 'proof-failed', check: 'camera' },
  { behaviour: 'no-sound', what: 'has no sound', failure: 'proof-failed', check: 'speaker' },
  { behaviour: 'no-network', what: 'has no network', failure: 'proof-failed', check: 'network' },
  {
    behaviour: 'certificate',
    what: 'refuses the certificate of its server',
    failure: 'proof-failed',
    check: 'network',
  },
  { behaviour: 'full-disk', what: 'fills the disk', failure: 'not-proven-in-time' },
  { behaviour: 'leak', what: 'leaks memory', failure: 'proof-failed', check: 'memory' },
  { behaviour: 'boot-loop', what: 'restarts the box at its start', failure: 'interrupted' },
  { behaviour: 'bad-migration', what: 'changes its state and dies of it', failure: 'not-proven-in-time' },
  { behaviour: 'too-slow', what: 'proves itself after 190 s', failure: 'not-proven-in-time' },
  { behaviour: 'bad-unit', what: 'brings a unit that starts nothing', failure: 'not-proven-in-time' },
  {
    behaviour: 'broken-updater',
    what: "brings an updater that is broken (techcommunity 1387779: the updater's own update)",
    failure: 'proof-failed',
    check: 'updater',
  },
];

const good: UpdateCase[] = [
  inBox('a good release is proven and confirmed', async (box, installed) => {
    expectConfirmed(await box.update('good'), installed, 'good');
  }),
  inBox('a release that proves itself after 160 s is confirmed', async (box, installed) => {
    expectConfirmed(await box.update('slow-start'), installed, 'slow-start');
  }),
  inBox(
    'a wanted restart of the box in the proof window is no failure (balena-os/balena-intel#165)',
    async (box, installed) => {
      expectConfirmed(await box.update('good', { rebootAfterS: 3 }), installed, 'good');
    },
  ),
  inBox(
    'a damaged file of the slot that runs is not taken over: its content has to be fetched (balena-supervisor#1054)',
    async (box, installed) => {
      const { installerSha256 } = installed.old;
      const refused = await box.update('good', { damagedSha256: installerSha256 });
      if (!refused.answers[0]?.startsWith('place refused ')) throw new Error(`${refused.answers}\n${refused.log}`);
      expectConfirmed(await box.update('good', { fetchedSha256: installerSha256 }), installed, 'good');
    },
  ),
  inBox(
    `${HEALTHY_REBOOTS} restarts of a confirmed box change nothing (p2pool-starter-stack/pithead#793)`,
    async (box, installed) => {
      const before = await box.update('good');
      expectConfirmed(before, installed, 'good');
      for (let boot = 0; boot < HEALTHY_REBOOTS; boot += 1) expectSame(await box.look(), before);
    },
  ),
];

const returned: UpdateCase[] = broken.map(({ behaviour, what, failure, check = '', isInSuite = false }) =>
  inBox(
    `a release that ${what} is returned within 5 minutes${failure === 'interrupted' ? '' : ', and held'}`,
    async (box, installed) => {
      expectReturned(await box.update(behaviour), installed, behaviour, failure, check);
      if (failure !== 'interrupted') expectHeld(await box.update(behaviour, { again: true }), installed);
    },
    isInSuite,
  ),
);

const random = seededRandom(SEED);
const cutMoments = Array.from({ length: POWER_CUTS }, () => Math.round(random.next() * WHOLE_UPDATE_S * 100) / 100);
/** One while it is placed, one in the switch or the proof. */
const cutsInSuite = [3, 14];

const cuts: UpdateCase[] = [
  ...[...cutsInSuite, ...cutMoments].map((cutAfterS, at) =>
    inBox(
      `the power is cut ${cutAfterS} s after the update began: it goes on by itself (thingsboard#10191)`,
      async (box, installed) => {
        const seen = await box.update('good', { cutAfterS });
        expectConfirmed(seen, installed, 'good');
      },
      at < cutsInSuite.length,
    ),
  ),
  inBox(
    'the power is cut after the switch to a release that hangs: the old one runs, and is known to (eclipse-hawkbit/hawkbit#3185)',
    async (box, installed) => {
      expectReturned(await box.update('hang', { cutAfterS: 60 }), installed, 'hang', 'not-proven-in-time');
    },
  ),
  inBox(
    `${CUTS_IN_BOOT} power cuts within boot, in a trial: it still boots, and nothing is held (rauc#683)`,
    async (box, installed) => {
      const { from, to } = BOOT_S;
      const cutsInBootS = Array.from(
        { length: CUTS_IN_BOOT },
        () => Math.round((from + random.next() * (to - from)) * 100) / 100,
      );
      const seen = await box.update('good', { cutAfterS: 20, cutsInBootS });
      expectWhole(seen, installed, 'good');
      expectConfirmed(await box.update('good', { again: true }), installed, 'good');
    },
  ),
];

export const updateCases: readonly UpdateCase[] = [...good, ...returned, ...cuts];
