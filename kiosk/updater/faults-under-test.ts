/**
 * Faults of an order, one at a time: the N-th call that changes a disk is where the power goes, or what the disk refuses. strace puts
 * them in. Judged is what is there afterwards: the old release or the new one, whole, with its own units, and a next try that ends well.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GuardedBox } from '../../provisioning/system/guard-under-test.ts';
import type { ReleaseUnderTest } from '../../provisioning/release/signing/feed-under-test.ts';
import { filesOf, UpdatedBox } from './box-under-test.ts';

export type FaultOrder = 'place' | 'switch' | 'repair';
export type Fault = 'KILL' | 'EIO' | 'ENOSPC';
export type FaultCase = { order: FaultOrder; fault: Fault; call: (typeof FAULT_CALLS)[number]; at: number };
/** `beyond`: the order made fewer calls than that. */
export type FaultVerdict = { isBeyond: boolean; wrong: string[] };

export const FAULT_ORDERS: readonly FaultOrder[] = ['place', 'switch', 'repair'];
export const FAULTS: readonly Fault[] = ['KILL', 'EIO', 'ENOSPC'];

/** System calls that change a disk. strace counts each of them by thread; Node has one thread for its files here. */
export const FAULT_CALLS = [
  'rename',
  'link',
  'symlink',
  'mkdir',
  'unlink',
  'rmdir',
  'chmod',
  'fsync',
  'write',
] as const;
const AGENT_UNIT = 'maru-agent.service';

export async function faultOutcome(each: FaultCase): Promise<FaultVerdict> {
  const box = new UpdatedBox();
  try {
    return await new FaultRun(box, each).judged();
  } catch (error) {
    return { isBeyond: false, wrong: [(error as Error).message] };
  } finally {
    box.remove();
  }
}

class FaultRun {
  readonly #box: UpdatedBox;
  readonly #case: FaultCase;
  readonly #one: ReleaseUnderTest;
  readonly #two: ReleaseUnderTest;
  readonly #wrong: string[] = [];

  constructor(box: UpdatedBox, each: FaultCase) {
    this.#box = box;
    this.#case = each;
    this.#one = box.feed.addRelease(filesOf('one'), { version: '1.0.0', madeAtMs: Date.UTC(2026, 0, 1) });
    this.#two = box.feed.addRelease(filesOf('two'), { version: '2.0.0', madeAtMs: Date.UTC(2026, 0, 2) });
    box.feed.publish([this.#one, this.#two]);
  }

  async judged(): Promise<FaultVerdict> {
    const box = this.#box;
    const { order } = this.#case;
    await box.installed(this.#one);
    box.place(AGENT_UNIT, unitOf('one'));
    box.stage();
    if (order !== 'place') this.#expect(box.obey(this.#order('place')).outcome === 'done', 'it could not be placed');
    if (order === 'repair') rmSync(join(box.home, 'releases', this.#two.releaseId, 'dist/shared.js'));

    const isStruck = await this.#strike();
    await this.#judgeWhole('after the fault');
    if (order === 'switch') await this.#judgeBoot();
    else await this.#judgeNextTry('place');
    return { isBeyond: !isStruck, wrong: this.#wrong };
  }

  #order(order: 'place' | 'switch') {
    return { order, target: this.#two.target } as const;
  }

  /** @returns false: there was no such call */
  async #strike(): Promise<boolean> {
    const { order, fault, call, at } = this.#case;
    const trace = join(this.#box.root, 'trace');
    const effect = fault === 'KILL' ? 'signal=KILL' : `error=${fault}`;
    const inject = `inject=${call}:${effect}:when=${at}`;
    this.#box.give(this.#order(order === 'switch' ? 'switch' : 'place'));
    const strace = ['strace', '-f', '-q', '-o', trace, '-e', `trace=${call}`, '-e', inject];
    await this.#box.runBehind(strace, { UV_THREADPOOL_SIZE: '1' });
    return /INJECTED|killed by SIGKILL/.test(readFileSync(trace, 'utf8'));
  }

  async #judgeWhole(when: string): Promise<void> {
    const box = this.#box;
    const release = [this.#one, this.#two].find(({ releaseId }) => releaseId === box.current);
    if (!release) return void this.#wrong.push(`${when}: the link leads to ${box.current}`);
    const damaged = await box.damaged(release);
    this.#expect(damaged === null, `${when}: ${damaged} of what runs is not whole`);
    // whatever the new one does, the way back is there
    const back = await box.damaged(this.#one);
    this.#expect(back === null, `${when}: ${back} of the former release is not whole`);
    this.#expect(
      release === this.#one ||
        box.stateText('trial') !== null ||
        box.stateText('confirmed')!.includes(release.releaseId),
      `${when}: the new release runs, and nobody watches it`,
    );
  }

  /** The box starts: units of a trial are placed, then the guard looks, and the agent proves. */
  async #judgeBoot(): Promise<void> {
    const box = this.#box;
    const placed = box.placeSystemFilesOfTrial();
    this.#expect(placed, 'at the next start the units could not be placed');
    if (box.current === this.#two.releaseId) box.prove(`passed ${this.#two.releaseId}\n`);
    const { code, words } = await new GuardedBox('sh', box).run();
    this.#expect(code === 0 && box.stateText('trial') === null, `the guard did not end the trial: ${words}`);
    await this.#judgeWhole('after the next start');
    const runs = box.current === this.#two.releaseId ? 'two' : 'one';
    this.#expect(box.unit(AGENT_UNIT) === unitOf(runs), `${runs} runs with the units of the other`);
    await this.#judgeNextTry('switch');
  }

  async #judgeNextTry(order: 'place' | 'switch'): Promise<void> {
    const { outcome, detail } = this.#box.obey(this.#order(order));
    this.#expect(outcome === 'done', `the next try: ${detail}`);
    const damaged = await this.#box.damaged(this.#two);
    this.#expect(damaged === null, `after the next try, ${damaged} is not whole`);
    this.#expect(this.#box.slots.length === 2, `after the next try there are ${this.#box.slots.join(', ')}`);
  }

  #expect(holds: boolean, wrong: string): void {
    if (!holds) this.#wrong.push(wrong);
  }
}

const unitOf = (name: string): string => `[Service]\nExecStart=/bin/true ${name}\n`;
