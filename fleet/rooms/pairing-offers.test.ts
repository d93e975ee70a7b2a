import { expect, it } from 'vitest';
import { PAIRING_CODE_TTL_MS } from '#contract/limits.ts';
import { hashOf } from '../store/index.ts';
import { PairingOffers } from './pairing-offers.ts';

const codesOf = (roomId: string, expiresAtMs: number, ...codes: string[]) => ({
  codes: codes.map((code) => ({ sha256: hashOf(`${roomId}:${code}`), expiresAtMs })),
});
const sha256Of = (roomId: string, code: string) => hashOf(`${roomId}:${code}`);

it('a code that is withdrawn is found no more, the others of its room and those of other rooms are', () => {
  const offers = new PairingOffers();
  offers.receive('r', codesOf('r', 10, 'A', 'B') as never, 0, 0);
  offers.receive('q', codesOf('q', 10, 'A') as never, 0, 0);
  offers.withdraw('q', sha256Of('q', 'A'));
  expect(offers.find('A', 0)).toMatchObject({ roomId: 'r' });
  offers.withdraw('r', sha256Of('r', 'A'));
  expect(offers.find('A', 0)).toBeNull();
  expect(offers.find('B', 0)).toEqual({ roomId: 'r', sha256: sha256Of('r', 'B'), leftMs: 10 });
});

it('of a room that offers nothing nothing is withdrawn', () => {
  const offers = new PairingOffers();
  offers.withdraw('r', sha256Of('r', 'A'));
  expect(offers.find('A', 0)).toBeNull();
});

it('a code is good as long as its room says, by the room’s clock, and ten minutes at most', () => {
  const offers = new PairingOffers();
  offers.receive('r', codesOf('r', 5_010, 'A') as never, 5_000, 100);
  offers.receive('q', codesOf('q', 5_000 + 2 * PAIRING_CODE_TTL_MS, 'B') as never, 5_000, 100);
  expect([offers.find('A', 109)?.leftMs, offers.find('A', 110)]).toEqual([1, null]);
  const endMs = 100 + PAIRING_CODE_TTL_MS;
  expect([offers.find('B', endMs - 1)?.leftMs, offers.find('B', endMs)]).toEqual([1, null]);
});
