/**
 * Finds the CEC adapter of a box: the kernel's own where `cec-ctl` is there, of several the one that a TV is plugged in
 * to; else one that libcec knows. null: this room's TV is switched by hand.
 */
import type { Logger } from 'pino';
import { MaruError } from '#contract/error-codes.ts';
import type { CecAdapter } from './cec-adapter.ts';
import { CecClientBus, KERNEL_PORT } from './cec-client-bus.ts';
import { readPorts } from './cec-client-output.ts';
import { CecCtlBus } from './cec-ctl-bus.ts';
import { type AdapterInfo, readAdapterInfo } from './cec-ctl-output.ts';
import { CecTv } from './cec-tv.ts';
import { ToolRunner } from './cec-tool.ts';
import { cecNodes } from './device-node.ts';
import type { TvSettings } from './tv-settings.ts';

const DEADLINE_MS = 5_000;
/** Of the device that others are plugged in to: an input of this box. */
const ROOT_ADDRESS = 0;

export type FindOptions = {
  wanted: TvSettings['adapter'];
  logger: Logger;
  cecCtl?: string;
  cecClient?: string;
  nodes?: () => string[];
};

export async function findAdapter(options: FindOptions): Promise<CecAdapter | null> {
  const { wanted, cecCtl, cecClient, nodes = cecNodes } = options;
  if (wanted === 'none') return null;
  if (wanted === 'auto') {
    const { adapter, isSpokenTo } = await ofTheKernel(options, nodes());
    return adapter ?? (await ofLibcec(options, isSpokenTo));
  }
  if (!wanted.startsWith('/dev/cec')) return new CecTv(new CecClientBus({ port: wanted, program: cecClient }));
  return new CecTv(new CecCtlBus({ node: wanted, program: cecCtl }));
}

type OfTheKernel = { adapter: CecAdapter | null; isSpokenTo: boolean };

async function ofTheKernel(options: FindOptions, nodes: string[]): Promise<OfTheKernel> {
  const { logger, cecCtl: program = 'cec-ctl' } = options;
  const tool = new ToolRunner({ program, deadlineMs: DEADLINE_MS });
  const found: { node: string; info: AdapterInfo }[] = [];
  let isSpokenTo = false;
  for (const node of nodes) {
    try {
      const { stdout, stderr } = await tool.run(['-d', node]);
      const info = readAdapterInfo(stdout);
      isSpokenTo ||= info !== null;
      if (info === null) logger.warn({ node, detail: stderr.trim().slice(0, 200) }, 'tv: not a CEC adapter');
      else if (info.canTransmit && info.physicalAddress !== ROOT_ADDRESS) found.push({ node, info });
    } catch (error) {
      if (!(error instanceof MaruError)) throw error;
      logger.warn({ node, code: error.code, detail: error.message }, 'tv: the CEC adapter can not be asked');
    }
  }
  const chosen = found.find(({ info }) => info.physicalAddress !== null) ?? (found.length === 1 ? found[0] : undefined);
  return { adapter: chosen ? new CecTv(new CecCtlBus({ node: chosen.node, program })) : null, isSpokenTo };
}

/** @param kernelIsSpokenTo then libcec's way to the kernel is none: it takes the first adapter, whatever hangs at it */
async function ofLibcec(options: FindOptions, kernelIsSpokenTo: boolean): Promise<CecAdapter | null> {
  const { logger, cecClient: program = 'cec-client' } = options;
  try {
    const tool = new ToolRunner({ program, deadlineMs: DEADLINE_MS });
    const ports = readPorts((await tool.run(['--list-devices'])).stdout);
    const port = ports.find((each) => each !== KERNEL_PORT || !kernelIsSpokenTo);
    return port === undefined ? null : new CecTv(new CecClientBus({ port, program }));
  } catch (error) {
    if (!(error instanceof MaruError)) throw error;
    logger.debug({ code: error.code, detail: error.message }, 'tv: no libcec');
    return null;
  }
}
