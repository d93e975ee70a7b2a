/**
 * The fleet server's process, in the order in which it starts: options, store, trust, broker, aggregates, listeners,
 * demonstration, ready. It ends in the opposite order. Carries no media: `main.ts` runs the media node beside it.
 */
import { mkdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import type { Server } from 'node:https';
import { join } from 'node:path';
import { readCommandLine } from '#edge/command-line.ts';
import type { SecureContextOptions } from 'node:tls';
import { WatchedTlsFiles } from '#edge/tls-files.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { TrustedProxies } from '#edge/who-is-calling.ts';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { writeDurably } from '#edge/durable-file.ts';
import { endOnException } from '#edge/uncaught.ts';
import { START_REFUSED_EXIT_CODE, StartRefused } from '#edge/start-refused.ts';
import { refuseLostDatabase, refuseUnfinishedReturn } from './data-dir.ts';
import { createLogger } from './log.ts';
import { keptFreePorts } from './free-ports.ts';
import { DEFAULT_PORTS, machineAddresses, parseFleetOptions, serverUsage } from './options.ts';
import { authorityStore, moveStoredTimes, type StorageState, telemetryStore } from './store/index.ts';
import {
  CertificateAuthority,
  CertificateRegister,
  ensureLocalNode,
  formerRoomOf,
  ServerCertificate,
} from './devices/index.ts';
import { oncePerWord, onUnknownWord } from '#contract/open-words.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { Broker } from './broker/index.ts';
import { AuditWatch, RefusalRecord } from './audit/index.ts';
import { hasInvites, SigningKeys } from './meetings/index.ts';
import { OF_ORGANISATION } from './alerts/index.ts';
import { ensureDemonstration } from './rooms/index.ts';
import { Turn } from './turn/index.ts';
import { KioskRelease } from './updates/index.ts';
import { buildApp, buildDeviceApp } from './http/index.ts';
import { FIRST_ADMIN_FILE, type ServerReady, type ServerServing } from './supervision.ts';
import { type Ground, makeParts, startParts, stopParts } from './parts.ts';
import { servedRoutes } from './served-routes.ts';
import { addressesOf } from './addresses.ts';

// ── options ──────────────────────────────────────────────────────────────────────────────────────────────────────────
const options = readCommandLine(serverUsage, parseFleetOptions);
const { dataDir, lan, hosts, listenAddress, tlsFiles } = options;
// a folder that IT made before may be open to others: what is put there is not
process.umask(0o077);
mkdirSync(dataDir, { recursive: true, mode: 0o700 });
const logger = createLogger({ process: 'fleet-server', json: options.jsonLogs });
const stores: { readonly isWriting: boolean }[] = [];
const exit = (code: number): never => {
  // `process.exit` waits for the writers' threads, and a disk that hangs holds them for ever
  if (stores.some(({ isWriting }) => isWriting)) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
};
endOnException(
  (what, error, isFatal) => logger[isFatal ? 'fatal' : 'error']({ err: error }, what),
  () => exit(1),
);
/** What only IT can mend ends the start in words. */
const orRefuse = (error: unknown): never => {
  if (!(error instanceof StartRefused)) throw error;
  logger.fatal(error.message);
  process.exit(START_REFUSED_EXIT_CODE);
};
try {
  // a former one that lost its supervisor may be about to end
  const onWait = () => logger.info({ dataDir }, 'waiting for another fleet server to end');
  lockDataDir({ dataDir, holder: 'fleet-server', onWait });
  refuseUnfinishedReturn(dataDir);
  refuseLostDatabase(dataDir);
} catch (error) {
  orRefuse(error);
}
const ports = options.ports ?? (options.ephemeralPorts ? await keptFreePorts(dataDir) : DEFAULT_PORTS);
const { httpsAt, turnAt } = options;
const addresses = addressesOf(options, ports);
const { fleetUrl, liveUrlAt, deviceApiUrl, mqttUrl, allHosts } = addresses;
/** how often certificates of our own are looked at, whether they are due */
const RENEWAL_LOOK_MS = 3_600_000;
const fail = (error: unknown): never => {
  logger.fatal({ err: error }, 'the fleet server ends');
  return exit(1);
};

// ── store ────────────────────────────────────────────────────────────────────────────────────────────────────────────
const logStorage = (file: string) => (state: StorageState, error: Error | null) =>
  state === 'failing'
    ? logger.error({ file, code: 'storage-failed', reason: error?.message }, 'the disk fails: nothing can be saved')
    : logger.info({ file }, 'the disk is back: writes succeed');
const store = authorityStore({ dataDir, onStorage: logStorage('authority.sqlite'), onFatal: fail });
const telemetry = telemetryStore({
  dataDir,
  onStorage: logStorage('telemetry.sqlite'),
  onSetAside: (damagedPath) =>
    logger.error({ damagedPath }, 'telemetry.sqlite was damaged: set aside, another is begun'),
  onFatal: fail,
});
stores.push(store, telemetry);
await store.start().catch(orRefuse);
await telemetry.start();

// ── clock: what it jumps is nobody's idle time ───────────────────────────────────────────────────────────────────────
const clock = new WallClock();
clock.onJump(async (byMs) => {
  logger.warn({ byMs }, 'the wall clock jumped');
  await store
    .write((trx) => moveStoredTimes(trx, byMs))
    .catch((error: unknown) => logger.error({ err: error }, 'stored times not moved'));
});
clock.start();

// ── trust: CA, certificates, signing key ─────────────────────────────────────────────────────────────────────────────
const authority = new CertificateAuthority({ directory: join(dataDir, 'ca') });
const register = new CertificateRegister({
  store,
  onFailed: (error) => logger.error({ err: error }, 'a replaced certificate is not kept as such'),
});
await register.start();
await authority.start({ isInUse: await register.hasIssued() }).catch(orRefuse);
const serverCertificate = new ServerCertificate({
  directory: join(dataDir, 'tls'),
  hosts: allHosts,
  authority,
  onRenewed: (tls) => {
    broker.renewTls(tls);
    (deviceApp.server as unknown as Server).setSecureContext(tls);
    if (lan && !tlsFiles) {
      renewBrowserTls(tls);
      turn?.reloadCertificate();
    }
    logger.info('server certificate renewed');
  },
  onFailed: (error) => logger.error({ err: error }, 'server certificate not renewed'),
});
await serverCertificate.start();
const keys = new SigningKeys({ directory: join(dataDir, 'keys') });
await keys.start({ isInUse: await hasInvites(store) }).catch(orRefuse);
const nodeCredentialsDir = join(dataDir, 'nodes', 'local');
const keepLocalNode = () => ensureLocalNode({ directory: nodeCredentialsDir, store, authority, register });
const localNode = await keepLocalNode();
const renewIfDue = async (): Promise<void> => {
  await serverCertificate.check();
  await keepLocalNode().catch((error: unknown) =>
    logger.error({ err: error }, "the local node's certificate not renewed"),
  );
};
const renewing = setInterval(() => void renewIfDue(), RENEWAL_LOOK_MS);
// a clock that was set may have found one that is due
clock.onJump(renewIfDue);

// ── broker ───────────────────────────────────────────────────────────────────────────────────────────────────────────
const refusals = new RefusalRecord({ store });
const broker = new Broker({
  listen: { host: listenAddress, port: ports.mqtt },
  tls: serverCertificate.tls,
  isAccepted: (identity, serial) => register.isAccepted(identity, serial),
  onCame: (identity, certificate) => register.cameBy(identity, certificate),
  onRefused: (refusal) => {
    metrics.refused('mqtt', refusal.code);
    void refusals.record(refusal).catch((error: unknown) => logger.error({ err: error }, 'refusal not recorded'));
  },
  logger,
});
register.onRevoked((identity) => broker.disconnect(identity));

// ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────
/** what browsers, signalling and the relay serve with; null: plain, on loopback */
const publicTls = lan
  ? (tlsFiles ?? { cert: serverCertificate.certificatePath, key: serverCertificate.keyPath })
  : null;
const turn =
  turnAt && publicTls ? new Turn({ dataDir, at: turnAt, tls: publicTls, peers: machineAddresses(hosts) }) : null;
await turn?.start();
const ground: Ground = {
  ...addresses,
  options,
  store,
  telemetry,
  clock,
  authority,
  register,
  keys,
  broker,
  iceServersFor: (peerId) => turn?.iceServersFor(peerId) ?? [],
  orRefuse,
  logger,
};
const parts = makeParts(ground);
const {
  mail,
  people,
  openid,
  enrolment,
  waitingKiosks,
  meetings,
  documents,
  broadcasts,
  erasures,
  notesLinks,
  alerts,
  rooms,
  settings,
  help,
  updates,
  signage,
  metrics,
} = parts;
const logUnknownWord = oncePerWord((word) => logger.warn({ word }, 'a word of a newer release is ignored'));
onUnknownWord((word) => {
  metrics.unknownWord();
  logUnknownWord(word);
});

// ── listeners: what was published before is published again before anyone can ask ────────────────────────────────────
await broker.open();
await startParts(parts, ground);
await broker.listen();
const renewBrowserTls = (tls: SecureContextOptions): void => (app.server as unknown as Server).setSecureContext(tls);
const browserFiles =
  tlsFiles &&
  new WatchedTlsFiles({
    files: { certFile: tlsFiles.cert, keyFile: tlsFiles.key },
    onRenewed: (tls, fingerprint) => {
      renewBrowserTls(tls);
      turn?.reloadCertificate();
      logger.info({ fingerprint }, 'renewed certificate in use');
    },
    onProblem: (problem, reason) => logger.error({ certFile: tlsFiles.cert, problem, reason }, 'certificate not good'),
  });
// half of a renewed pair may be there: another start may find it whole
const browserTls = browserFiles
  ? (browserFiles.start() ?? fail(new Error(`${tlsFiles?.cert}: ${browserFiles.problem}`)))
  : { ...serverCertificate.tls, ca: undefined };
const onlineNodes = () => meetings.nodes.all.filter((node) => node.online);
const app = await buildApp({
  tls: lan ? browserTls : null,
  hosts: allHosts,
  proxies: new TrustedProxies(options.trustedProxies),
  fleetUrl: () => fleetUrl,
  served: servedRoutes(parts, ground),
  verifyDocumentToken: (token) => meetings.documentAccesses.verify(token),
  roleInCall: (accountId, meetingId) => meetings.roleInCall(accountId, meetingId),
  roleInMeeting: (accountId, meetingId) => meetings.roleInMeeting(accountId, meetingId),
  roomsOfMeeting: (meetingId) => meetings.people.roomsOf(meetingId),
  verifyTicket: (token) => meetings.waitingRoom.verify(token),
  accounts: people.accounts,
  sessions: people.sessions,
  places: people.places,
  apiTokens: people.apiTokens,
  openid,
  metrics,
  isStorageFailing: () => store.state === 'failing' || telemetry.state === 'failing',
  complaints: () => [
    ...(browserFiles?.problem ? [`certificate: ${browserFiles.problem}`] : []),
    ...(mail?.problem ? [`mail: ${mail.problem}`] : []),
    ...(broadcasts.desk.whyUnavailable === null ? [] : [`broadcasts: ${broadcasts.desk.whyUnavailable}`]),
    ...(documents.whyUnavailable === null ? [] : [`documents: ${documents.whyUnavailable}`]),
    ...(erasures.problem === null ? [] : [`deletions: ${erasures.problem}`]),
    ...meetings.nodes.clocks.allWrong.map(
      ({ nodeId, aheadMs }) => `media node ${nodeId}: clock off by ${Math.round(aheadMs / 1_000)} s`,
    ),
    // rooms are named in the console
    ...broker.unserved
      .filter(({ who }) => who.party === 'node')
      .map(
        ({ who, protocol }) => `media node ${who.id}: protocol ${protocol}, and this server serves ${PROTOCOL_VERSION}`,
      ),
  ],
  logger,
  pages: {
    controllerDist: join(import.meta.dirname, '../controller/dist'),
    consoleDist: join(import.meta.dirname, 'console/dist'),
    signalingUrl: () => onlineNodes()[0]?.signalingUrl ?? null,
  },
  signalingOrigins: () => meetings.nodes.all.map((node) => new URL(node.signalingUrl).origin),
  liveUrl: liveUrlAt,
  caCertificate: lan && !tlsFiles ? authority.certificateDer : null,
  onRoomLink: (request, socket, head, network) => rooms.links.handleUpgrade(request, socket, head, network),
  onNotesLink: (...upgrade) => notesLinks.handleUpgrade(...upgrade),
});
await app.listen({
  host: httpsAt?.host ?? listenAddress,
  port: httpsAt?.port ?? ports.http,
  listenTextResolver: (address) => `browsers at ${address}`,
});
waitingKiosks.start();
const deviceApp = buildDeviceApp({
  tls: serverCertificate.tls,
  enrolment,
  waiting: waitingKiosks,
  formerRoomOf: (certificate) =>
    formerRoomOf(certificate, { caPem: authority.certificatePem, store, nowMs: clock.nowMs() }),
  pictureOf: async (roomId, signageKey) => signage.pictureOf(roomId, signageKey),
  caPem: () => authority.certificatePem,
  register,
  kioskRelease: options.kioskRelease === null ? null : new KioskRelease({ folder: options.kioskRelease }),
  servedFeed: updates.servedFeed,
  mqttUrl: () => mqttUrl,
  receiveActionFile: (roomId, actionId, file) => help.actions.receiveFile(roomId, actionId, file),
  logger,
});
await deviceApp.listen({
  host: listenAddress,
  port: ports.deviceApi,
  listenTextResolver: (address) => `device API at ${address}`,
});
logger.info({ fleetUrl, deviceApiUrl, mqttUrl }, 'the fleet server serves');
const auditWatch = new AuditWatch({
  store,
  dataDir,
  logger,
  onVerdict: (verdict) =>
    verdict.intact
      ? alerts.clear('audit-broken', OF_ORGANISATION)
      : alerts.raise('audit-broken', OF_ORGANISATION, { seq: verdict.firstBrokenSeq }),
});
auditWatch.start();

// ── end ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
/** below the supervisor's patience */
const END_WITHIN_MS = 4_000;
let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  rooms.links.stop();
  notesLinks.stop();
  await Promise.all([app.close(), deviceApp.close()]);
  await stopParts(parts);
  await broker.stop();
  browserFiles?.stop();
  clearInterval(renewing);
  clock.stop();
  // a jump of the last second is moved in the store too
  await clock.settledNowMs();
  await auditWatch.stop();
  await Promise.all([telemetry.stop(), store.stop()]);
}
const endAndExit = (): void => {
  setTimeout(() => fail(new Error(`not ended within ${END_WITHIN_MS} ms`)), END_WITHIN_MS).unref();
  void end().then(() => exit(0), fail);
};
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
  signalingTls: publicTls,
});
const node = await meetings.nodes.registered(localNode.nodeId);
// the wait ends with us, too: nobody would read a password that is made now
if (ending) await new Promise<never>(() => {});
// last of all, so that a start that fails uses up no password. A unit of systemd has no parent process to show it: it is left in a
// file for the installer, or a person, to read and delete
const firstAdmin = await people.accounts.createFirstAdmin((made) => {
  if (process.send === undefined) writeDurably(join(dataDir, FIRST_ADMIN_FILE), `${JSON.stringify(made)}\n`);
});
const demonstration = options.demonstration
  ? await ensureDemonstration({
      store,
      rooms,
      meetings,
      presetBroadcasts: (roomId, values) => settings.preset(roomId, 'broadcast', values),
    })
  : null;
tell({
  ready: 'fleet',
  fleetUrl,
  deviceApiUrl,
  mqttUrl,
  signalingUrl: node.signalingUrl,
  watchUrl: `${fleetUrl}${pagePaths.watch}`,
  mediaWorkers: node.workers,
  turnConfiguration: turn?.configurationFile ?? null,
  firstAdmin,
  demonstration,
  caCertificatePath: authority.certificatePath,
  ports: [
    { port: httpsAt?.port ?? ports.http, transport: 'tcp', purpose: `browsers (${lan ? 'HTTPS' : 'HTTP'})` },
    { port: ports.deviceApi, transport: 'tcp', purpose: 'device API for kiosks (HTTPS)' },
    { port: ports.mqtt, transport: 'tcp', purpose: 'MQTT over TLS for kiosks' },
  ],
});
// Node keeps what it compiled at its end; who is killed or loses power has none
setTimeout(flushCompileCache, 5_000).unref();
