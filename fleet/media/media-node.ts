/**
 * The media node: wires pool, calls, signalling and the fleet link, in their start order. `main.ts` gives it a
 * process; tests run it inside their own.
 */
import { availableParallelism } from 'node:os';
import { domainToASCII } from 'node:url';
import type { CallEvent, NodeRegistration } from '#contract/node-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { SIGNALING_PATH } from '#contract/signaling.ts';
import type { FleetKeys } from '#contract/topics.ts';
import { type TlsFiles, type TlsPair, WatchedTlsFiles } from '#edge/tls-files.ts';
import { TrustedProxies } from '#edge/who-is-calling.ts';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { CallRegistry } from './call-registry.ts';
import type { Credentials } from './credentials.ts';
import { NodeLink } from './node-link.ts';
import { defaultSettings, type MediaSettings } from './media-settings.ts';
import { placesFor } from './guest-seats.ts';
import { NodeMetrics } from './metrics.ts';
import { SignalingServer } from './signaling-server.ts';
import { type StartTranscriber, Transcription } from './transcription.ts';
import { TokenAdmission } from './token-admission.ts';
import { WorkerPool } from './worker-pool.ts';

export type MediaNodeOptions = {
  nodeId: string;
  /** null: one per core */
  workers: number | null;
  listenAddress: string;
  announcedAddresses: string[];
  /** signalling listens there alone; null: where media does */
  signalingHost?: string | null;
  /** host in the signalling address for clients; null: the announced or listen address */
  publicHost: string | null;
  signalingPort: number;
  mediaPortBase: number;
  /** signalling's; read again when they change */
  tls: TlsFiles | null;
  trustedProxies: string[];
  /** null: a node without a fleet, for tests */
  fleet: { mqttUrl: string; credentials: Credentials; credentialFiles?: TlsFiles } | null;
  keys: FleetKeys | null;
  onKeys: (keys: FleetKeys) => void;
  /** age of the fleet's last message to the former process of this node */
  heardAgoMs?: number;
  /** the fleet is there; called every few seconds while it is */
  onHeard?: () => void;
  /** null: nothing that is spoken is ever written */
  startTranscriber?: StartTranscriber | null;
  /** each event for the fleet; for tests */
  onEvent?: (event: CallEvent) => void;
  settings?: Partial<MediaSettings>;
  logger: Logger;
};

export class MediaNode {
  readonly pool: WorkerPool;
  readonly registry: CallRegistry;
  readonly #options: MediaNodeOptions;
  readonly #settings: MediaSettings;
  readonly #admission: TokenAdmission;
  readonly #signaling: SignalingServer;
  readonly #link: NodeLink | null;
  readonly #transcription: Transcription | null;
  readonly #watched: { name: string; files: WatchedTlsFiles }[] = [];
  readonly #instanceId = uuidv7();
  #signalingUrl = '';
  #stopping = false;

