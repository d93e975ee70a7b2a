import { describe, expect, it } from 'vitest';
import { mediaWayOf } from './media-way.ts';

const stats = (...reports: { id: string; [field: string]: unknown }[]) =>
  new Map(reports.map((each) => [each.id, each]));
const pair = { id: 'p', type: 'candidate-pair', localCandidateId: 'l', state: 'succeeded' };
const chosen = { id: 't', type: 'transport', selectedCandidatePairId: 'p' };

describe('which way media travels', () => {
  it.each([
    ['direct', { candidateType: 'host', protocol: 'udp' }],
    ['direct', { candidateType: 'prflx', protocol: 'udp' }],
    ['direct-tcp', { candidateType: 'host', protocol: 'tcp' }],
    ['relay', { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' }],
  ] as const)('%s', (way, local) =>
    expect(mediaWayOf(stats(chosen, pair, { id: 'l', type: 'local-candidate', ...local }))).toBe(way),
  );
  it('is known of Firefox too, which reports no transport', () =>
    expect(
      mediaWayOf(stats({ ...pair, selected: true }, { id: 'l', type: 'local-candidate', candidateType: 'relay' })),
    ).toBe('relay'));
  it('is not known before a pair is chosen', () => {
    expect(mediaWayOf(stats({ id: 't', type: 'transport' }, pair))).toBeNull();
    expect(mediaWayOf(stats(chosen))).toBeNull();
  });
});
