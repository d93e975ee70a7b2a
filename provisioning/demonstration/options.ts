/**
 * What `npm start` understands, and how it becomes the options of the processes that it starts.
 */
import { parseArgs } from 'node:util';
import { hasDisplay } from '#edge/display.ts';

export type DemonstrationOptions = {
  headless: boolean;
  ephemeral: boolean;
  json: boolean;
  lan: boolean;
  hosts: string[];
  tlsCertificateFile: string | null;
  tlsKeyFile: string | null;
  trustedProxies: string[];
  /** null: as the fleet has it */
  picturesPerSecond: string | null;
  /** null: nothing that is spoken is written */
  speechConfigFile: string | null;
  fakeMedia: boolean;
  shell: boolean;
  dev: boolean;
  kioskSettingsFile: string | null;
};

export const demonstrationUsage = `npm start -- [options]

  --headless              no window, even where there is a display
  --ephemeral             everything in a temporary folder and on free ports; nothing is left afterwards
  --json                  one line of JSON on stdout when ready, and nothing else there
  --lan                   serve the office over TLS, not this machine alone
  --host NAME_OR_IP       with --lan: a name or address that browsers use (may be repeated)
  --tls-cert F --tls-key F  with --lan: a certificate of your own instead of one from the fleet's CA
  --trusted-proxy CIDR    a proxy of yours, whose X-Forwarded-For says who is calling (may be repeated)
  --pictures-per-second N  of broadcasts, 10 to 30 (30): fewer for a machine with few processors
  --speech-config F       write what is spoken, by a speech engine of yours
  --fake-media            a test picture and tone instead of camera and microphone
  --kiosk-settings F      settings of the room's kiosk as JSON, such as its certificate for the office's network
  --no-shell              no TV at all: open its address in a browser of your own
  --dev                   build and start again on save; logs in this terminal`;

/** @throws Error naming what does not exist or does not go together */
export function parseDemonstrationOptions(args: string[]): DemonstrationOptions {
  const { values } = parse(args);
  const options: DemonstrationOptions = {
    headless: values.headless,
    ephemeral: values.ephemeral,
    json: values.json,
    lan: values.lan,
    hosts: values.host,
    tlsCertificateFile: values['tls-cert'] ?? null,
    tlsKeyFile: values['tls-key'] ?? null,
    trustedProxies: values['trusted-proxy'],
    picturesPerSecond: values['pictures-per-second'] ?? null,
    speechConfigFile: values['speech-config'] ?? null,
    fakeMedia: values['fake-media'],
    shell: !values['no-shell'],
    dev: values.dev,
    kioskSettingsFile: values['kiosk-settings'] ?? null,
  };
  const hasCertificate = options.tlsCertificateFile !== null;
  if (hasCertificate !== (options.tlsKeyFile !== null)) throw new Error('--tls-cert and --tls-key go together');
  if (!options.lan && (hasCertificate || options.hosts.length > 0)) {
    throw new Error('--host, --tls-cert and --tls-key need --lan: without it nothing leaves this machine');
  }
  return options;
}

function parse(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  return parseArgs({
    args,
    options: {
      headless: flag,
      ephemeral: flag,
      json: flag,
      lan: flag,
      host: { type: 'string', multiple: true, default: [] },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'trusted-proxy': { type: 'string', multiple: true, default: [] },
      'pictures-per-second': { type: 'string' },
      'speech-config': { type: 'string' },
      'fake-media': flag,
      'no-shell': flag,
      'kiosk-settings': { type: 'string' },
      dev: flag,
    },
  });
}

export function fleetArguments(options: DemonstrationOptions, dataDir: string): string[] {
  return [
    ...['--data-dir', dataDir, '--demonstration'],
    ...(options.ephemeral ? ['--ephemeral-ports'] : []),
    ...(options.lan ? ['--lan'] : []),
    ...options.hosts.flatMap((host) => ['--host', host]),
    ...(options.tlsCertificateFile ? ['--tls-cert', options.tlsCertificateFile] : []),
    ...(options.tlsKeyFile ? ['--tls-key', options.tlsKeyFile] : []),
    ...options.trustedProxies.flatMap((block) => ['--trusted-proxy', block]),
    ...(options.picturesPerSecond === null ? [] : ['--pictures-per-second', options.picturesPerSecond]),
    ...(options.speechConfigFile === null ? [] : ['--speech-config', options.speechConfigFile]),
    ...(options.json ? ['--json-logs'] : []),
  ];
}

/**
 * @param claimFile null once the box has enrolled
 */
export function kioskArguments(
  options: DemonstrationOptions,
  paths: { dataDir: string; claimFile: string | null },
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  return [
    ...['--data-dir', paths.dataDir],
    ...(paths.claimFile ? ['--claim-file', paths.claimFile] : []),
    ...(options.ephemeral ? ['--screen-port', '0', '--setup-port', '0'] : []),
    ...['--shell', options.shell ? 'auto' : 'none'],
    ...(options.shell && (options.headless || !hasDisplay(env)) ? ['--headless'] : []),
    ...(options.fakeMedia ? ['--fake-media'] : []),
  ];
}
