/**
 * One run of a fleet and its demonstration room: what starts after what, what is handed from one to the other, and the
 * end of all of it.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FleetReady, KioskReady } from '#contract/process-ready.ts';
import type { z } from '#contract/schema.ts';
import { jsonLine, words } from './announcement.ts';
import { killProcessesOfRun, RUN_VARIABLE } from './leftovers.ts';
import { type DemonstrationOptions, fleetArguments, kioskArguments } from './options.ts';
import { DemonstrationProcess, ProcessFailed } from './demonstration-process.ts';

export const checkoutFolder = fileURLToPath(new URL('../..', import.meta.url));

export class Demonstration {
  readonly #options: DemonstrationOptions;
  readonly #folder: string;
  readonly #runId: string;
  readonly #parts: DemonstrationProcess<unknown>[] = [];
  #stopping = false;

  constructor(run: { options: DemonstrationOptions; folder: string; runId: string }) {
    this.#options = run.options;
    this.#folder = run.folder;
    this.#runId = run.runId;
  }

  /** @returns what ended for good */
  async run(): Promise<ProcessFailed> {
    const fleetPart = this.#start('fleet', FleetReady, fleetArguments(this.#options, this.#subfolder('fleet')));
    const fleet = await fleetPart.ready();
    const claimFile = await this.#writeClaim(fleet);
    const paths = { dataDir: this.#subfolder('kiosk'), claimFile };
    const { kioskSettingsFile } = this.#options;
    if (kioskSettingsFile) copyFileSync(kioskSettingsFile, join(paths.dataDir, 'settings.json'));
    const kioskPart = this.#start('kiosk', KioskReady, kioskArguments(this.#options, paths));
    const kiosk = await Promise.race([kioskPart.ready(), fleetPart.ended.then((failure) => Promise.reject(failure))]);
    // The box is enrolled: what let it in is of no more use.
    if (claimFile) await rm(claimFile, { force: true });

    const ready = { fleet, kiosk };
    process.stdout.write(`${this.#options.json ? jsonLine(ready) : await words(ready, this.#options)}\n`);
    return Promise.race([fleetPart.ended, kioskPart.ended]);
  }

  /** The room goes first, so that it can sign off at the fleet. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const part of this.#parts.toReversed()) await part.stop();
    killProcessesOfRun(this.#runId);
  }

  #start<T>(name: 'fleet' | 'kiosk', readySchema: z.ZodType<T>, args: string[]): DemonstrationProcess<T> {
    // It became ready in the moment of the request to end.
    if (this.#stopping) throw new ProcessFailed('stopped');
    const part = new DemonstrationProcess({
      name: `The ${name}`,
      // in development the sources themselves: a save starts them again
      modulePath: join(checkoutFolder, this.#options.dev ? `${name}/main.ts` : `dist/${name}-main.js`),
      args,
      env: { ...process.env, [RUN_VARIABLE]: this.#runId },
      logPath: this.#options.dev ? null : join(this.#folder, `${name}.log`),
      readySchema,
    });
    this.#parts.push(part);
    return part;
  }

  #subfolder(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async #writeClaim(fleet: FleetReady): Promise<string | null> {
    const claim = fleet.demonstration?.claim;
    if (!claim) return null;
    const path = join(this.#folder, 'claim.json');
    await rm(path, { force: true });
    writeFileSync(path, JSON.stringify(claim), { mode: 0o600, flag: 'wx' });
    return path;
  }
}
