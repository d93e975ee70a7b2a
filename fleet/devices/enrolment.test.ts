import { X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { verifyAudit } from '../audit/index.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { CertificateAuthority, CertificateRegister, Enrolment, ServerCertificate } from './index.ts';
import { newSigningRequest } from './signing-request-under-test.ts';

let dataDir: string;
let store: AuthorityStore;
let authority: CertificateAuthority;
let register: CertificateRegister;
let enrolment: Enrolment;
const roomId = newId();
const fail = (error: unknown) => {
  throw error;
};

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-devices-'));
  store = authorityStore({ dataDir, onFatal: fail });
  await store.start();
  authority = new CertificateAuthority({ directory: join(dataDir, 'ca') });
  await authority.start({ isInUse: false });
  register = new CertificateRegister({ store, onFailed: fail });
  await register.start();
  enrolment = new Enrolment({
    store,
    authority,
    register,
    clock: new WallClock({ steadyNowMs: () => Date.now() }),
    logger: pino({ level: 'silent' }),
  });
  await store.write((trx) => trx.insertInto('room').values({ roomId, roomName: 'Room', createdAtMs: 1 }).execute());
});
afterEach(async () => {
  vi.useRealTimers();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
const claim = async () => (await store.write((trx) => enrolment.makeClaim(trx, roomId, 'test'))).claimCode;
const serials = async () =>
  (await store.read.selectFrom('certificate').selectAll().orderBy('issuedAtMs').execute()).map((row) => row.serial);

test('a claim enrols once, two at the same instant included', async () => {
  const claimCode = await claim();
  const [one, two] = await Promise.all([newSigningRequest(), newSigningRequest()]);
  const results = await Promise.allSettled(
    [one, two].map(({ csrPem }) => enrolment.enrol({ claimCode, csrPem }, 'net')),
  );
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await serials()).toHaveLength(1);
  expect(await verifyAudit(store)).toMatchObject({ intact: true });
});

test('a claim is good for ten minutes', async () => {
  const claimCode = await claim();
  const { csrPem } = await newSigningRequest();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 + 1 });
  await expect(enrolment.enrol({ claimCode, csrPem }, 'net')).rejects.toMatchObject({ code: 'claim-code-invalid' });
});

test('a new box revokes the former, and whoever holds connections is told', async () => {
  const told: string[] = [];
  register.onRevoked((identity) => told.push(identity));
  await enrolment.enrol({ claimCode: await claim(), csrPem: (await newSigningRequest()).csrPem }, 'net');
  const [former] = await serials();
  expect(register.isAccepted(`room:${roomId}`, former!)).toBe(true);
  register.cameBy(`room:${roomId}`, { serial: former!, publicKey: { kty: 'EC' } });
  expect(register.keyOf(`room:${roomId}`)).toEqual({ kty: 'EC' });
  const fromMs = Date.now() - 1;
  await enrolment.enrol({ claimCode: await claim(), csrPem: (await newSigningRequest()).csrPem }, 'net');
  expect(told).toEqual([`room:${roomId}`]);
  expect(register.isAccepted(`room:${roomId}`, former!)).toBe(false);
  expect(register.keyOf(`room:${roomId}`)).toBeNull();
  expect(await register.revokedSince(fromMs)).toMatchObject([{ identity: `room:${roomId}` }]);
  expect(await register.revokedSince(Date.now())).toEqual([]);
  const reloaded = new CertificateRegister({ store, onFailed: fail });
  await reloaded.start();
  expect(reloaded.isAccepted(`room:${roomId}`, former!)).toBe(false);
  expect(reloaded.isEnrolled(`room:${roomId}`)).toBe(true);
});

test('of two claims of a room the newer one alone works', async () => {
  const [older, newer] = [await claim(), await claim()];
  const { csrPem } = await newSigningRequest();
  await expect(enrolment.enrol({ claimCode: older, csrPem }, 'net')).rejects.toMatchObject({
    code: 'claim-code-invalid',
  });
  await expect(enrolment.enrol({ claimCode: newer, csrPem }, 'net')).resolves.toMatchObject({ roomId });
});

const identity = `room:${roomId}`;
const DAY_MS = 86_400_000;
const enrol = async () =>
  enrolment.enrol({ claimCode: await claim(), csrPem: (await newSigningRequest()).csrPem }, 'net');
const serialOf = ({ certificatePem }: { certificatePem: string }) => new X509Certificate(certificatePem).serialNumber;
const renewBy = async (serial: string) =>
  serialOf(await enrolment.renew({ identity, serial }, (await newSigningRequest()).csrPem));
