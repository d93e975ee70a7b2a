/** What is left for root and the guard. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROOF_FILE } from './box-facts.ts';
import type { WantedRelease } from './update-steps.ts';
import { UpdaterOrders } from './updater-orders.ts';

const release = { target: 'kiosk-2.tar', feed: 'online' } as unknown as WantedRelease;
let runDir: string;
let orders: UpdaterOrders;
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'maru-orders-'));
  orders = new UpdaterOrders(runDir);
});
afterEach(() => rmSync(runDir, { recursive: true }));
const textOf = (name: string): string => readFileSync(join(runDir, name), 'utf8');

test('an order to switch takes away the proof of an earlier try; one to place leaves it', () => {
  orders.leaveProof('r1', { isPassed: true });
  orders.give({ orderId: 'o1', order: 'place' }, release, 1);
  expect(textOf(PROOF_FILE)).toBe('passed r1\n');
  orders.give({ orderId: 'o2', order: 'switch' }, release, 2);
  expect(existsSync(join(runDir, PROOF_FILE))).toBe(false);
  expect(JSON.parse(textOf('update-order.json'))).toEqual({
    orderId: 'o2',
    order: 'switch',
    target: 'kiosk-2.tar',
    feed: 'online',
    attempt: 2,
  });
  // where there is none, too
  orders.give({ orderId: 'o3', order: 'switch' }, release, 3);
});

test('another user reads both, and a proof is one line whatever its reason says', () => {
  const detail = `no picture\n끝${'x'.repeat(300)}`;
  orders.leaveProof('r1', { isPassed: false, check: 'camera', detail });
  expect(textOf(PROOF_FILE)).toBe(`failed r1 camera no picture ${'x'.repeat(189)}\n`);
  orders.give({ orderId: 'o1', order: 'place' }, release, 1);
  for (const name of [PROOF_FILE, 'update-order.json']) expect(statSync(join(runDir, name)).mode & 0o777).toBe(0o644);
});
