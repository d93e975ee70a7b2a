import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { clientIdOf } from '#contract/topics.ts';
import { CertificateAuthority, CertificateRegister } from '../devices/index.ts';
import { connectAs, nextOf } from '../fleet-under-test.ts';
import { authorityStore, newId } from '../store/index.ts';
import { Broker } from './index.ts';

test('a revoked certificate ends the live connection within two seconds, and lets in no more', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'maru-revocation-'));
  const store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const authority = new CertificateAuthority({ directory: join(dataDir, 'ca') });
  await authority.start({ isInUse: false });
  const register = new CertificateRegister({
    store,
    onFailed: (error) => {
      throw error;
    },
  });
  await register.start();
  const server = await authority.issueServer(['127.0.0.1']);
  const refusals: string[] = [];
  const broker = new Broker({
    listen: { host: '127.0.0.1', port: 0 },
    tls: { key: server.keyPem, cert: server.certificatePem, ca: authority.certificatePem },
    isAccepted: (identity, serial) => register.isAccepted(identity, serial),
    onRefused: ({ reason }) => refusals.push(reason),
    logger: pino({ level: 'silent' }),
  });
  register.onRevoked((identity) => broker.disconnect(identity));
  await broker.open();
  await broker.listen();
  const url = `mqtts://127.0.0.1:${broker.port}`;
  const identity = clientIdOf('room', newId());
  const issued = await authority.issueClientWithKey(identity);
  const credentials = {
    key: issued.keyPem,
    cert: issued.certificatePem,
    ca: authority.certificatePem,
    clientId: identity,
  };
  const connect = () => connectAs(url, credentials, { reconnectPeriod: 0 });

  // signed by our CA, but never recorded as issued
  await expect(connect()).rejects.toMatchObject({ code: 5 });
  (await store.write((trx) => register.record(trx, identity, issued))).apply();
  const client = await connect();
  const closed = nextOf(client, 'close');
  const fromMs = Date.now();
  (await store.write((trx) => register.revokeAll(trx, identity, 'test'))).apply();
  await closed;
  expect(Date.now() - fromMs).toBeLessThan(2000);
  await expect(connect()).rejects.toMatchObject({ code: 5 });
  expect(refusals).toEqual(['certificate unknown or revoked', 'certificate unknown or revoked']);

  await broker.stop();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
