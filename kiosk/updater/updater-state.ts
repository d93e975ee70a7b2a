/**
 * What root knows of releases between two orders. `trial`, `confirmed` and `returned` are lines NAME=VALUE, which the guard's shell
 * reads and writes too; `placed.json` is the updater's alone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeDurably, writeDurably } from '#edge/durable-file.ts';
import { notePlaced, type PlacedReleases, readPlaced } from '../../provisioning/system/placed-releases.ts';

/** Read by the agent too. */
const FILE_MODE = 0o644;
/** A failure after which a release is not taken again in the same attempt. */
const HELD = new Set(['proof-failed', 'not-proven-in-time']);

export class UpdaterState {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Also where its text is damaged: the guard decides about that. */
  get isOnTrial(): boolean {
    return this.#text('trial') !== null;
  }

  /** The switch begins with it, and the guard ends it. Its form is the guard's. @throws Node's error */
  beginTrial(trial: { new: string; old: string; attempt: number }): void {
    const lines = `new=${trial.new}\nold=${trial.old}\nattempt=${trial.attempt}\nboots=0\n`;
    writeDurably(join(this.#folder, 'trial'), lines, FILE_MODE);
  }

  /** Of a switch that did not come about. @throws Node's error */
  dropTrial(): void {
    removeDurably(join(this.#folder, 'trial'));
  }

  /** @returns why the release is not taken in this attempt; null: it may be */
  whyHeld(releaseId: string, attempt: number): string | null {
    const { release, failure = '', attempt: failed = '' } = this.#fields('returned');
    if (release !== releaseId || !HELD.has(failure) || attempt > Number(failed)) return null;
    return `it was returned in attempt ${failed} (${failure})`;
  }

  placed(releaseId: string): PlacedReleases[string] | null {
    return readPlaced(this.#folder)[releaseId] ?? null;
  }

  /** @throws Node's error */
  notePlaced(releases: PlacedReleases): void {
    notePlaced(this.#folder, releases);
  }

  #fields(name: string): Record<string, string> {
    const lines = (this.#text(name) ?? '').split('\n').map((line) => /^([a-z]+)=(.*)$/.exec(line));
    return Object.fromEntries(lines.flatMap((match) => (match ? [[match[1]!, match[2]!]] : [])));
  }

  #text(name: string): string | null {
    try {
      return readFileSync(join(this.#folder, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
}
