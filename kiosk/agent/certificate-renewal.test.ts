/** When the room's certificate is renewed, and what becomes of it: by hand on a clock. */
import { X509Certificate } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { OperationalError, UserError } from '#contract/error-codes.ts';
import { CertificateRenewal } from './certificate-renewal.ts';
import { CaUnderTest } from './certificates-under-test.ts';
import type { RoomIdentity } from './room-identity.ts';

const HOUR_MS = 3_600_000;
let certificatePem: string;
let dueMs: number;
let identity: RoomIdentity;
let renewal: CertificateRenewal;
let asked: PromiseWithResolvers<RoomIdentity>[];
const onRenewed = vi.fn();
const onEnded = vi.fn();

beforeAll(async () => {
  const ca = await CaUnderTest.create();
  ({ certificatePem } = await ca.issue({ commonName: 'room:1' }));
  const { validFromDate, validToDate } = new X509Certificate(certificatePem);
  dueMs = validFromDate.getTime() + ((validToDate.getTime() - validFromDate.getTime()) * 2) / 3;
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  asked = [];
  identity = { roomId: '1', roomName: 'Maple', certificatePem, keyPem: 'key', caPem: 'ca' } as RoomIdentity;
  for (const mock of [onRenewed, onEnded]) mock.mockReset();
  renewal = new CertificateRenewal({
    identity: () => identity,
    onRenewed,
    onEnded,
    logger: pino({ level: 'silent' }),
    renewed: () => {
      asked.push(Promise.withResolvers());
      return asked.at(-1)!.promise;
    },
  });
});
afterEach(() => {
  renewal.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
const renewed = (): RoomIdentity => ({ ...identity, certificatePem: 'next', keyPem: 'next key', caPem: 'next ca' });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('it is renewed after two thirds of its time, looked at every six hours, and not before', async () => {
  vi.setSystemTime(dueMs - 6 * HOUR_MS);
  renewal.start();
  await vi.advanceTimersByTimeAsync(6 * HOUR_MS);
  expect(asked).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(6 * HOUR_MS - 1);
  expect(asked).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(1);
});

test('one that is due at the start is renewed at once; the name that changed meanwhile stays', async () => {
  vi.setSystemTime(dueMs + 1);
  renewal.start();
  const next = renewed();
  identity = { ...identity, roomName: 'Oak' };
  expect(onRenewed).not.toHaveBeenCalled();
  asked[0]!.resolve(next);
  await turn();
  expect(onRenewed).toHaveBeenCalledExactlyOnceWith({ ...next, roomName: 'Oak' });
});

test.each<[string, (first: PromiseWithResolvers<RoomIdentity>) => void]>([
  ['the fleet does not answer', (first) => first.reject(new OperationalError('room-not-answering'))],
  [
    'it cannot be kept',
    (first) => {
      onRenewed.mockImplementationOnce(() => {
        throw new Error('disk full');
      });
      first.resolve(renewed());
    },
  ],
])('where %s it is tried again six hours later', async (_, end) => {
  vi.setSystemTime(dueMs + 1);
  renewal.start();
  end(asked[0]!);
  await turn();
  expect(onEnded).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(6 * HOUR_MS - 1);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(2);
});

test('where the fleet has ended the enrolment, that is handed on and nothing is renewed', async () => {
  vi.setSystemTime(dueMs + 1);
  renewal.start();
  asked[0]!.reject(new UserError('enrolment-ended'));
  await turn();
  expect(onEnded).toHaveBeenCalledOnce();
  expect(onRenewed).not.toHaveBeenCalled();
});
