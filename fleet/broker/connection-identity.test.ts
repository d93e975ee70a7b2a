import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { expect, test, vi } from 'vitest';
import { readConnectionIdentity } from './connection-identity.ts';

const socket = (more: object): TLSSocket =>
  ({
    destroyed: false,
    remoteAddress: '::ffff:192.0.2.7',
    authorized: false,
    getPeerX509Certificate: vi.fn<() => X509Certificate | undefined>(),
    getPeerCertificate: () => ({}),
    ...more,
  }) as never;

test('a connection that is gone has none', () => {
  expect(readConnectionIdentity(socket({ destroyed: true }))).toBeNull();
  expect(readConnectionIdentity(socket({ remoteAddress: undefined }))).toBeNull();
});

test('without a certificate of ours it is its network alone, and the certificate is not read', () => {
  const unknown = socket({});
  expect(readConnectionIdentity(unknown)).toEqual({ who: null, serial: '', publicKey: null, network: '192.0.2.7' });
  expect(unknown.getPeerX509Certificate).not.toHaveBeenCalled();
});
