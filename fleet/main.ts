/**
 * The fleet's supervisor: runs the fleet server, then the media node, the packager, the document converter and the program
 * process beside it, and restarts each alone on the same ports, so that a call outlives the server and the server a call.
 * Notifies its parent when server and node serve.
 */
import { mkdirSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FleetReady } from '#contract/process-ready.ts';
import { readCommandLine } from '#edge/command-line.ts';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { writeDurably } from '#edge/durable-file.ts';
import { START_REFUSED_EXIT_CODE, StartRefused } from '#edge/start-refused.ts';
import { SupervisedProcess } from '#edge/supervised-process.ts';
import { goOnOnceStarted } from '#edge/uncaught.ts';
import { keptFreePorts } from './free-ports.ts';
import { createLogger } from './log.ts';
import { DEFAULT_PORTS, parseFleetOptions, fleetUsage } from './options.ts';
import { FIRST_ADMIN_FILE, type ServerMessage, type ServerReady, type ServerServing } from './supervision.ts';

const args = process.argv.slice(2);
const options = readCommandLine(fleetUsage, parseFleetOptions);
const { dataDir, hosts, listenAddress, lan, trustedProxies, jsonLogs } = options;
// a folder that IT made before may be open to others: what is put there is not
process.umask(0o077);
mkdirSync(dataDir, { recursive: true, mode: 0o700 });
const logger = createLogger({ process: 'fleet', json: jsonLogs });
const started = goOnOnceStarted((what, error, isFatal) => logger[isFatal ? 'fatal' : 'error']({ err: error }, what));
try {
  // before the pid files: they are the first one's
  lockDataDir({ dataDir, holder: 'fleet', onWait: () => logger.info({ dataDir }, 'waiting for another fleet to end') });
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  logger.fatal(error.message);
  process.exit(START_REFUSED_EXIT_CODE);
}
const ports = options.ports ?? (options.ephemeralPorts ? await keptFreePorts(dataDir) : DEFAULT_PORTS);

const supervised = (name: string) => ({
  pidFile: join(dataDir, `${name}.pid`),
  compiledDir: join(dataDir, 'compiled'),
  log: (what: string, details: object) => logger.warn({ child: name, ...details }, `child process: ${what}`),
  onRefused: () => end(START_REFUSED_EXIT_CODE),
});
const server = new SupervisedProcess({
  ...supervised('fleet-server'),
  script: fileURLToPath(new URL('./server.ts', import.meta.url)),
  args: () => [...args, '--ports', JSON.stringify(ports)],
  onMessage: (message) => onServerMessage(message as ServerMessage),
});
let mediaNode: SupervisedProcess | null = null;
let converter: SupervisedProcess | null = null;
let packager: SupervisedProcess | null = null;
let program: SupervisedProcess | null = null;
let turn: SupervisedProcess | null = null;

function onServerMessage(message: ServerMessage): void {
  if (message.ready === 'fleet') {
    tellReady(message);
    startConverter();
    startProgram(message.caCertificatePath);
    startTurn(message.turnConfiguration);
    return;
  }
  // a server that was restarted finds the node running
  if (mediaNode) return;
  mediaNode = new SupervisedProcess({
    ...supervised('media-node'),
    script: fileURLToPath(new URL('./media/main.ts', import.meta.url)),
    args: () => mediaNodeArgs(message),
  });
  mediaNode.start();
  // without it there are calls all the same
  const { onRefused: _, ...ofPackager } = supervised('packager');
  packager = new SupervisedProcess({
    ...ofPackager,
    script: fileURLToPath(new URL('./broadcasts/packager/main.ts', import.meta.url)),
    args: () => packagerArgs(message),
  });
  packager.start();
}

/** Once people can come in: nobody waits for a document before. */
function startConverter(): void {
  if (converter) return;
  const { onRefused: _, ...options } = supervised('converter');
  converter = new SupervisedProcess({
    ...options,
    script: fileURLToPath(new URL('./documents/converter/main.ts', import.meta.url)),
    args: () => ['--data-dir', dataDir, ...(jsonLogs ? ['--json-logs'] : [])],
  });
  converter.start();
}

/** Draws broadcasts and recordings; trusts what the media node serves with. */
function startProgram(caFile: string): void {
  if (program) return;
  const trusted = lan ? [caFile, ...(options.tlsFiles ? [options.tlsFiles.cert] : [])] : [];
  const { onRefused: _, ...kept } = supervised('program');
  program = new SupervisedProcess({
    ...kept,
    script: fileURLToPath(new URL('./broadcasts/program/main.ts', import.meta.url)),
    args: () => [
      '--data-dir',
      dataDir,
      ...trusted.flatMap((file) => ['--trust', file]),
      ...['--pictures-per-second', `${options.picturesPerSecond}`],
      ...(jsonLogs ? ['--json-logs'] : []),
    ],
  });
  program.start();
}

