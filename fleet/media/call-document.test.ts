/** Who may steer the document of a call, without a call: `shared-document.integration.test.ts` has it in a node. */
import { expect, it } from 'vitest';
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
  });
  document.present(ana, { act: 'show', documentId: 'd', title: 'Plan', pageCount: 2, page: 1 });
  const handOver = () => document.present(ana, { act: 'hand-over', peerId });
  if (outcome === 'not-possible-now') expect(handOver).toThrow(expect.objectContaining({ code: outcome }));
  else handOver();
  const presenter = document.seenBy(ana)?.presenter?.peerId;
  expect([presenter, changes.length]).toEqual(outcome === 'ben' ? ['ben', 2] : ['ana', 1]);
});
