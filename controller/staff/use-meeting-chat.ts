/** What is written in a meeting, as far back as it was asked for: read again each time that its revision grows. */
import { useCallback, useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { chatApi, type ChatPost } from '#contract/http/chat-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { callApi } from '#ui/http-client.ts';
import type { ComposedAbout } from '#ui/meeting/chat.tsx';
import type { Nameable } from '#ui/meeting/chat-mentions.ts';

/** a meeting of before today is not in the home stream, which names revisions */
const LOOK_MS = 20_000;

export type MeetingChatState = {
  /** in their order; null: not known yet */
  posts: readonly ChatPost[] | null;
  hasOlder: boolean;
  /** as it was read last; 0: not yet, or nothing is written */
  revision: number;
  /** why it could not be read last; what is shown may be old */
  problem: MaruError | null;
  readOlder: () => Promise<void>;
  /** who can be named in a message */
  people: readonly Nameable[];
  /** resolves once it is kept; the same id again is one message. `mentions`: accountIds */
  send: (text: string, about: ComposedAbout, messageId: string) => Promise<void>;
  recall: (messageId: string) => Promise<void>;
  markRead: (messageId: string) => Promise<void>;
  /** of an own message, by name */
  readersOf: (messageId: string) => Promise<readonly string[]>;
};
type Known = Pick<MeetingChatState, 'posts' | 'hasOlder' | 'revision' | 'problem' | 'people'> & {
  /** the newest number of the last answer; -1: none */
  upToNumber: number;
};
type Answer = RouteAnswer<typeof chatApi.chatPosts>;

type Revisions = {
  /** undefined: nothing is written yet, as far as is known */
  revision: number | undefined;
  /** of who has read it, as far as is known */
  readRevision: number | undefined;
};

export function useMeetingChat(meetingId: string, { revision, readRevision }: Revisions): MeetingChatState {
  const [known, setKnown] = useState<Known>({
    ...{ posts: null, hasOlder: false, revision: 0, problem: null, people: [], upToNumber: -1 },
  });
  const [looked, setLooked] = useState(0);
  const look = useCallback(() => setLooked((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision, or reader, is why it is read again
  useEffect(() => {
    const asking = new AbortController();
    callApi(chatApi.chatPosts, { params: { meetingId }, query: {}, signal: asking.signal }).then(
      (answer) => setKnown((before) => withNewest(before, answer)),
      (error: unknown) => {
        if (!asking.signal.aborted) setKnown((before) => ({ ...before, problem: toMaruError(error) }));
      },
    );
    return () => asking.abort();
  }, [meetingId, revision, readRevision, looked]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [look]);
  const { posts } = known;
  const readOlder = useCallback(async () => {
    const beforeNumber = posts?.[0]?.number;
    if (beforeNumber === undefined) return;
    const older = await callApi(chatApi.chatPosts, { params: { meetingId }, query: { beforeNumber } });
    setKnown((before) => ({ ...before, posts: merged(older.posts, before.posts ?? []), hasOlder: older.hasOlder }));
  }, [meetingId, posts]);
  const send = useCallback(
    async (text: string, about: ComposedAbout, messageId: string) => {
      const body = { messageId, text, ...about };
      const { post } = await callApi(chatApi.postChat, { params: { meetingId }, body });
      setKnown((before) => ({ ...before, posts: merged(before.posts ?? [], [post]) }));
      look();
    },
    [meetingId, look],
  );
  const recall = useCallback(
    async (messageId: string) => {
      await callApi(chatApi.recallChat, { params: { meetingId, messageId } });
      const without = (post: ChatPost): ChatPost =>
        post.messageId === messageId ? { ...post, text: '', isRecalled: true, mayRecall: false } : post;
      setKnown((before) => ({ ...before, posts: before.posts?.map(without) ?? null }));
      look();
    },
    [meetingId, look],
  );
  const markRead = useCallback(
    async (messageId: string) => {
      await callApi(chatApi.markChatRead, { params: { meetingId }, body: { messageId } });
    },
    [meetingId],
  );
  const readersOf = useCallback(
    async (messageId: string) => (await callApi(chatApi.chatReaders, { params: { meetingId, messageId } })).names,
    [meetingId],
  );
  return { ...known, readOlder, send, recall, markRead, readersOf };
}

/** What was read further back stays, unless more was written meanwhile than was read now, or something was recalled. */
function withNewest(before: Known, newest: Answer): Known {
  const people = newest.people.map(({ accountId, displayName }) => ({ id: accountId, name: displayName }));
  const [first] = newest.posts;
  const last = before.posts?.at(-1);
  const isContinued = before.posts !== null && first && last && last.number >= first.number - 1;
  const upToNumber = newest.posts.at(-1)?.number ?? -1;
  // each message and each recall is one revision: which one was recalled is not known, and it may be among those further back
  const newCount = newest.posts.filter(({ number }) => number > before.upToNumber).length;
  const isRecalled = newest.revision - before.revision > newCount;
  if (!isContinued || isRecalled) return { ...newest, problem: null, people, upToNumber };
  // what stood among the newest and is there no more was deleted with the meeting's record
  const further = before.posts!.filter(({ number }) => number < first.number).map(withoutCount);
  const { revision } = newest;
  return {
    posts: merged(further, newest.posts),
    hasOlder: before.hasOlder,
    revision,
    problem: null,
    people,
    upToNumber,
  };
}

/** It is not among the newest any more. */
const withoutCount = ({ readCount: _, ...post }: ChatPost): ChatPost => post;

/** Each once, the newer version of it, in their order. */
function merged(older: readonly ChatPost[], newer: readonly ChatPost[]): ChatPost[] {
  const byId = new Map([...older, ...newer].map((post) => [post.messageId, post]));
  return [...byId.values()].toSorted((a, b) => a.number - b.number);
}