/** Debian's coturn; a machine without it serves everybody else. */
function startTurn(configuration: string | null): void {
  if (turn || configuration === null) return;
  const { onRefused: _, compiledDir: __, ...options } = supervised('turn');
  turn = new SupervisedProcess({ ...options, command: 'turnserver', args: () => ['-c', configuration] });
  turn.start();
}

/** Delivers broadcasts to viewers while the fleet server is away: a port of its own. */
function packagerArgs({ signalingTls }: ServerServing): string[] {
  const { host, port } = options.liveAt ?? { host: listenAddress, port: ports.live };
  const tls = signalingTls ? ['--tls-cert', signalingTls.cert, '--tls-key', signalingTls.key] : [];
  return [
    '--data-dir',
    dataDir,
    '--live-at',
    isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`,
    ...tls,
    ...trustedProxies.flatMap((block) => ['--trusted-proxy', block]),
    ...(jsonLogs ? ['--json-logs'] : []),
  ];
}

function mediaNodeArgs({ nodeCredentialsDir, mqttUrl, signalingTls }: ServerServing): string[] {
  const reach = lan
    ? ['--listen-address', listenAddress, ...hosts.flatMap((host) => ['--announced-address', host])]
    : [];
  const { signalingAt } = options;
  const signaling = signalingAt
    ? ['--signaling-host', signalingAt.host, '--signaling-port', String(signalingAt.port)]
    : ['--signaling-port', String(ports.signaling)];
  const tls = signalingTls ? ['--tls-cert', signalingTls.cert, '--tls-key', signalingTls.key] : [];
  return [
    '--credentials',
    nodeCredentialsDir,
    '--mqtt-url',
    mqttUrl,
    '--media-port-base',
    String(ports.mediaBase),
    ...signaling,
    ...reach,
    ...tls,
    ...trustedProxies.flatMap((block) => ['--trusted-proxy', block]),
    ...(options.speechConfig === null ? [] : ['--speech-config', options.speechConfig]),
    ...(jsonLogs ? ['--json-logs'] : []),
  ];
}

function tellReady({ mediaWorkers, turnConfiguration: _, ...ready }: ServerReady): void {
  const media = Array.from({ length: mediaWorkers }, (_, index) => ({
    port: ports.mediaBase + index,
    transport: 'tcp+udp' as const,
    purpose: `media, worker ${index + 1}`,
  }));
  const all: FleetReady = {
    ...ready,
    ports: [
      ...ready.ports,
      { port: options.signalingAt?.port ?? ports.signaling, transport: 'tcp', purpose: 'signalling for calls' },
      { port: options.liveAt?.port ?? ports.live, transport: 'tcp', purpose: 'broadcasts for viewers' },
      ...media,
      ...(options.turnAt ? [{ port: options.turnAt.port, transport: 'tcp' as const, purpose: 'relay for calls' }] : []),
    ],
  };
  logger.info({ fleetUrl: all.fleetUrl }, 'the fleet serves');
  process.send?.(all);
  if (all.firstAdmin) showFirstAdmin(all.firstAdmin, all.fleetUrl);
}

/** Once and to a person alone, because a log would keep it. Without a terminal, and without a parent to show it, in a file. */
function showFirstAdmin({ userName, oneTimePassword }: NonNullable<FleetReady['firstAdmin']>, fleetUrl: string): void {
  if (process.stdout.isTTY) process.stdout.write(`${fleetUrl}: sign in as ${userName} with ${oneTimePassword}\n`);
  else if (process.send === undefined) {
    const file = join(dataDir, FIRST_ADMIN_FILE);
    writeDurably(file, `${JSON.stringify({ userName, oneTimePassword })}\n`);
    logger.warn({ file }, 'sign in by the one-time password in this file, and delete the file');
  }
}

let ending = false;
function end(code = 0): void {
  if (ending) return;
  ending = true;
  // server last: the node can still report the end of its calls
  void Promise.all([mediaNode?.stop(), packager?.stop(), converter?.stop(), program?.stop(), turn?.stop()])
    .then(() => server.stop())
    .then(() => process.exit(code));
}
process.on('SIGTERM', () => end());
process.on('SIGINT', () => end());
// the parent process is gone
process.on('disconnect', () => end());

server.start();
started();
