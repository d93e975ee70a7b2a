/** What can go wrong on air, how it is made to, and what the viewer's screen is promised then. The limits are the product's own. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROGRAM_PAYLOAD_TYPES } from '#contract/packager-link.ts';
import type { Role } from '../../e2e/product/product.ts';
import { processTree, startedAtTicks } from '../../load/processes.ts';
import { type AirUnderFault, BO, ROOM } from './air-under-fault.ts';

export type AirFault = {
  name: string;
  /** resolves at the end of the cause, with who must be on the viewer's screen again */
  strike: (air: AirUnderFault) => Promise<number[]>;
  /** the longest that the viewer's video may stand still, show the same people without a move, or be black */
  stillMs: number;
};

const EVERYONE = [ROOM, BO.number];
/** The slate is on the viewer's screen by then; two where the packager itself died. */
const SLATE_MS = 1_000;
const PACKAGER_SLATE_MS = 2_000;
/** From the cause's end until the program is on the viewer's screen, which is behind by this. */
export const BACK_MS = 3_000;
export const BEHIND_MS = 2_500;
const PAUSED_MS = 4_000;

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};
const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  if (pids.length === 0) throw new Error('no such process runs');
  for (const pid of pids) process.kill(pid, signal);
};

/** The browser whose picture is sent, with its processes: the other one waits, and was started later. */
function browserOnAir({ scene: { product } }: AirUnderFault): number[] {
  const browsers = processTree(product.pid('program')).filter((pid) => {
    const command = commandOf(pid);
    return command.includes('--remote-debugging-pipe') && !command.includes('--type=');
  });
  const [first] = browsers.sort((a, b) => (startedAtTicks(a) ?? 0) - (startedAtTicks(b) ?? 0));
  return first === undefined ? [] : processTree(first);
}
const ofType = (pids: readonly number[], type: string): number[] =>
  pids.filter((pid) => commandOf(pid).includes(`--type=${type}`));
const filters = ({ scene: { product } }: AirUnderFault): number[] =>
  processTree(product.pid('packager')).filter((pid) => commandOf(pid).split(' ')[0]!.endsWith('ffmpeg'));

const killed = (role: Role, stillMs = SLATE_MS): AirFault => ({
  name: `${role} killed`,
  async strike({ scene: { product } }) {
    await product.replaced(role, product.kill(role));
    return EVERYONE;
  },
  stillMs,
});

/** @param signal stopped processes do not go on by themselves: they are replaced */
const signalled = (
  name: string,
  processes: (air: AirUnderFault) => number[],
  signal: 'SIGKILL' | 'SIGSTOP',
): AirFault => ({
  name,
  async strike(air) {
    signalAll(processes(air), signal);
    return EVERYONE;
  },
  stillMs: SLATE_MS,
});

const paused = (name: string, processes: (air: AirUnderFault) => number[]): AirFault => ({
  name,
  async strike(air) {
    const pids = processes(air);
    signalAll(pids, 'SIGSTOP');
    await sleep(PAUSED_MS);
    signalAll(
      pids.filter((pid) => startedAtTicks(pid) !== null),
      'SIGCONT',
    );
    return EVERYONE;
  },
  stillMs: SLATE_MS,
});

function cut(name: string, ms: number): AirFault {
  return {
    name,
    async strike({ network }) {
      network.cut();
      await sleep(ms);
      network.restore();
      return EVERYONE;
    },
    stillMs: SLATE_MS,
  };
}

/** What a program sends whose page draws nothing: another source, with parameters of its own, and every picture black. */
async function sendBlack(air: AirUnderFault): Promise<number[]> {
  const { mediaPort: port } = air.clock();
  const to = `rtp://127.0.0.1:${port}?rtcpport=${port}&pkt_size=1200`;
  const black = ['-re', '-f', 'lavfi', '-i', 'color=black:s=1280x720:r=30'];
  const coded = ['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-g', '30'];
  const sent = ['-bsf:v', 'dump_extra', '-payload_type', String(PROGRAM_PAYLOAD_TYPES.program), '-f', 'rtp', to];
  const sender = spawn('ffmpeg', ['-v', 'error', ...black, ...coded, ...sent], { stdio: 'ignore' });
  // until another program has taken its place
  await sleep(PAUSED_MS);
  sender.kill('SIGKILL');
  return EVERYONE;
}

export const airFaults: readonly AirFault[] = [
  {
    name: 'contributor killed',
    async strike(air) {
      signalAll(air.bosProcesses, 'SIGKILL');
      await air.bringBo();
      return EVERYONE;
    },
    stillMs: SLATE_MS,
  },
  paused('contributor paused', (air) => air.bosProcesses),
  cut('contributor cut for 300 ms', 300),
  cut('contributor cut for 10 s', 10_000),
  killed('program'),
  paused('program paused', ({ scene: { product } }) => [product.pid('program')]),
  signalled('program’s browser killed', browserOnAir, 'SIGKILL'),
  signalled('program’s browser stopped', browserOnAir, 'SIGSTOP'),
  signalled('program’s page killed', (air) => ofType(browserOnAir(air), 'renderer'), 'SIGKILL'),
  signalled('program’s page stopped', (air) => ofType(browserOnAir(air), 'renderer'), 'SIGSTOP'),
  signalled('program’s drawing stopped', (air) => ofType(browserOnAir(air), 'gpu-process'), 'SIGSTOP'),
  { name: 'program black', strike: sendBlack, stillMs: SLATE_MS },
  signalled('ffmpeg killed', filters, 'SIGKILL'),
  signalled('ffmpeg stopped', filters, 'SIGSTOP'),
  killed('media-worker'),
  killed('packager', PACKAGER_SLATE_MS),
  killed('fleet-server'),
];
