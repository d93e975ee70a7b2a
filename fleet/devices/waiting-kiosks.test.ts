import { mkdtempSync, rmSync } from 'node:fs';
import { createHash, X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WallClock } from '#edge/wall-clock.ts';
import { verifyAudit } from '../audit/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { CertificateAuthority, CertificateRegister, Enrolment, formerRoomOf, WaitingKiosks } from './index.ts';
import { newSigningRequest } from './signing-request-under-test.ts';

let dataDir: string;
let store: AuthorityStore;
let authority: CertificateAuthority;
let register: CertificateRegister;
let waiting: WaitingKiosks;
const roomId = newId();
const installer = { actor: 'account:installer', network: '192.0.2.1' };
const sheet = { hostName: 'box-7', model: 'NUC', serialNumber: 'S1', version: '0.1.0', addresses: ['192.0.2.7'] };
const arrival = { network: '192.0.2.7', formerRoom: null };
const fail = (error: unknown) => {
  throw error;
};

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-waiting-'));
  store = authorityStore({ dataDir, onFatal: fail });
  await store.start();
  authority = new CertificateAuthority({ directory: join(dataDir, 'ca') });
  await authority.start({ isInUse: false });
  register = new CertificateRegister({ store, onFailed: fail });
  await register.start();
  const logger = pino({ level: 'silent' });
  const clock = new WallClock({ steadyNowMs: () => Date.now() });
  const enrolment = new Enrolment({ store, authority, register, clock, logger });
  waiting = new WaitingKiosks({ store, authority, enrolment, logger });
  await store.write((trx) => trx.insertInto('room').values({ roomId, roomName: 'Room', createdAtMs: 1 }).execute());
});
afterEach(async () => {
  waiting.stop();
  vi.useRealTimers();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
async function arrive(over: Partial<Parameters<WaitingKiosks['wait']>[1]> = {}) {
  const { csrPem } = await newSigningRequest();
  return { csrPem, ...(await waiting.wait({ csrPem, sheet }, { ...arrival, ...over })) };
}
function codeOf(secret: string): string {
  const answer = waiting.answer(secret);
  if (answer.state !== 'waits-for-claim') throw new Error(answer.state);
  return answer.claimCode;
}

test('a kiosk shows a code, is found by it, and is the room’s once it is claimed', async () => {
  const { secret, keySha256 } = await arrive();
  const claimCode = codeOf(secret);
  expect(waiting.list(() => false)).toMatchObject([{ sheet, keySha256, network: '192.0.2.7', formerRoom: null }]);
  expect(await waiting.lookUp(claimCode.toLowerCase().replace('-', ' '), installer)).toMatchObject({ keySha256 });
  await waiting.claim({ roomId, claimCode, keySha256, replaces: false }, installer);
  const answer = waiting.answer(secret);
  if (answer.state !== 'claimed') throw new Error(answer.state);
  const certificate = new X509Certificate(answer.enrolled.certificatePem);
  expect(certificate.subject).toBe(`CN=room:${roomId}`);
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  expect(createHash('sha256').update(spki).digest('hex')).toBe(keySha256);
  expect(register.isAccepted(`room:${roomId}`, certificate.serialNumber)).toBe(true);
  expect(waiting.list(() => true)).toEqual([]);
  // fetched again after an answer that was lost
  expect(waiting.answer(secret)).toEqual(answer);
  expect(await verifyAudit(store)).toMatchObject({ intact: true });
});

test('a code works once, for the key that was compared, and not when it is guessed, old or another’s', async () => {
  const { secret, keySha256 } = await arrive();
  const claimCode = codeOf(secret);
  const claim = (over: object) => waiting.claim({ roomId, claimCode, keySha256, replaces: false, ...over }, installer);
  await expect(claim({ claimCode: 'BBBB-BBBB' })).rejects.toMatchObject({ code: 'claim-code-invalid' });
  await expect(claim({ keySha256: 'a'.repeat(64) })).rejects.toMatchObject({ code: 'claim-code-invalid' });
  await expect(claim({ roomId: newId() })).rejects.toMatchObject({ code: 'not-found' });
  const both = await Promise.allSettled([claim({}), claim({})]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(claim({})).rejects.toMatchObject({ code: 'claim-code-invalid' });

  const other = await arrive();
  const old = codeOf(other.secret);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 + 1 });
  await expect(claim({ claimCode: old, keySha256: other.keySha256 })).rejects.toMatchObject({
    code: 'claim-code-invalid',
  });
  expect(codeOf(other.secret)).not.toBe(old);
});

test('who guesses is held up, and who has the right code is not', async () => {
  const { secret } = await arrive();
  const guesses = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      waiting.lookUp(`2222-22${n + 10}`, installer).catch((error: { code: string }) => error.code),
    ),
  );
  expect(guesses.filter((code) => code === 'too-many-attempts').length).toBeGreaterThanOrEqual(19);
  expect(await waiting.lookUp(codeOf(secret), installer)).toMatchObject({ sheet });
});

