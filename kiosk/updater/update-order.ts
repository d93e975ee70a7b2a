/**
 * The agent's order and root's answer. The agent may be in foreign hands: its file is moved aside by one rename before anything
 * reads it, and is read as a stranger's.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeDurably } from '#edge/durable-file.ts';
import { z } from '#contract/schema.ts';
import { FeedKind, type FeedRefusal, type ReleaseId, TargetName } from '#contract/update-feed.ts';

export const UpdateOrder = z.strictObject({
  orderId: z.uuid(),
  order: z.enum(['place', 'switch']),
  target: TargetName,
  feed: FeedKind,
  /** of the desired release: one that was returned is taken again by a higher one alone */
  attempt: z.number().int().nonnegative().max(999_999_999),
});
export type UpdateOrder = z.infer<typeof UpdateOrder>;

/** Enough to answer the one who wrote it. */
const Named = z.object({ orderId: z.uuid(), order: UpdateOrder.shape.order.nullable().catch(null) });

export type OrderOutcome = {
  outcome: 'done' | 'refused' | 'failed';
  /** of `refused` */
  refusal: FeedRefusal | null;
  /** for IT, in English */
  detail: string;
  releaseId: ReleaseId | null;
};

export type TakenOrder =
  | { kind: 'none' }
  | { kind: 'order'; order: UpdateOrder }
  /** `orderId` null: nobody can be answered */
  | { kind: 'unreadable'; orderId: string | null; order: UpdateOrder['order'] | null; detail: string };

const MOST_ORDER_BYTES = 4_096;
const MOST_DETAIL = 300;
const REPORT_MODE = 0o644;
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** It is gone by then, whatever it was: an order that is refused is not found again. @throws Node's error */
export async function takeOrder(path: string): Promise<TakenOrder> {
  // a second order that comes now is another file, and waits
  const aside = join(dirname(path), `.taken-${randomUUID()}`);
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'none' };
    throw error;
  }
  try {
    return parsed(await textAt(aside));
  } catch (error) {
    return unreadable(`the order cannot be read: ${(error as Error).message}`);
  } finally {
    // a folder with something in it stays: to remove it, root would have to walk where somebody else moves things
    await unlink(aside).catch(() => rmdir(aside).catch(() => {}));
  }
}

async function textAt(path: string): Promise<string> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no file');
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_ORDER_BYTES + 1), 0, MOST_ORDER_BYTES + 1, 0);
    if (bytesRead > MOST_ORDER_BYTES) throw new Error('it is too long');
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function parsed(text: string): TakenOrder {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable('the order is no JSON');
  }
  const order = UpdateOrder.safeParse(value);
  if (order.success) return { kind: 'order', order: order.data };
  const named = Named.safeParse(value);
  const [issue] = order.error.issues;
  const detail = `the order is not as it should be: ${issue?.path.join('.') || 'it'} ${issue?.message ?? ''}`;
  return named.success ? { kind: 'unreadable', ...named.data, detail } : unreadable(detail);
}

const unreadable = (detail: string): TakenOrder => ({ kind: 'unreadable', orderId: null, order: null, detail });

/** @param order null: it could not be read so far. @throws Node's error */
export function writeReport(
  path: string,
  { orderId, order }: { orderId: string; order: UpdateOrder['order'] | null },
  { outcome, refusal, detail, releaseId }: OrderOutcome,
): void {
  const report = { orderId, order, outcome, refusal, detail: detail.slice(0, MOST_DETAIL), releaseId };
  writeDurably(path, `${JSON.stringify(report)}\n`, REPORT_MODE);
}
