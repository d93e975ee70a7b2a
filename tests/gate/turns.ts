/**
 * Long files of which each run of the suite has one turn, chosen by the commit: the same way is walked by another file in every
 * run, over loopback instead of networks, or in Chromium instead of Firefox. `npm run test:turns` runs all of them.
 */
import { spawnSync } from 'node:child_process';
import { checkout } from './command.ts';

export const turns: readonly (readonly string[])[] = [
  [
    'tests/e2e/broadcast-across-networks.e2e.test.ts',
    'tests/e2e/updates.e2e.test.ts',
    'tests/integration/screen-self-test.test.ts',
  ],
  [
    'tests/e2e/firefox-guest.e2e.test.ts',
    'tests/e2e/laptop-in-an-office.e2e.test.ts',
    'tests/e2e/relay.e2e.test.ts',
    'tests/e2e/electron-shell.e2e.test.ts',
    'fleet/data-dir.integration.test.ts',
  ],
  [
    'tests/e2e/call-across-networks.e2e.test.ts',
    'tests/e2e/accessibility.e2e.test.ts',
    'tests/integration/program.test.ts',
    'tests/integration/simulated-updates.test.ts',
  ],
  [
    'tests/e2e/fleet-across-networks.e2e.test.ts',
    'tests/e2e/people-across-networks.e2e.test.ts',
    'tests/e2e/blocked-media.e2e.test.ts',
    'tests/integration/guide-commands.test.ts',
  ],
];

/** 1 to the number of turns, by `MARU_TEST_TURN` or the commit; null: all, by `MARU_TEST_TURN=all`. @throws Error: there is no such turn */
export function chosenTurn(wanted = process.env.MARU_TEST_TURN, commit = commitOfCheckout()): number | null {
  if (wanted === 'all') return null;
  if (wanted === undefined) return (Number.parseInt(commit.slice(0, 8), 16) % turns.length) + 1;
  const turn = Number(wanted);
  if (!Number.isInteger(turn) || turn < 1 || turn > turns.length)
    throw new Error(`MARU_TEST_TURN is 1 to ${turns.length}, or all: not "${wanted}"`);
  return turn;
}

/** The long files that this run leaves to others. */
export const filesOfOtherTurns = (turn: number | null): string[] =>
  turn === null ? [] : turns.filter((_, index) => index !== turn - 1).flat();

/** Of a checkout without git: zeros. */
function commitOfCheckout(): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: checkout, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '0'.repeat(8);
}