test('a room with a kiosk keeps it unless another replaces it on purpose: then the former is revoked at once', async () => {
  const first = await arrive();
  await waiting.claim({ roomId, claimCode: codeOf(first.secret), ...first, replaces: false }, installer);
  const revoked: string[] = [];
  register.onRevoked((identity) => revoked.push(identity));
  const second = await arrive();
  const claim = { roomId, claimCode: codeOf(second.secret), keySha256: second.keySha256 };
  await expect(waiting.claim({ ...claim, replaces: false }, installer)).rejects.toMatchObject({
    code: 'room-has-kiosk',
  });
  await waiting.claim({ ...claim, replaces: true }, installer);
  expect(revoked).toEqual([`room:${roomId}`]);
});

test('of two kiosks that are claimed into a room at once, the second does not replace the first unasked', async () => {
  const kiosks = [await arrive(), await arrive()];
  const revoked: string[] = [];
  register.onRevoked((identity) => revoked.push(identity));
  const claims = kiosks.map(({ secret, keySha256 }) =>
    waiting.claim({ roomId, claimCode: codeOf(secret), keySha256, replaces: false }, installer),
  );
  const both = await Promise.allSettled(claims);
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'room-has-kiosk' } });
  expect(revoked).toEqual([]);
});

test('a kiosk whose certificate had ended is listed for those of its room alone, and comes back by their yes', async () => {
  const formerRoom = { roomId, roomName: 'Room', endedAtMs: 1 };
  const { secret, keySha256 } = await arrive({ formerRoom });
  expect(waiting.answer(secret)).toEqual({ state: 'asks-to-return', roomName: 'Room' });
  expect(waiting.list(() => false)).toEqual([]);
  const [listed] = waiting.list((id) => id === roomId);
  const asked = { roomId, waitingId: listed!.waitingId, keySha256 };
  await expect(waiting.letReturn({ ...asked, roomId: newId() }, 'account:a')).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(waiting.letReturn({ ...asked, keySha256: 'b'.repeat(64) }, 'account:a')).rejects.toMatchObject({
    code: 'not-found',
  });
  await waiting.letReturn(asked, 'account:a');
  expect(waiting.answer(secret)).toMatchObject({ state: 'claimed', enrolled: { roomId } });
});

test('refused, it waits as one of nobody', async () => {
  const { secret } = await arrive({ formerRoom: { roomId, roomName: 'Room', endedAtMs: 1 } });
  const [listed] = waiting.list(() => true);
  await waiting.refuse({ roomId, waitingId: listed!.waitingId }, 'account:a');
  expect(waiting.answer(secret)).toMatchObject({ state: 'waits-for-claim' });
});

test('only an ended certificate of ours that was neither revoked nor replaced proves whose a kiosk was', async () => {
  const identity = `room:${roomId}`;
  const issued = await authority.issueClient(identity, (await newSigningRequest()).csrPem);
  (await store.write((trx) => register.record(trx, identity, issued))).apply();
  const certificate = new X509Certificate(issued.certificatePem);
  const caPem = authority.certificatePem;
  const laterMs = issued.expiresAtMs + 86_400_000;
  expect(await formerRoomOf(certificate, { caPem, store, nowMs: Date.now() })).toBeNull();
  expect(await formerRoomOf(certificate, { caPem, store, nowMs: laterMs })).toMatchObject({ roomId, roomName: 'Room' });
  const foreign = new CertificateAuthority({ directory: join(dataDir, 'foreign') });
  await foreign.start({ isInUse: false });
  const forged = await foreign.issueClient(identity, (await newSigningRequest()).csrPem);
  expect(await formerRoomOf(new X509Certificate(forged.certificatePem), { caPem, store, nowMs: laterMs })).toBeNull();
  await store.write((trx) => register.revokeAll(trx, identity, 'account:a'));
  expect(await formerRoomOf(certificate, { caPem, store, nowMs: laterMs })).toBeNull();
});

test('a kiosk that does not ask any more is not listed, and a server full of them takes no more', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
  waiting.start();
  const { secret } = await arrive();
  vi.advanceTimersByTime(9_000);
  expect(waiting.list(() => true)).toHaveLength(1);
  vi.advanceTimersByTime(3_000);
  expect(waiting.list(() => true)).toEqual([]);
  expect(() => waiting.answer(secret)).toThrow(expect.objectContaining({ code: 'not-found' }));
  const { csrPem } = await newSigningRequest();
  const many = Array.from({ length: 40 }, () => waiting.wait({ csrPem, sheet }, arrival).catch((e) => e.code));
  expect(await Promise.all(many)).toContain('too-many-attempts');
});
