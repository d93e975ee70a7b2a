/** The command line of root's updater. Its units give none of the paths: they are other ones in tests. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export type UpdaterOptions = {
  mode: 'obey' | 'look' | 'place-system-files';
  paths: UpdaterPaths;
};
export type UpdaterPaths = {
  /** the machine's root, whose system files are placed */
  root: string;
  /** of slots and of the link to the one that runs */
  home: string;
  /** the agent's: what it fetched. Nothing there is believed */
  staging: string;
  order: string;
  /** the agent's, for the guard */
  proof: string;
  report: string;
  /** of root alone: its trust, what it placed, the trial */
  state: string;
  pinnedRoot: string;
  /** the release that this program belongs to */
  release: string;
};

export const updaterUsage = `node dist/kiosk-updater-main.js [options]: obeys one order of the agent, as root

  --look                 only look whether this program and its release are whole; for anybody
  --place-system-files   only place the system files of the release that runs

  --root=DIR             the machine's root (/)
  --home=DIR             of releases and the link to the current one (/opt/maru)
  --staging-dir=DIR      what the agent fetched (/var/lib/maru/updates/feed)
  --order-file=F         the order (/run/maru/update-order.json)
  --proof-file=F         of the release on trial (/run/maru/update-proof)
  --report-file=F        the answer (/run/maru-updater/report.json)
  --state-dir=DIR        of the updater and the guard (/var/lib/maru-updater)
  --pinned-root=F        the root of trust (/usr/local/share/maru/update-root.json)
  --release-dir=DIR      of this program (the folder above it)`;

const path = (fallback: string) => ({ type: 'string', default: fallback }) as const;

/** @throws Error naming what is wrong */
export function parseUpdaterOptions(args: string[]): UpdaterOptions {
  const { values } = parseArgs({
    args,
    options: {
      look: { type: 'boolean', default: false },
      'place-system-files': { type: 'boolean', default: false },
      root: path('/'),
      home: path('/opt/maru'),
      'staging-dir': path('/var/lib/maru/updates/feed'),
      'order-file': path('/run/maru/update-order.json'),
      'proof-file': path('/run/maru/update-proof'),
      'report-file': path('/run/maru-updater/report.json'),
      'state-dir': path('/var/lib/maru-updater'),
      'pinned-root': path('/usr/local/share/maru/update-root.json'),
      'release-dir': path(join(import.meta.dirname, '../..')),
    },
  });
  if (values.look && values['place-system-files'])
    throw new Error('--look and --place-system-files do not go together');
  return {
    mode: values.look ? 'look' : values['place-system-files'] ? 'place-system-files' : 'obey',
    paths: {
      root: values.root,
      home: values.home,
      staging: values['staging-dir'],
      order: values['order-file'],
      proof: values['proof-file'],
      report: values['report-file'],
      state: values['state-dir'],
      pinnedRoot: values['pinned-root'],
      release: values['release-dir'],
    },
  };
}
