/** Who may steer the document of a call, without a call: `shared-document.integration.test.ts` has it in a node. */
import { expect, it, vi } from 'vitest';
import type { DocumentChange } from '#contract/shared-document.ts';
import { CallDocument } from './call-document.ts';
import { ExpiringMap } from './expiring-map.ts';
import { defaultSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';

const peerWho = (peerId: string, ...documents: ('view' | 'present')[]): Peer =>
  ({ peerId, displayName: peerId, permissions: { documents, receives: [], rights: [] } }) as unknown as Peer;

it.each([
  ['may present', 'ben', 'ben'],
  ['may only view', 'cho', 'not-possible-now'],
  ['is not in the call', 'dan', 'not-possible-now'],
])('a document is handed over to a peer that %s: %s: %s', (_, peerId, outcome) => {
  const ana = peerWho('ana', 'view', 'present');
  const changes: DocumentChange[] = [];
  const document = new CallDocument({
    joined: () => [ana, peerWho('ben', 'view', 'present'), peerWho('cho', 'view')],
    known: new ExpiringMap(1_000),
    settings: defaultSettings,
    onChange: (change) => changes.push(change),
    onPageShown: () => {},
  });
  document.present(ana, { act: 'show', documentId: 'd', title: 'Plan', pageCount: 2, page: 1 });
  const handOver = () => document.present(ana, { act: 'hand-over', peerId });
  if (outcome === 'not-possible-now') expect(handOver).toThrow(expect.objectContaining({ code: outcome }));
  else handOver();
  const presenter = document.seenBy(ana)?.presenter?.peerId;
  expect([presenter, changes.length]).toEqual(outcome === 'ben' ? ['ben', 2] : ['ana', 1]);
});

it('reports a page once it is shown no more, and none that somebody leafed over', () => {
  vi.useFakeTimers();
  const ana = peerWho('ana', 'view', 'present');
  const shown: unknown[] = [];
  const document = new CallDocument({
    joined: () => [ana],
    known: new ExpiringMap(1_000),
    settings: defaultSettings,
    onChange: () => {},
    onPageShown: ({ page, fromMs }) => shown.push([page, fromMs, Date.now()]),
  });
  vi.setSystemTime(0);
  document.present(ana, { act: 'show', documentId: 'd', title: 'Plan', pageCount: 9, page: 1 });
  vi.setSystemTime(60_000);
  document.present(ana, { act: 'turn-page', page: 2 });
  vi.setSystemTime(61_000);
  document.present(ana, { act: 'turn-page', page: 3 });
  vi.setSystemTime(62_000);
  // the same page
  document.present(ana, { act: 'point', at: { x: 1, y: 1 } });
  vi.setSystemTime(90_000);
  document.present(ana, { act: 'stop' });
  document.present(ana, { act: 'show', documentId: 'd', title: 'Plan', pageCount: 9, page: 1 });
  vi.setSystemTime(99_000);
  document.close();
  document.close();
  vi.useRealTimers();
  expect(shown).toEqual([
    [1, 0, 60_000],
    [3, 61_000, 90_000],
    [1, 90_000, 99_000],
  ]);
});
