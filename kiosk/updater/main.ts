/**
 * Root's half of updates (README.md): one order of the agent, obeyed or refused, and answered. It has no network, and believes nothing
 * that the agent left. Started by maru-updater.path and, to place system files, by maru-placement.service.
 */
import { join } from 'node:path';
import { readCommandLine } from '#edge/command-line.ts';
import { FeedError } from '#edge/signed-releases/feed-error.ts';
import { readTree } from '../../provisioning/system/placed-files.ts';
import { putUpdateInPlace } from '../../provisioning/system/placement.ts';
import { Slots } from '../../provisioning/system/slots.ts';
import { ownLook } from './own-look.ts';
import { placeRelease } from './place-release.ts';
import { switchRelease } from './switch-release.ts';
import { type OrderOutcome, takeOrder, type UpdateOrder, writeReport } from './update-order.ts';
import { parseUpdaterOptions, updaterUsage } from './updater-options.ts';
import { UpdaterState } from './updater-state.ts';

const { mode, paths } = readCommandLine(updaterUsage, parseUpdaterOptions);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
process.umask(0o022);

if (mode === 'look') look();
else if (mode === 'place-system-files') placeSystemFiles();
else await obey();

function look(): void {
  try {
    say(JSON.stringify(ownLook(paths)));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

function placeSystemFiles(): void {
  const files = readTree(join(paths.home, 'current/provisioning/system/files/kiosk'));
  if (files.size === 0) throw new Error('the release has no system files');
  putUpdateInPlace({ root: paths.root, say }, files);
}

async function obey(): Promise<void> {
  const taken = await takeOrder(paths.order);
  if (taken.kind === 'none') return say('no order');
  if (taken.kind === 'unreadable') {
    say(taken.detail);
    const outcome: OrderOutcome = { outcome: 'refused', refusal: 'malformed', detail: taken.detail, releaseId: null };
    if (taken.orderId !== null) writeReport(paths.report, { ...taken, orderId: taken.orderId }, outcome);
    return;
  }
  const { order } = taken;
  say(`${order.order} ${order.target}, attempt ${order.attempt}, order ${order.orderId}`);
  const answer = (outcome: OrderOutcome): void => {
    writeReport(paths.report, order, outcome);
    say(`${outcome.outcome} ${outcome.refusal ?? ''} ${outcome.detail}`.trim());
  };
  try {
    await obeyed(order, answer);
  } catch (error) {
    const refusal = error instanceof FeedError ? error.refusal : null;
    const detail = (error as Error).message;
    if (refusal === null) say((error as Error).stack ?? detail);
    answer({ outcome: refusal === null ? 'failed' : 'refused', refusal, detail, releaseId: null });
  }
}

async function obeyed(order: UpdateOrder, answer: (outcome: OrderOutcome) => void): Promise<void> {
  const parts = { paths, slots: new Slots(paths.home), state: new UpdaterState(paths.state), say };
  if (order.order === 'place') answer(await placeRelease(order, parts));
  else await switchRelease(order, parts, answer);
}
