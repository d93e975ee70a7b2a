/**
 * Installer, units, guard and updater under a systemd in namespaces: an update that is confirmed, and one that is returned and held. No
 * power is cut there; the guests of `npm run test:updates` have that, and all other cases.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { bareDebian } from '../install/bare-debian.ts';
import { TestMachine, whyNoMachine } from '../install/test-machine.ts';
import { readLine } from '../vm/line.ts';
import { lastTimeOf } from './box.ts';
import { expectConfirmed, expectHeld, expectReturned, type KnownReleases } from './expectations.ts';
import { type Behaviour, writeMedium } from './test-releases.ts';
import { type Seen, seenAfter } from './trial.ts';

const TIMEOUT_MS = 600_000;
const reason = whyNoMachine();
const folder = mkdtempSync(join(tmpdir(), 'maru-updates-machine-'));
let machine: TestMachine;
let known: KnownReleases;

/** As the guest's driver at one boot. */
async function drive(words: Record<string, string | number>): Promise<Seen> {
  const line = Object.entries(words).map(([name, value]) => `maru.${name}=${value}`);
  const { stdout, stderr } = await machine.run(`sh /media/maru/driver.sh '${line.join(' ')} '`);
  const lines = stdout.split('\n').map(readLine);
  const marks = lines.flatMap((each) => (each?.event === 'mark' ? [each.text.trim()] : []));
  const isOver = lines.some((each) => each?.event === 'over' && each.exitCode === 0);
  return seenAfter([
    { ended: isOver ? 'over' : 'reset', marks, uptimeS: lastTimeOf(marks), log: `${stdout}\n${stderr}` },
  ]);
}
const update = (behaviour: Behaviour, more = {}): Promise<Seen> => {
  const { releaseId, target } = known.releases[behaviour]!;
  return drive({ do: 'update', release: releaseId, target, attempt: 0, ...more });
};

beforeAll(async () => {
  if (reason !== null) return;
  const medium = join(folder, 'medium');
  const { old, byBehaviour } = await writeMedium(medium, ['black-screen', 'good']);
  known = { old, releases: Object.fromEntries(byBehaviour) };
  bareDebian('minimal', join(folder, 'root'));
  machine = await TestMachine.boot(join(folder, 'root'), medium);
  await drive({ do: 'install' });
}, TIMEOUT_MS);
afterAll(async () => {
  await machine?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe.skipIf(reason !== null)('a box with systemd', () => {
  it('returns a release with a black screen, keeps the reason in words, and does not take it again', {
    timeout: TIMEOUT_MS,
  }, async () => {
    expectReturned(await update('black-screen'), known, 'black-screen', 'proof-failed', 'screen');
    expectHeld(await update('black-screen', { again: 'yes' }), known);
  });

  it('confirms a release that proves itself', { timeout: TIMEOUT_MS }, async () => {
    expectConfirmed(await update('good'), known, 'good');
  });
});

it.skipIf(reason === null)('is tried where a systemd can boot', (context) => context.skip(true, reason ?? ''));
