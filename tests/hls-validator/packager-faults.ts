/** What can fail under a packager on air: each resolves at the end of its cause, with the program sending again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { processTree } from '../load/processes.ts';
import type { Random } from '../simulators/seeded-random.ts';
import type { PackagerOnAir } from './packager-on-air.ts';

export type PackagerFault = { name: string; strike: (air: PackagerOnAir, random: Random) => Promise<void> };

const WRAP = 2 ** 32;

/** Timestamps of the next source wrap within the next seconds, those of picture and sound at different moments. */
const startsBeforeTheWrap = (random: Random): { pictureStart: number; soundStart: number } => ({
  pictureStart: WRAP - Math.round(random.between(0.2, 4) * 90_000),
  soundStart: WRAP - Math.round(random.between(0.2, 4) * 48_000),
});

/** @returns the filters that turn sound or look at pictures */
function filters({ packager }: PackagerOnAir): number[] {
  return processTree(packager.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ffmpeg');
    } catch {
      return false;
    }
  });
}

function silence(name: string, what: readonly ('sendsPictures' | 'sendsSound')[], fromMs: number, toMs: number) {
  return {
    name,
    async strike({ program }: PackagerOnAir, random: Random): Promise<void> {
      for (const kind of what) program[kind] = false;
      await sleep(random.between(fromMs, toMs));
      for (const kind of what) program[kind] = true;
    },
  };
}

function signalled(name: string, signal: NodeJS.Signals): PackagerFault {
  return {
    name,
    async strike(air) {
      for (const pid of filters(air)) process.kill(pid, signal);
    },
  };
}

async function restart({ packager }: PackagerOnAir, signal: NodeJS.Signals): Promise<void> {
  const { length } = packager.all('opened');
  process.kill(packager.pid, signal);
  while (packager.all('opened').length === length) await sleep(50);
}

const restarted = (name: string, signal: NodeJS.Signals): PackagerFault => ({
  name,
  strike: (air) => restart(air, signal),
});

export const packagerFaults: readonly PackagerFault[] = [
  {
    name: 'packets lost',
    async strike({ program }, random) {
      program.toLose = Math.round(random.between(1, 25));
      await sleep(1_000);
      program.toLose = 0;
    },
  },
  silence('everything is missing for a moment', ['sendsPictures', 'sendsSound'], 100, 600),
  silence('no picture', ['sendsPictures'], 800, 4_000),
  silence('no sound', ['sendsSound'], 800, 4_000),
  silence('the source is silent', ['sendsPictures', 'sendsSound'], 1_500, 5_000),
  {
    name: 'another source, whose timestamps wrap',
    async strike(air, random) {
      air.program.stop();
      await sleep(random.between(0, 1_500));
      await air.newProgram(startsBeforeTheWrap(random));
      air.stopOldPrograms();
    },
  },
  {
    name: 'two sources at once',
    async strike(air, random) {
      await air.newProgram(startsBeforeTheWrap(random));
      await sleep(random.between(500, 2_000));
      air.stopOldPrograms();
    },
  },
  {
    name: 'ten reconnects',
    async strike(air, random) {
      for (let each = 0; each < 10; each += 1) {
        air.program.stop();
        await sleep(random.between(0, 200));
        await air.newProgram(startsBeforeTheWrap(random));
        air.stopOldPrograms();
        await sleep(random.between(50, 600));
      }
    },
  },
  {
    name: 'pictures of another size for a while',
    async strike(air, random) {
      await air.newProgram({ media: air.otherMedia });
      air.stopOldPrograms();
      await sleep(random.between(1_500, 4_000));
      await air.newProgram();
      air.stopOldPrograms();
    },
  },
  {
    name: 'its clock jumps back',
    async strike(air, random) {
      air.program.jumpedMs = -Math.round(random.between(200, 5_000));
      await sleep(random.between(1_000, 3_000));
      await air.newProgram();
      air.stopOldPrograms();
    },
  },
  {
    name: 'rubbish among its packets',
    async strike({ program }, random) {
      for (let each = 0; each < 200; each += 1) {
        const bytes = Buffer.alloc(Math.round(random.between(0, 1_200)));
        for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.floor(random.next() * 256);
        // of another payload type, or RTCP: a packet of ours with a new SSRC would be a new program
        if (bytes.length > 1) bytes[1] = random.pick([20, 200]);
        program.raw(bytes);
      }
    },
  },
  signalled('ffmpeg killed', 'SIGKILL'),
  signalled('ffmpeg stopped', 'SIGSTOP'),
  {
    name: 'the disk is full',
    async strike({ disk }, random) {
      if (disk.missing !== null) return;
      disk.fill(Math.round(random.between(0, 60_000)));
      await sleep(random.between(3_000, 8_000));
      disk.free();
    },
  },
  {
    name: 'packager killed on a full disk',
    async strike(air, random) {
      const { disk } = air;
      if (disk.missing !== null) return;
      disk.fill(Math.round(random.between(0, 60_000)));
      await sleep(random.between(3_000, 6_000));
      await restart(air, 'SIGKILL');
      await sleep(random.between(500, 3_000));
      disk.free();
    },
  },
  restarted('packager killed', 'SIGKILL'),
  restarted('packager ended', 'SIGTERM'),
];