const good = async (...among: string[]) => {
  const reloaded = new CertificateRegister({ store, onFailed: fail });
  await reloaded.start();
  const now = among.filter((serial) => register.isAccepted(identity, serial));
  expect(among.filter((serial) => reloaded.isAccepted(identity, serial))).toEqual(now);
  return now;
};

test('the former certificate ends when the renewed one has been used, and voids nothing else', async () => {
  const former = serialOf(await enrol());
  const renewed = await renewBy(former);
  expect(await good(former, renewed)).toEqual([former, renewed]);
  register.cameBy(identity, { serial: former, publicKey: { kty: 'EC' } });
  expect(await good(former, renewed)).toEqual([former, renewed]);
  register.cameBy(identity, { serial: renewed, publicKey: { kty: 'EC' } });
  await store.write(async () => {});
  expect(await good(former, renewed)).toEqual([renewed]);
  expect(await register.revokedSince(0)).toEqual([]);
  await expect(renewBy(former)).rejects.toMatchObject({ code: 'enrolment-ended' });
});

test('however often it renews, a box has two good certificates, and the former one for a week', async () => {
  const first = serialOf(await enrol());
  const renewed: string[] = [];
  for (let count = 0; count < 5; count += 1) renewed.push(await renewBy(first));
  expect(await good(first, ...renewed)).toEqual([first, renewed.at(-1)]);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7 * DAY_MS + 1 });
  expect(await good(first, ...renewed)).toEqual([renewed.at(-1)]);
});

test('revoking ends every certificate of a box, the former included, and one that is being renewed', async () => {
  const former = serialOf(await enrol());
  const renewed = await renewBy(former);
  const { csrPem } = await newSigningRequest();
  const revoking = store.write((trx) => register.revokeAll(trx, identity, 'test')).then((revoked) => revoked.apply());
  const late = enrolment.renew({ identity, serial: renewed }, csrPem);
  await expect(late).rejects.toMatchObject({ code: 'enrolment-ended' });
  await revoking;
  expect(await good(former, renewed, ...(await serials()))).toEqual([]);
  expect(register.isEnrolled(identity)).toBe(false);
});

test('a box whose certificate has expired is not enrolled', async () => {
  await enrol();
  expect(register.isEnrolled(identity)).toBe(true);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 366 * DAY_MS });
  expect(register.isEnrolled(identity)).toBe(false);
});

test('a request that its key did not sign is refused, and spends no claim', async () => {
  const claimCode = await claim();
  const { csrPem } = await newSigningRequest();
  const lines = csrPem.split('\n');
  lines[lines.length - 3] = lines[lines.length - 3]!.split('').reverse().join('');
  await expect(enrolment.enrol({ claimCode, csrPem: lines.join('\n') }, 'net')).rejects.toMatchObject({
    code: 'bad-message',
  });
  await expect(
    enrolment.enrol({ claimCode: claimCode.toLowerCase().replaceAll('-', ' '), csrPem }, 'net'),
  ).resolves.toMatchObject({ roomId });
});

test('the server certificate is kept while it fits, and made again for other hosts or at two thirds of its life', async () => {
  const make = async (hosts: string[]) => {
    const certificate = new ServerCertificate({
      directory: join(dataDir, 'tls'),
      hosts,
      authority,
      onRenewed: () => {},
      onFailed: fail,
    });
    await certificate.start();
    return String(certificate.tls.cert);
  };
  const first = await make(['127.0.0.1', 'localhost']);
  expect(await make(['127.0.0.1', 'localhost'])).toBe(first);
  const second = await make(['127.0.0.1', 'localhost', 'maru.example']);
  expect(second).not.toBe(first);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61 * 86_400_000 });
  expect(await make(['127.0.0.1', 'localhost', 'maru.example'])).not.toBe(second);
});

test('keys are readable by us alone', async () => {
  expect(statSync(join(dataDir, 'ca/ca.key.pem')).mode & 0o777).toBe(0o600);
});

test('a CA whose key is another one’s does not start', async () => {
  const other = new CertificateAuthority({ directory: join(dataDir, 'other') });
  await other.start({ isInUse: false });
  cpSync(join(dataDir, 'other', 'ca.key.pem'), join(dataDir, 'ca', 'ca.key.pem'));
  await expect(new CertificateAuthority({ directory: join(dataDir, 'ca') }).start({ isInUse: true })).rejects.toThrow(
    'is not the key of',
  );
});
