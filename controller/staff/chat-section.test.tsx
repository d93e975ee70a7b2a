// @vitest-environment happy-dom
/** A meeting's chat on its page: what was written, older on demand, sending, and what others write meanwhile. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChatPost } from '#contract/http/chat-api.ts';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, meetingOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  page = staffPage();
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
  location.hash = '';
});

const post = (number: number, over: Partial<ChatPost> = {}): ChatPost => ({
  messageId: idOf(600 + number),
  number,
  displayName: 'Joon Lee',
  isGuest: false,
  isOwn: false,
  isFromCall: false,
  text: `words ${number}`,
  atMs: 1_700_000_000_000 + number,
  isRecalled: false,
  mayRecall: false,
  mentions: [],
  ...over,
});
async function show(revision?: number): Promise<void> {
  server.meetings = [detailOf(1, { chatRevision: revision })];
  location.hash = `#/meetings/${idOf(101)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => section() !== null && page.text.includes('Host: '));
}
const section = () => document.querySelector<HTMLElement>('section[aria-label="Chat"]');
const written = (): string[] =>
  [...section()!.querySelectorAll('li p:last-of-type')].map(({ textContent }) => textContent ?? '');
const composer = (): HTMLFormElement => section()!.querySelector('textarea')!.closest('form')!;
async function type(text: string): Promise<void> {
  const field = section()!.querySelector<HTMLTextAreaElement>('textarea[aria-label="Message"]')!;
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
async function send(text: string): Promise<void> {
  await type(text);
  await page.press('Send');
}

test('lists what was written, by whom and where, as text', async () => {
  const [mine, markup] = [
    { isOwn: true, displayName: 'Mina Park' },
    { text: '<b>bold</b>', isFromCall: true },
  ];
  server.posts = [post(0, mine), post(1, { ...markup, isGuest: true })];
  await show();
  await page.until(() => written().length === 2);
  expect(written()).toEqual(['words 0', '<b>bold</b>']);
  expect(section()!.textContent).toContain('Mina Park (you)');
  expect(section()!.textContent).toMatch(/Joon Lee · Guest · .* · in the call/);
  expect(document.querySelector('section[aria-label="Chat"] h2')?.textContent).toBe('Chat');
});

test('what is sent stands there once, and a refusal keeps the words', async () => {
  await show();
  server.answers.postChat = (_url, body) => {
    const { messageId, text } = body as { messageId: string; text: string };
    server.posts = [post(0, { messageId, text, isOwn: true })];
    return { body: { post: server.posts[0] } };
  };
  await send('Hello');
  await page.until(() => written().length === 1);
  expect(written()).toEqual(['Hello']);
  server.answers.postChat = () => refusal(429, 'too-many-attempts');
  await send('Again');
  await page.until(() => page.text.includes('Not sent. Try again.'));
  expect(section()!.querySelector('textarea')!.value).toBe('Again');
  // its answer may have been lost alone
  const { messageId } = server.bodyOf('postChat') as { messageId: string };
  await page.press('Send');
  await page.until(() => server.askedFor('postChat') === 3);
  expect(server.bodyOf('postChat')).toMatchObject({ messageId });
});

test('what others write comes when the home stream names another revision', async () => {
  server.posts = [post(0)];
  await show(1);
  await page.until(() => written().length === 1);
  server.posts = [post(0), post(1)];
  server.meetings = [detailOf(1, { chatRevision: 2 })];
  await act(async () => server.home({ meetings: [meetingOf(1, { chatRevision: 2 })] }));
  await page.until(() => written().length === 2);
});

test('what is deleted goes, also where somebody writes before the page has looked', async () => {
  server.posts = [post(0), post(1)];
  await show(2);
  await page.until(() => written().length === 2);
  server.posts = [post(0, { messageId: idOf(700), text: 'from the beginning' })];
  server.meetings = [detailOf(1, { chatRevision: 1 })];
  await act(async () => server.home({ meetings: [meetingOf(1, { chatRevision: 1 })] }));
  await page.until(() => written().includes('from the beginning'));
  expect(written()).toEqual(['from the beginning']);
});

test('older ones come on demand, before what is there', async () => {
  server.answers.chatPosts = ({ searchParams }) =>
    searchParams.get('beforeNumber') === '2'
      ? { body: { posts: [post(0), post(1)], hasOlder: false, people: [] } }
      : { body: { posts: [post(2)], hasOlder: true, people: [] } };
  await show();
  await page.until(() => page.buttons('Show earlier messages').length === 1);
  await page.press('Show earlier messages');
  await page.until(() => written().length === 3);
  expect(written()).toEqual(['words 0', 'words 1', 'words 2']);
  expect(page.buttons('Show earlier messages')).toEqual([]);
});

test('an answer shows what it answers in one line, and who is named is marked', async () => {
  const naming = { text: '@Mina Park look', mentions: [{ name: 'Mina Park', isMe: true }] };
  server.posts = [
    post(0, { text: 'two\nlines' }),
    post(1, { replyTo: idOf(600), ...naming }),
    post(2, { replyTo: idOf(1) }),
  ];
  await show();
  await page.until(() => written().length === 3);
  expect(section()!.textContent).toContain('Joon Lee: two lines');
  expect(section()!.textContent).toContain('Reply to an earlier message');
  expect(section()!.querySelector('li strong')!.textContent).toBe('@Mina Park');
  expect(section()!.querySelectorAll('li')[1]!.textContent).toContain('mentions you');
});

test('what is sent answers the chosen message and names who was chosen from the list', async () => {
  server.posts = [post(0)];
  server.answers.chatPosts = () => ({
    body: { posts: server.posts, hasOlder: false, people: [{ accountId: idOf(2), displayName: 'Joon Lee' }] },
  });
  await show();
  await page.until(() => written().length === 1);
  let asked: unknown;
  server.answers.postChat = (_url, body) => {
    asked = body;
    return { body: { post: post(1, { messageId: idOf(601) }) } };
  };
  await page.press('Reply to Joon Lee');
  expect(composer().textContent).toContain('Joon Lee: words 0');
  await type('Thank you @jo');
  await page.press('@Joon Lee');
  expect(section()!.querySelector('textarea')!.value).toBe('Thank you @Joon Lee ');
  await page.press('Send');
  await page.until(() => asked !== undefined);
  expect(asked).toMatchObject({ text: 'Thank you @Joon Lee', replyTo: idOf(600), mentions: [idOf(2)] });
  await page.until(() => !composer().textContent!.includes('words 0'));
});

test('a message is recalled after a question, and its place stays', async () => {
  server.posts = [post(0, { mayRecall: true }), post(1)];
  await show();
  await page.until(() => written().length === 2);
  expect(page.buttons('Recall the message of Joon Lee')).toHaveLength(1);
  await page.press('Recall the message of Joon Lee');
  server.answers.recallChat = ({ pathname }) => {
    expect(pathname.endsWith(`/chat/${idOf(600)}`)).toBe(true);
    server.posts = [post(0, { text: '', isRecalled: true }), post(1)];
    return { body: {} };
  };
  await page.press('Recall');
  await page.until(() => !page.text.includes('words 0'));
  expect(written()).toEqual(['This message was recalled.', 'words 1']);
});

test('a recall takes the words of what was read further back, too, and a new message does not', async () => {
  let revision = 60;
  let older = post(3);
  server.posts = [post(50)];
  const answer = (posts: ChatPost[], hasOlder: boolean) => ({ body: { posts, hasOlder, revision, people: [] } });
  server.answers.chatPosts = ({ searchParams }) =>
    searchParams.has('beforeNumber') ? answer([older], false) : answer(server.posts, true);
  await show(60);
  const changed = async (now: number) => {
    revision = now;
    server.meetings = [detailOf(1, { chatRevision: now })];
    await act(async () => server.home({ meetings: [meetingOf(1, { chatRevision: now })] }));
  };
  await page.press('Show earlier messages');
  await page.until(() => written().includes('words 3'));
  server.posts = [post(50), post(51)];
  await changed(61);
  await page.until(() => written().includes('words 51'));
  expect(written()).toEqual(['words 3', 'words 50', 'words 51']);
  older = post(3, { text: '', isRecalled: true });
  await changed(62);
  await page.until(() => !page.text.includes('words 3'));
  await page.press('Show earlier messages');
  await page.until(() => written().includes('This message was recalled.'));
});

test('words are searched for, and what is found is shown apart', async () => {
  server.posts = [post(0)];
  await show();
  await page.until(() => written().length === 1);
  const asked: (string | null)[] = [];
  server.answers.chatPosts = ({ searchParams }) => {
    asked.push(searchParams.get('text'));
    return { body: { posts: searchParams.get('text') === 'price' ? [post(7)] : [], hasOlder: false, people: [] } };
  };
  await page.fill('Search the chat', ' price ');
  await page.press('Find');
  await page.until(() => page.text.includes('words 7'));
  expect(asked).toContain('price');
  await page.fill('Search the chat', 'nowhere');
  await page.press('Find');
  await page.until(() => page.text.includes('Nothing is found.'));
});

test('of what is found, earlier ones come on demand; what is recalled goes; an empty field closes it', async () => {
  let isRecalled = false;
  server.answers.chatPosts = ({ searchParams }) => {
    const found = isRecalled ? [post(7)] : [post(7), post(8)];
    if (searchParams.get('text') === null) return { body: { posts: [], hasOlder: false, people: [] } };
    return searchParams.get('beforeNumber') === '7'
      ? { body: { posts: [post(3)], hasOlder: false, people: [] } }
      : { body: { posts: found, hasOlder: true, people: [] } };
  };
  await show(1);
  await page.fill('Search the chat', 'words');
  await page.press('Find');
  await page.until(() => page.text.includes('words 8'));
  await page.press('Show earlier messages');
  await page.until(() => page.text.includes('words 3'));
  expect(written()).toEqual(['words 3', 'words 7', 'words 8']);
  expect(page.buttons('Show earlier messages')).toEqual([]);
  isRecalled = true;
  server.meetings = [detailOf(1, { chatRevision: 2 })];
  await act(async () => server.home({ meetings: [meetingOf(1, { chatRevision: 2 })] }));
  await page.until(() => !page.text.includes('words 8'));
  // as far back as it was read
  expect(written()).toEqual(['words 3', 'words 7']);
  await page.fill('Search the chat', '');
  await page.until(() => !page.text.includes('words 7'));
});

test('who may not read it sees no chat', async () => {
  server.answers.chatPosts = () => refusal(403, 'forbidden');
  server.meetings = [detailOf(1)];
  location.hash = `#/meetings/${idOf(101)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => server.asked.some(({ name }) => name === 'chatPosts') && page.text.includes('Host: '));
  await page.until(() => section() === null);
});

test('a host puts a message into the minutes and takes it out again; members see it, and have no button', async () => {
  const marked = new Set<string>();
  server.answers.markedMessages = () => ({ body: { messageIds: [...marked] } });
  server.answers.markMessage = ({ pathname }) => {
    marked.add(pathname.split('/').at(-1)!);
    return { body: {} };
  };
  server.answers.unmarkMessage = ({ pathname }) => {
    marked.delete(pathname.split('/').at(-1)!);
    return { body: {} };
  };
  server.posts = [post(0), post(1, { isRecalled: true, text: '' })];
  await show();
  await page.until(() => page.buttons('Put into the minutes: Joon Lee').length === 1);
  await page.press('Put into the minutes: Joon Lee');
  await page.until(() => page.buttons('Leave out of the minutes: Joon Lee').length === 1);
  expect([...marked]).toEqual([post(0).messageId]);
  expect(section()!.textContent).toContain('in the minutes');
  await page.press('Leave out of the minutes: Joon Lee');
  await page.until(() => page.buttons('Put into the minutes: Joon Lee').length === 1);
  expect(section()!.textContent).not.toContain('in the minutes');
  marked.add(post(0).messageId);
  server.meetings = [detailOf(1, { role: 'member' })];
  await act(async () => server.home());
  await page.until(() => section()!.textContent!.includes('in the minutes'));
  expect(page.buttons('Leave out of the minutes: Joon Lee')).toEqual([]);
});

test('what is found loses its words with a recall, also in a meeting that the home stream does not name', async () => {
  let isRecalled = false;
  server.answers.chatPosts = ({ searchParams }) => {
    const found = searchParams.get('text') !== null && !isRecalled;
    // too long ago to be among the newest
    return { body: { posts: found ? [post(7)] : [], hasOlder: false, revision: isRecalled ? 8 : 7, people: [] } };
  };
  await show();
  await page.fill('Search the chat', 'words');
  await page.press('Find');
  await page.until(() => section()!.textContent!.includes('words 7'));
  isRecalled = true;
  // the newest are read again
  server.answers.postChat = () => ({ body: { post: post(9) } });
  await send('Something else');
  await page.until(() => !section()!.textContent!.includes('words 7'));
});

test('who has read it comes with the home stream, without waiting for the next look', async () => {
  server.posts = [post(0, { isOwn: true })];
  await show(1);
  await page.until(() => written().length === 1);
  expect(page.text).not.toContain('Read by');
  server.posts = [post(0, { isOwn: true, readCount: 2 })];
  await act(async () => server.home({ meetings: [meetingOf(1, { chatRevision: 1, chatReadRevision: 1 })] }));
  await page.until(() => page.text.includes('Read by 2'));
});
