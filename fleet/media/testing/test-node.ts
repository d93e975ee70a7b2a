/** For the tests of this folder: a media node inside the test's process, with a fleet that is a key pair and no more. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import {
  DELEGATION_AUDIENCE,
  type DelegationClaims,
  JOIN_TOKEN_ISSUER,
  type JoinTokenClaims,
} from '#contract/grants.ts';
import type { z } from '#contract/schema.ts';
import { MediaSource } from '#contract/media-source.ts';
import type { FleetKeys } from '#contract/topics.ts';
import { SignJWT } from 'jose';
import { type Logger, pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { MediaNode, type MediaNodeOptions } from '../media-node.ts';
import type { MediaSettings } from '../media-settings.ts';
import { RawClient } from './raw-client.ts';

/** Of people and rooms: a program alone sends what it makes of the call. */
export const SOURCES = MediaSource.options.filter((source) => !source.startsWith('program'));
/** As a token has them: what it leaves out is filled in by whoever verifies it. */
type SignedClaims = z.input<typeof JoinTokenClaims>;

export class TestFleet {
  readonly nodeId = uuidv7();
  readonly keys: FleetKeys;
  readonly #privateKey: KeyObject;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#privateKey = privateKey;
    this.keys = {
      protocol: PROTOCOL_VERSION,
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'EdDSA' } as FleetKeys['keys'][number]],
    };
  }

  token(claims: Partial<JoinTokenClaims> = {}): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const whole: SignedClaims = {
      iss: JOIN_TOKEN_ISSUER,
      aud: this.nodeId,
      sub: uuidv7(),
      jti: uuidv7(),
      iat: nowSeconds,
      exp: nowSeconds + 60,
      callId: uuidv7(),
      meetingId: uuidv7(),
      meetingTitle: 'Test',
      peerKind: 'person',
      displayName: null,
      publishes: SOURCES,
      receives: SOURCES,
      rights: [],
      role: claims.peerKind === 'room' ? 'co-host' : 'member',
      documents: ['present', 'view'],
      ...claims,
    };
    return this.#sign(whole);
  }

  /** Lets a room sign for its meeting. */
  delegation(room: { roomId: string; publicJwk: object }, claims: Partial<DelegationClaims> = {}): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const whole: DelegationClaims = {
      iss: JOIN_TOKEN_ISSUER,
      aud: DELEGATION_AUDIENCE,
      sub: room.roomId,
      jti: uuidv7(),
      iat: nowSeconds,
      exp: nowSeconds + 72 * 3_600,
      cnf: { jwk: room.publicJwk as DelegationClaims['cnf']['jwk'] },
      meetingId: uuidv7(),
      meetingTitle: 'Standing',
      displayName: 'Room A',
      publishes: SOURCES,
      receives: SOURCES,
      rights: ['end', 'mute', 'remove'],
      documents: ['present', 'view'],
      nodes: [{ nodeId: this.nodeId, signalingUrl: 'ws://127.0.0.1/signaling' }],
      ...claims,
    };
    return this.#sign(whole);
  }

  #sign(claims: SignedClaims | DelegationClaims): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: 'test' }).sign(this.#privateKey);
  }
}

/** A room that signs for itself, with what the fleet delegated to it. */
export class TestRoom {
  readonly roomId = uuidv7();
  readonly publicJwk: object;
  readonly #privateKey: KeyObject;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    this.publicJwk = publicKey.export({ format: 'jwk' });
  }

  token(delegation: string, claims: Partial<JoinTokenClaims> & { aud: string; meetingId: string }): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const whole: SignedClaims = {
      iss: JOIN_TOKEN_ISSUER,
      sub: uuidv7(),
      jti: uuidv7(),
      iat: nowSeconds,
      exp: nowSeconds + 60,
      callId: uuidv7(),
      meetingTitle: 'What the room calls it',
      peerKind: 'room',
      displayName: null,
      publishes: SOURCES,
      receives: SOURCES,
      rights: ['end', 'mute', 'remove'],
      documents: ['present', 'view'],
      ...claims,
    };
    const header = { alg: 'ES256', 'maru-delegation': delegation };
    return new SignJWT(whole).setProtectedHeader(header).sign(this.#privateKey);
  }
}

export type TestNode = {
  node: MediaNode;
  fleet: TestFleet;
  open: () => Promise<RawClient>;
  /** hello and join */
  join: (claims: Partial<JoinTokenClaims>, name?: string) => Promise<RawClient>;
  /** hello only */
  prepare: (claims: Partial<JoinTokenClaims>) => Promise<RawClient>;
  /** of all workers together, by their own count */
  held: () => Promise<{ routers: number; transports: number; handlers: number }>;
  stop: () => Promise<void>;
};

export async function startTestNode(
  options: {
    workers?: number;
    settings?: Partial<MediaSettings>;
    logger?: Logger;
    startTranscriber?: MediaNodeOptions['startTranscriber'];
    onEvent?: MediaNodeOptions['onEvent'];
  } = {},
): Promise<TestNode> {
  const fleet = new TestFleet();
  const node = new MediaNode({
    nodeId: fleet.nodeId,
    workers: options.workers ?? 1,
    listenAddress: '127.0.0.1',
    announcedAddresses: [],
    publicHost: null,
    signalingPort: 0,
    mediaPortBase: 0,
    tls: null,
    trustedProxies: [],
    fleet: null,
    keys: fleet.keys,
    onKeys: () => {},
    startTranscriber: options.startTranscriber ?? null,
    ...(options.onEvent && { onEvent: options.onEvent }),
    settings: options.settings ?? {},
    logger: options.logger ?? pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
  });
  await node.start();
  const open = (): Promise<RawClient> => RawClient.open(node.signalingUrl);
  const prepare: TestNode['prepare'] = async (claims) => {
    const client = await open();
    await client.enter(await fleet.token(claims));
    return client;
  };
  return {
    node,
    fleet,
    open,
    prepare,
    join: async (claims, name = 'Guest 1') => {
      const client = await prepare(claims);
      await client.join(name);
      return client;
    },
    held: async () => {
      const dumps = await Promise.all(
        node.pool.alive.map(
          async ({ worker, webRtcServer }) => [await worker.dump(), await webRtcServer.dump()] as const,
        ),
      );
      return {
        routers: dumps.reduce((sum, [worker]) => sum + worker.routerIds.length, 0),
        transports: dumps.reduce((sum, [, server]) => sum + server.webRtcTransportIds.length, 0),
        handlers: dumps.reduce((sum, [worker]) => sum + worker.channelMessageHandlers.channelRequestHandlers.length, 0),
      };
    },
    stop: () => node.stop(),
  };
}

export const settled = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