  constructor(options: MediaNodeOptions) {
    this.#options = options;
    const { nodeId, listenAddress, announcedAddresses, fleet, logger } = options;
    const settings = { ...defaultSettings, ...options.settings };
    this.#settings = settings;
    this.#admission = new TokenAdmission({ nodeId, fleetSilenceMs: settings.fleetSilenceMs });
    if (options.keys) this.#admission.setKeys(options.keys);
    this.#admission.heard(options.heardAgoMs);
    this.pool = new WorkerPool({
      count: options.workers ?? availableParallelism(),
      listen: { listenAddress, announcedAddresses },
      portBase: options.mediaPortBase,
      workerAnswerMs: settings.workerAnswerMs,
      logger,
    });
    const { startTranscriber } = options;
    this.#transcription = startTranscriber
      ? new Transcription({ start: startTranscriber, lateAnswerMs: settings.lateAnswerMs, logger })
      : null;
    this.registry = new CallRegistry({
      pool: this.pool,
      settings,
      transcription: this.#transcription,
      logger,
      onEvent: (event) => {
        this.#link?.happened(event);
        options.onEvent?.(event);
      },
      onLoadChanged: () => this.#link?.loadChanged(),
    });
    this.#link =
      fleet &&
      new NodeLink({
        ...fleet,
        logger,
        registration: (online) => this.#registration(online),
        onKeys: (keys) => {
          this.#admission.setKeys(keys);
          this.registry.removeRevoked((issuedTo) => this.#admission.isRevoked(issuedTo));
          options.onKeys(keys);
        },
        onHeard: () => {
          this.#admission.heard();
          this.registry.fleetHeard();
          options.onHeard?.();
        },
        onCommand: (command) => this.registry.perform(command),
        qualities: () => this.registry.qualities(),
      });
    const metrics = new NodeMetrics({
      pool: this.pool,
      registry: this.registry,
      fleetConnected: () => this.#link?.connected ?? false,
      eventsWaiting: () => this.#link?.outbox.size ?? 0,
    });
    const signalingFiles =
      options.tls && this.#watch('signalling', options.tls, (tls) => this.#signaling.renewTls(tls));
    const tls = signalingFiles?.start() ?? null;
    if (signalingFiles && !tls) throw new Error(`${options.tls?.certFile}: ${signalingFiles.problem}`);
    this.#signaling = new SignalingServer({
      listenAddress: options.signalingHost ?? listenAddress,
      logger,
      settings,
      port: options.signalingPort,
      tls,
      proxies: new TrustedProxies(options.trustedProxies),
      registry: this.registry,
      admission: this.#admission,
      healthy: () => this.pool.alive.length > 0 && this.#admission.hasKeys,
      complaints: () => [
        ...this.#watched.flatMap(({ name, files }) =>
          files.problem ? [`certificate for ${name}: ${files.problem}`] : [],
        ),
        ...(this.#link?.refusal ? [`fleet: ${this.#link.refusal}`] : []),
      ],
      metrics: () => metrics.text(),
    });
    if (fleet?.credentialFiles)
      this.#watch('the fleet', fleet.credentialFiles, ({ key, cert }) =>
        this.#link?.renewCredentials({ key: String(key), cert: String(cert) }),
      ).start();
  }

  get signalingUrl(): string {
    return this.#signalingUrl;
  }
  get sessionCount(): number {
    return this.#signaling.sessionCount;
  }

  async start(): Promise<void> {
    const { tls, signalingHost, announcedAddresses, listenAddress } = this.#options;
    const publicHost = this.#options.publicHost ?? signalingHost;
    await this.pool.start();
    const port = await this.#signaling.start();
    const host =
      publicHost ?? announcedAddresses[0] ?? (['0.0.0.0', '::'].includes(listenAddress) ? '127.0.0.1' : listenAddress);
    this.#signalingUrl = `${tls ? 'wss' : 'ws'}://${host.includes(':') ? `[${host}]` : domainToASCII(host)}:${port}${SIGNALING_PATH}`;
    this.#link?.start();
  }

  /** Notifies clients, which come again, and the fleet; then ends the workers. Twice is harmless. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const { files } of this.#watched) files.stop();
    this.registry.close();
    await Promise.all([this.#signaling.stop(), this.#link?.stop(), this.#transcription?.stop()]);
    this.pool.stop();
  }

  /** The pair before stays in use while the files are wrong; log and health name them. */
  #watch(name: string, files: TlsFiles, onRenewed: (tls: TlsPair) => void): WatchedTlsFiles {
    const { logger } = this.#options;
    const watched = new WatchedTlsFiles({
      files,
      lookEveryMs: this.#settings.certificateLookMs,
      onRenewed: (tls, fingerprint) => {
        logger.info({ certificate: name, fingerprint }, 'renewed certificate in use');
        onRenewed(tls);
      },
      onProblem: (problem, reason) =>
        logger.error({ certificate: name, certFile: files.certFile, problem, reason }, 'certificate not good'),
    });
    this.#watched.push({ name, files: watched });
    return watched;
  }

  #registration(online: boolean): NodeRegistration {
    return {
      protocol: PROTOCOL_VERSION,
      nodeId: this.#options.nodeId,
      online,
      instanceId: this.#instanceId,
      signalingUrl: this.#signalingUrl,
      workers: this.pool.alive.length,
      maxPeers: this.#settings.maxPeers,
      maxGuests: placesFor(false, this.#settings.maxPeers, this.#settings.roomPlaces),
      peers: this.registry.peerCount,
      callIds: online ? this.registry.openCallIds : [],
      participantCounts: online ? this.registry.participantCounts : {},
      blockedCounts: online ? this.registry.blockedCounts(performance.now()) : {},
      transcribes: this.#transcription !== null,
      asOfMs: Date.now(),
    };
  }
}
