/**
 * The fleet server's process, in the order in which it starts: options, store, trust, broker, aggregates, listeners,
 * demonstration, ready. It ends in the opposite order. Carries no media: `main.ts` runs the media node beside it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { createLogger } from './log.ts';
import { keptFreePorts } from './free-ports.ts';
import { DEFAULT_PORTS, hostInUrl, LOOPBACK_HOSTS, parseOptions } from './options.ts';
import { authorityStore, telemetryStore } from './store/index.ts';
import {
  CertificateAuthority,
  CertificateRegister,
  Enrolment,
  ensureLocalNode,
  ServerCertificate,
} from './devices/index.ts';
import { Broker } from './broker/index.ts';
import { RefusalRecord } from './audit/index.ts';
import { meetingRoutes, Meetings, SigningKeys } from './meetings/index.ts';
import { Accounts, peopleRoutes, Sessions, SignIn } from './people/index.ts';
import { ensureDemonstration, roomRoutes, Rooms } from './rooms/index.ts';
import { buildApp, buildDeviceApp, Metrics } from './http/index.ts';
import type { ServerReady, ServerServing } from './supervision.ts';

// ── options ──────────────────────────────────────────────────────────────────────────────────────────────────────────
const options = parseOptions(process.argv.slice(2));
const { dataDir, lan, hosts, listenAddress, tlsFiles } = options;
mkdirSync(dataDir, { recursive: true, mode: 0o700 });
const ports = options.ports ?? (options.ephemeralPorts ? await keptFreePorts(dataDir) : DEFAULT_PORTS);
const logger = createLogger({ process: 'fleet-server', json: options.jsonLogs });
const host = hostInUrl(hosts[0]!);
const fleetUrl = `${lan ? 'https' : 'http'}://${host}:${ports.http}`;
const deviceApiUrl = `https://${host}:${ports.deviceApi}`;
const mqttUrl = `mqtts://${host}:${ports.mqtt}`;
const allHosts = [...new Set([...hosts, ...LOOPBACK_HOSTS])];
const fail = (error: unknown): never => {
  logger.fatal({ err: error }, 'the fleet server ends');
  process.exit(1);
};

// ── store ────────────────────────────────────────────────────────────────────────────────────────────────────────────
const store = authorityStore({ dataDir, onFatal: fail });
const telemetry = telemetryStore({ dataDir, onFatal: fail });
await store.start();
await telemetry.start();

// ── trust: CA, certificates, signing key ─────────────────────────────────────────────────────────────────────────────
const authority = new CertificateAuthority({ directory: join(dataDir, 'ca') });
await authority.start();
const register = new CertificateRegister({ store });
await register.start();
const serverCertificate = new ServerCertificate({
  directory: join(dataDir, 'tls'),
  hosts: allHosts,
  authority,
  onRenewed: (tls) => {
    broker.renewTls(tls);
    (deviceApp.server as unknown as { setSecureContext: (context: typeof tls) => void }).setSecureContext(tls);
    if (lan && !tlsFiles)
      (app.server as unknown as { setSecureContext: (context: typeof tls) => void }).setSecureContext(tls);
    logger.info('server certificate renewed');
  },
  onFailed: (error) => logger.error({ err: error }, 'server certificate not renewed'),
});
await serverCertificate.start();
const keys = new SigningKeys({ directory: join(dataDir, 'keys') });
await keys.start();
const nodeCredentialsDir = join(dataDir, 'nodes', 'local');
const localNode = await ensureLocalNode({ directory: nodeCredentialsDir, store, authority, register });

// ── broker ───────────────────────────────────────────────────────────────────────────────────────────────────────────
const refusals = new RefusalRecord({ store });
const broker = new Broker({
  listen: { host: listenAddress, port: ports.mqtt },
  tls: serverCertificate.tls,
  isAccepted: (identity, serial) => register.isAccepted(identity, serial),
  onCame: (identity, publicKey) => register.cameBy(identity, publicKey),
  onRefused: (refusal) => {
    metrics.refused('mqtt', refusal.code);
    void refusals.record(refusal).catch((error: unknown) => logger.error({ err: error }, 'refusal not recorded'));
  },
  logger,
});
register.onRevoked((identity) => broker.disconnect(identity));

// ── aggregates ───────────────────────────────────────────────────────────────────────────────────────────────────────
const accounts = new Accounts({ store });
const sessions = new Sessions({ store });
const signIn = new SignIn({ store, accounts, sessions, logger });
const enrolment = new Enrolment({ store, authority, register, logger });
const meetings = new Meetings({ store, telemetry, broker, keys, register, joinPageUrl: `${fleetUrl}/join`, logger });
const rooms = new Rooms({
  store,
  telemetry,
  broker,
  meetings,
  enrolment,
  register,
  logger,
  deviceApi: { url: deviceApiUrl, caSha256: authority.sha256 },
  controllerUrl: `${fleetUrl}/control`,
});
const metrics = new Metrics({
  roomsOnline: () => rooms.reports.onlineCount,
  roomLinks: () => rooms.link.count,
  mqttClients: () => broker.connectedCount,
  mediaBlocked: () => meetings.nodes.blockedCount,
  mediaNodesOnline: () => meetings.nodes.all.filter((node) => node.online).length,
});

// ── listeners: what was published before is published again before anyone can ask ────────────────────────────────────
await broker.open();
await meetings.start();
await rooms.start();
await broker.listen();
const browserTls = tlsFiles
  ? { cert: readFileSync(tlsFiles.cert), key: readFileSync(tlsFiles.key) }
  : { ...serverCertificate.tls, ca: undefined };
const onlineNodes = () => meetings.nodes.all.filter((node) => node.online);
const app = await buildApp({
  tls: lan ? browserTls : null,
  hosts: allHosts,
  fleetUrl: () => fleetUrl,
  handlers: {
    ...peopleRoutes({ accounts, sessions, signIn }),
    ...roomRoutes({ rooms }),
    ...meetingRoutes({ meetings }),
  },
  accounts,
  sessions,
  metrics,
  logger,
  pages: {
    controllerDist: join(import.meta.dirname, '../controller/dist'),
    consoleDist: join(import.meta.dirname, 'console/dist'),
    signalingUrl: () => onlineNodes()[0]?.signalingUrl ?? null,
  },
  signalingOrigins: () => meetings.nodes.all.map((node) => new URL(node.signalingUrl).origin),
  caCertificate: lan && !tlsFiles ? authority.certificateDer : null,
  onRoomLink: (request, socket, head, network) => rooms.link.handleUpgrade(request, socket, head, network),
});
await app.listen({ host: listenAddress, port: ports.http, listenTextResolver: (address) => `browsers at ${address}` });
const deviceApp = buildDeviceApp({ tls: serverCertificate.tls, enrolment, register, mqttUrl: () => mqttUrl, logger });
await deviceApp.listen({
  host: listenAddress,
  port: ports.deviceApi,
  listenTextResolver: (address) => `device API at ${address}`,
});
logger.info({ fleetUrl, deviceApiUrl, mqttUrl }, 'the fleet server serves');

// ── end ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  rooms.link.stop();
  await Promise.all([app.close(), deviceApp.close()]);
  await rooms.stop();
  meetings.stop();
  await broker.stop();
  serverCertificate.stop();
  await telemetry.stop();
  await store.stop();
}
const endAndExit = (): void => void end().then(() => process.exit(0), fail);
process.on('SIGTERM', endAndExit);
process.on('SIGINT', endAndExit);
// the supervisor is gone, so nobody would restart or end us
process.on('disconnect', endAndExit);

// ── ready ────────────────────────────────────────────────────────────────────────────────────────────────────────────
const tell = (message: ServerServing | ServerReady): void => void process.send?.(message);
tell({
  ready: 'fleet-server',
  nodeCredentialsDir,
  mqttUrl: `mqtts://127.0.0.1:${ports.mqtt}`,
  signalingTls: lan ? (tlsFiles ?? { cert: serverCertificate.certificatePath, key: serverCertificate.keyPath }) : null,
});
const node = await meetings.nodes.registered(localNode.nodeId);
// last of all, so that a start that fails takes no password with it
const firstAdmin = await accounts.createFirstAdmin();
const demonstration = options.demonstration ? await ensureDemonstration({ store, rooms, meetings }) : null;
tell({
  ready: 'fleet',
  fleetUrl,
  deviceApiUrl,
  mqttUrl,
  signalingUrl: node.signalingUrl,
  mediaWorkers: node.workers,
  firstAdmin,
  demonstration,
  caCertificatePath: authority.certificatePath,
  ports: [
    { port: ports.http, transport: 'tcp', purpose: `browsers (${lan ? 'HTTPS' : 'HTTP'})` },
    { port: ports.deviceApi, transport: 'tcp', purpose: 'device API for kiosks (HTTPS)' },
    { port: ports.mqtt, transport: 'tcp', purpose: 'MQTT over TLS for kiosks' },
  ],
});
// Node keeps what it compiled at its end; who is killed or loses power has none
setTimeout(flushCompileCache, 5_000).unref();
