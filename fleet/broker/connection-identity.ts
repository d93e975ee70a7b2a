/**
 * The identity behind a TLS connection, read once when its handshake ends. A socket that was reset has neither
 * certificate nor address, so later code asks this record and never the socket.
 */
import type { JsonWebKey } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { networkOf } from '#edge/who-is-calling.ts';
import { type ClientIdentity, parseClientIdentity } from './topic-access.ts';

export type ConnectionIdentity = {
  /** null: no certificate of ours, or one that names no room and no node */
  who: ClientIdentity | null;
  /** hex; empty without a certificate */
  serial: string;
  publicKey: JsonWebKey | null;
  /** the network that limits count by, see `networkOf` */
  network: string;
};

/** null: the connection is gone already. */
export function readConnectionIdentity(socket: TLSSocket): ConnectionIdentity | null {
  const address = socket.remoteAddress;
  if (socket.destroyed || address === undefined) return null;
  const network = networkOf(address);
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return { who: null, serial: '', publicKey: null, network };
  const commonName = socket.getPeerCertificate()?.subject?.CN;
  return {
    who: parseClientIdentity(commonName),
    serial: certificate.serialNumber,
    publicKey: certificate.publicKey.export({ format: 'jwk' }),
    network,
  };
}
