/** A folder in which the fake tools find what to do, and leave what they were asked. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const FAKE_CEC_CTL = join(import.meta.dirname, 'fake-cec-ctl');

export class FakeTools {
  readonly #dir = mkdtempSync(join(tmpdir(), 'maru-cec-'));
  /** stands in for a device node: a file that can go */
  readonly node = join(this.#dir, 'cec0');

  constructor() {
    for (const name of ['calls', 'follow', 'cec0']) writeFileSync(join(this.#dir, name), '');
    this.set('mode', 'well');
    process.env.FAKE_CEC_DIR = this.#dir;
  }

  set(what: string, to: string): void {
    writeFileSync(join(this.#dir, what), to);
  }

  /** What the bus says next. */
  say(text: string): void {
    appendFileSync(join(this.#dir, 'follow'), text);
  }

  unplug(): void {
    rmSync(this.node);
  }

  /** Of the run that hangs, or of the one that listens. */
  pidOf(which: 'pid' | 'follower-pid'): number {
    return Number(readFileSync(join(this.#dir, which), 'utf8'));
  }

  /** One for each run. */
  get calls(): string[] {
    return readFileSync(join(this.#dir, 'calls'), 'utf8').split('\n').slice(0, -1);
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
    delete process.env.FAKE_CEC_DIR;
  }
}
