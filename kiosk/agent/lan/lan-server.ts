/**
 * The kiosk serves the controller itself, over HTTPS under the room's own name, for when the fleet is gone. Owns the
 * listener, which stands as long as the certificate is good, and wires page, pairings and links together.
 */
import type { Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { pagePaths } from '#contract/http/page-paths.ts';
import type { ProjectionValue } from '#contract/projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RosterUpdate } from '#contract/room-state.ts';
import type { RoomDesired } from '#contract/topics.ts';
import type { RoomLinkWelcome } from '#edge/room-link-session.ts';
import type { RoomLinks } from '#edge/room-links.ts';
import { type TlsPair, WatchedTlsFiles } from '#edge/tls-files.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { PairingCodes } from '../pairing-codes.ts';
import type { Projections } from '../projections.ts';
import type { LanCommand, Reply } from '../room-authority.ts';
import type { RoomStore } from '../store/room-store.ts';
import { buildLanApp } from './lan-app.ts';
import { lanRoomLinks, lanUpgrade } from './lan-links.ts';
import { lanOriginOf } from './lan-origin.ts';
import { type AdmittedController, LanPairings } from './lan-pairings.ts';
import type { LanSettings } from './lan-settings.ts';

const LISTEN_AGAIN_MS = 10_000;

export type LanServerOptions = {
  settings: LanSettings;
  /** controller/dist */
  pageDir: string;
  store: RoomStore;
  codes: Pick<PairingCodes, 'redeem'>;
  projections: Pick<Projections, 'valueOf' | 'valuesFor' | 'follow'>;
  onCommand: (order: LanCommand, reply: Reply) => void;
  /** somebody stands before the TV: its code was typed here */
  onPaired: () => void;
  /** it has come or gone: for the TV's QR and the equipment */
  onLanUrl: (lanUrl: string | null) => void;
  clock: WallClock;
  logger: Logger;
  lookEveryMs?: number;
};

export class LanServer {
  readonly #options: LanServerOptions;
  readonly #certificate: WatchedTlsFiles;
  readonly #pairings: LanPairings;
  readonly #links: RoomLinks<AdmittedController>;
  #app: FastifyInstance | null = null;
  #lanUrl: string | null = null;
  /** one change of the listener after the other */
  #changing: Promise<void> = Promise.resolve();
  #again: NodeJS.Timeout | undefined;
  #unfollow: (() => void) | undefined;

  constructor(options: LanServerOptions) {
    this.#options = options;
    const { settings, logger, clock, store, codes, onCommand, lookEveryMs } = options;
    this.#certificate = new WatchedTlsFiles({
      files: settings,
      host: settings.host,
      onRenewed: (tls) => this.#use(tls),
      onProblem: (problem, reason) => {
        logger.error({ host: settings.host, problem, reason }, 'lan: not served, the certificate is not good');
        this.#use(null);
      },
      ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
    });
    this.#pairings = new LanPairings({
      store,
      codes,
      clock,
      logger,
      phase: () => this.#state.phase.name,
      onEnded: (pairingId) => this.#links.endOf(pairingId),
    });
    this.#links = lanRoomLinks({
      settings,
      logger,
      onCommand,
      pairings: this.#pairings,
      welcome: () => this.#welcome(),
    });
  }

  /** Where the page is, while it is served: origin and path, to which the TV adds `#code=`. */
  get lanUrl(): string | null {
    return this.#lanUrl;
  }

  /** Does not wait for the listener: `onLanUrl` tells. */
  start(): void {
    this.#pairings.start();
    this.#links.start();
    this.#unfollow = this.#options.projections.follow('lan', (name, value) =>
      this.#links.sendToAll({ type: 'projection', name, value }),
    );
    const tls = this.#certificate.start();
    if (tls) this.#use(tls);
  }

  async stop(): Promise<void> {
    this.#unfollow?.();
    this.#certificate.stop();
    this.#pairings.stop();
    this.#links.stop();
    this.#use(null);
    await this.#changing;
  }

  publishRoster(roster: RosterUpdate): void {
    this.#links.sendToAll({ type: 'roster', roster });
  }

  /** Whose tablets these are, the fleet alone says; one of an older release says nothing of them. */
  onDesired({ tablets }: Pick<RoomDesired, 'tablets'>): void {
    if (tablets !== undefined) this.#pairings.setTablets(tablets);
  }

  #use(tls: TlsPair | null): void {
    clearTimeout(this.#again);
    this.#changing = this.#changing.then(async () => {
      try {
        if (tls === null) await this.#close();
        else if (this.#app) this.#renew(this.#app, tls);
        else await this.#open(tls);
      } catch (error) {
        const { settings, logger } = this.#options;
        logger.error({ err: error, port: settings.port }, 'lan: cannot be served, trying again later');
        await this.#close();
        this.#again = setTimeout(() => this.#use(tls), LISTEN_AGAIN_MS);
      }
    });
  }

  #renew(app: FastifyInstance, tls: TlsPair): void {
    (app.server as unknown as Server).setSecureContext(tls);
    this.#options.logger.info({ host: this.#options.settings.host }, 'lan: renewed certificate in use');
  }

  async #open(tls: TlsPair): Promise<void> {
    const { settings, pageDir, logger } = this.#options;
    const app = await buildLanApp({
      tls,
      settings,
      pageDir,
      logger,
      pair: async (code, network) => {
        const { controllerToken } = await this.#pairings.pair(code, network);
        this.#options.onPaired();
        const { roomId, roomName } = this.#state;
        return { controllerToken, roomId, roomName, kind: 'phone', lanUrl: this.#lanUrl };
      },
    });
    this.#app = app;
    app.server.on('upgrade', lanUpgrade(this.#links, { settings, logger }));
    app.server.on('tlsClientError', (error) => logger.debug({ reason: error.message }, 'lan: handshake refused'));
    // every address of this box: who may reach it is the office's network to say
    await app.listen({ host: '::', port: settings.port }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EAFNOSUPPORT' && error.code !== 'EADDRNOTAVAIL') throw error;
      // a kernel without IPv6
      return app.listen({ host: '0.0.0.0', port: settings.port });
    });
    logger.info({ host: settings.host, port: settings.port }, 'lan: served');
    this.#say(`${lanOriginOf(settings)}${pagePaths.controller}`);
  }

  async #close(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    this.#say(null);
    this.#links.endAll();
    await app?.close();
  }

  #say(lanUrl: string | null): void {
    if (lanUrl === this.#lanUrl) return;
    this.#lanUrl = lanUrl;
    this.#options.onLanUrl(lanUrl);
  }

  /** The room publishes its state before anything is served. */
  get #state(): ProjectionValue<'state'> {
    return this.#options.projections.valueOf('state')!;
  }

  #welcome(): RoomLinkWelcome {
    const { roomId, roomName } = this.#state;
    const nowMs = this.#options.clock.nowMs();
    return {
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      roomId,
      roomName,
      projections: this.#options.projections.valuesFor('lan'),
      // who asks here asks the room itself
      online: true,
      lastSeenMs: nowMs,
      nowMs,
    };
  }
}
