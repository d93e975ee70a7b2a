/** What the chat of a call reports to the fleet: whose message it was that is recalled. */
import { expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { CallChat, type CallChatOptions } from './call-chat.ts';
import { defaultSettings } from './media-settings.ts';
import type { Peer } from './peer.ts';

const peerOf = (name: string, rights: string[] = []): Peer =>
  ({
    peerId: uuidv7(),
    displayName: name,
    claims: { person: `account:${name}`, peerKind: 'person', isGuest: false },
    permissions: { rights },
  }) as unknown as Peer;

test('a recall in the call is reported with its author, whoever recalls; one on the page is the fleet’s own', () => {
  const reported: Parameters<CallChatOptions['onRecalled']>[] = [];
  const chat = new CallChat({
    settings: defaultSettings,
    joined: () => [],
    onMessage: () => {},
    onRecalled: (...recalled) => void reported.push(recalled),
  });
  const [mina, host] = [peerOf('mina'), peerOf('host', ['order'])];
  const [own, byHost, onPage] = [uuidv7(), uuidv7(), uuidv7()];
  for (const messageId of [own, byHost, onPage]) chat.send(mina, { messageId, text: 'Words' });
  chat.recall(mina, own);
  chat.recall(host, byHost);
  chat.recallByFleet(onPage);
  expect(reported).toEqual([
    [own, { byPeerId: mina.peerId, person: 'account:mina' }],
    [byHost, { byPeerId: host.peerId, person: 'account:mina' }],
    [onPage, null],
  ]);
});
