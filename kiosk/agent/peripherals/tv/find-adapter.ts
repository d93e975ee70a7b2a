/**
 * Finds the CEC adapter of a box among the kernel's: of several the one that a TV is plugged in to, else one that sits in
 * the TV's cable (USB). null: this room's TV is switched by hand.
 */
import type { Logger } from 'pino';
import { MaruError } from '#contract/error-codes.ts';
import type { CecAdapter } from './cec-adapter.ts';
import { CecCtlBus } from './cec-ctl-bus.ts';
import { type AdapterInfo, readAdapterInfo } from './cec-ctl-output.ts';
import { CecTv } from './cec-tv.ts';
import { ToolRunner } from './cec-tool.ts';
import { cecNodes } from './device-node.ts';
import type { TvSettings } from '#contract/settings/tv-settings.ts';

const DEADLINE_MS = 5_000;
/** Of the device that others are plugged in to: an input of this box. */
const ROOT_ADDRESS = 0;

export type FindOptions = {
  wanted: TvSettings['adapter'];
  logger: Logger;
  cecCtl?: string;
  nodes?: () => string[];
};

export async function findAdapter(options: FindOptions): Promise<CecAdapter | null> {
  const { wanted, cecCtl: program, nodes = cecNodes } = options;
  if (wanted === 'none') return null;
  const node = wanted === 'auto' ? await bestOf(nodes(), options) : wanted;
  return node === null ? null : new CecTv(new CecCtlBus({ node, program }));
}

async function bestOf(nodes: string[], { logger, cecCtl: program = 'cec-ctl' }: FindOptions): Promise<string | null> {
  const tool = new ToolRunner({ program, deadlineMs: DEADLINE_MS });
  const found: { node: string; info: AdapterInfo }[] = [];
  for (const node of nodes) {
    try {
      const { stdout, stderr } = await tool.run(['-d', node]);
      const info = readAdapterInfo(stdout);
      if (info === null) logger.warn({ node, detail: stderr.trim().slice(0, 200) }, 'tv: not a CEC adapter');
      else if (info.canTransmit && info.physicalAddress !== ROOT_ADDRESS) found.push({ node, info });
    } catch (error) {
      if (!(error instanceof MaruError)) throw error;
      logger.warn({ node, code: error.code, detail: error.message }, 'tv: the CEC adapter does not answer');
    }
  }
  const chosen =
    found.find(({ info }) => info.physicalAddress !== null) ??
    found.find(({ info }) => info.takesAddress) ??
    (found.length === 1 ? found[0] : undefined);
  return chosen?.node ?? null;
}
