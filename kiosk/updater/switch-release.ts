/**
 * The order `switch`: a placed release becomes the one that runs, on trial. Each step may be the last one before a power cut;
 * README.md lists what it leaves. The guard ends what begins here.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE, ReleaseManifest } from '#contract/release.ts';
import { removeDurably } from '#edge/durable-file.ts';
import { FeedError } from '#edge/signed-releases/feed-error.ts';
import { refuseOlder, type UpdaterParts } from './place-release.ts';
import { systemctl } from './systemctl.ts';
import { refuseUntaken } from './untaken-orders.ts';
import type { OrderOutcome, UpdateOrder } from './update-order.ts';

const PLACEMENT = 'maru-placement.service';
const GUARD = 'maru-guard.service';
/** They are of the release: restarted last, as the agent is who waits for the answer. */
const RESTARTED = ['maru-agent.service', 'maru-screen.service'];

/**
 * @param answer writes the report: once the release is switched to, and before its agent starts
 * @throws FeedError, Error, Node's error: the release that ran still runs
 */
export async function switchRelease(
  order: UpdateOrder,
  parts: UpdaterParts,
  answer: (outcome: OrderOutcome) => void,
): Promise<void> {
  const { paths, slots, state, say } = parts;
  const id = refuseUntaken(order, state);
  const old = await slots.running();
  const done: OrderOutcome = { outcome: 'done', refusal: null, detail: '', releaseId: id };
  if (old === id) return answer({ ...done, detail: 'it runs already' });
  if (old === null) throw new Error('no release runs here: there would be no way back');
  await requireWholeSlot(id, parts);
  refuseOlder({ releaseId: id, madeAtMs: state.placed(id)!.madeAtMs }, old, state);

  // what an earlier trial proved would end this one
  removeDurably(paths.proof);
  state.beginTrial({ new: id, old, attempt: order.attempt });
  try {
    await slots.switchTo(id);
    systemctl(['restart', PLACEMENT]);
  } catch (error) {
    await goBack(old, parts);
    throw error;
  }
  say(`${id} runs on trial; ${old} is the way back`);
  answer(done);
  systemctl(['start', '--no-block', GUARD]);
  systemctl(['restart', '--no-block', ...RESTARTED]);
}

/** The trial ends last, so that the guard does the same at the next start where this is cut off. */
async function goBack(old: string, { slots, state, say }: UpdaterParts): Promise<void> {
  await slots.switchTo(old);
  try {
    systemctl(['restart', PLACEMENT]);
  } catch (error) {
    say(`the units of ${old} could not be placed again: ${(error as Error).message}`);
  }
  state.dropTrial();
}

/** Since it was placed, a disk may have changed it. @throws FeedError */
async function requireWholeSlot(id: string, { slots, state }: UpdaterParts): Promise<void> {
  const placed = state.placed(id);
  const text = await readFile(join(slots.path(id), MANIFEST_FILE), 'utf8').catch(() => null);
  if (placed === null || text === null) throw new FeedError('incomplete', `${id} was not placed`);
  const hash = createHash('sha256').update(text).digest('hex');
  if (placed.manifestSha256 !== null && placed.manifestSha256 !== hash)
    throw new FeedError('damaged', `the manifest of ${id} is not the one that was placed`);
  const damaged = await slots.firstDamaged(id, ReleaseManifest.parse(JSON.parse(text)));
  if (damaged !== null) throw new FeedError('damaged', `${damaged} of ${id} is not what was placed`);
}
