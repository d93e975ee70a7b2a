// @vitest-environment happy-dom
/** What was written before the call, as its page has it. */
import { act, useState } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChatPost } from '#contract/http/chat-api.ts';
import { PageUnderTest, PlayedServer } from '#ui/page-under-test.tsx';
import { useEarlierChat } from './use-earlier-chat.ts';

const id = (n: number) => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const post = (number: number): ChatPost => ({
  ...{ messageId: id(600 + number), number, displayName: 'Joon Lee', isGuest: false, isOwn: true, isFromCall: false },
  ...{ text: `words ${number}`, atMs: 1_700_000_000_000 + number, isRecalled: false, mayRecall: true, mentions: [] },
});

let server: PlayedServer;
let page: PageUnderTest;
beforeEach(() => {
  server = new PlayedServer();
  server.install();
  page = new PageUnderTest({});
});
afterEach(() => page.end());

let recall: (messageIds: string[]) => void;
function Earlier() {
  const [recalledIds, setRecalledIds] = useState<string[]>([]);
  recall = setRecalledIds;
  const { messages } = useEarlierChat({
    ...{ meetingId: id(1), isOpen: true, inCall: [], recalledIds, selfPeerId: id(2) },
    ...{ readOlderInCall: noMore, onFailed: noMore },
  });
  return messages.map(({ messageId, text, isRecalled, mayRecall }) => (
    <p key={messageId}>{isRecalled ? `recalled ${text}${mayRecall}` : text}</p>
  ));
}
const noMore = async () => false;

it('loses the words that are recalled while it is shown', async () => {
  server.answers.chatPosts = () => ({ body: { posts: [post(0), post(1)], hasOlder: false, people: [] } });
  await page.show(<Earlier />);
  await page.until(() => page.text === 'words 0words 1');
  await act(async () => recall([id(600)]));
  expect(page.text).toBe('recalled falsewords 1');
});
