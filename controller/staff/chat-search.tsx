/** Finds words in what is written in a meeting: the newest first, older ones on demand. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chatApi, type ChatPost } from '#contract/http/chat-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { ChatMessages } from '#ui/meeting/chat.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { SearchField } from '#ui/search-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

type ChatSearchProps = {
  meetingId: string;
  /** what is found is looked at again when it changes */
  revision: number;
};
type Found = { words: string; posts: readonly ChatPost[]; hasOlder: boolean };
type Answer = RouteAnswer<typeof chatApi.chatPosts>;

export function ChatSearch({ meetingId, revision }: ChatSearchProps) {
  const { t } = useTranslation('meeting');
  const { found, search, readOlder, close, isPending, isReadingOlder, problem } = useChatSearch(meetingId, revision);
  return (
    <search>
      <SearchField
        label={t('chat.search')}
        action={t('chat.find')}
        maxLength={100}
        isPending={isPending}
        onFind={(words) => (words === null ? close() : search(words))}
      />
      <ProblemWords problem={problem} />
      {found !== null && (
        <div className="mt-3 rounded-control bg-surface p-3">
          <ChatMessages
            hasLinks
            messages={found.posts}
            nameOf={({ displayName }) => displayName}
            emptyWords={t('chat.foundNone')}
            above={
              found.hasOlder && (
                <Button variant="quiet" className="self-center" isPending={isReadingOlder} onPress={readOlder}>
                  {t('chat.older')}
                </Button>
              )
            }
            className="max-h-60"
          />
        </div>
      )}
    </search>
  );
}

function useChatSearch(meetingId: string, revision: number) {
  const [found, setFound] = useState<Found | null>(null);
  const { run, isPending, pending, problem, dismissProblem } = useAsyncAction<true>();
  // an answer to what was searched for before is of no use
  const wanted = useRef<string | null>(null);
  const ask = (words: string, beforeNumber?: number): Promise<Answer> => {
    const query = { text: words, ...(beforeNumber !== undefined && { beforeNumber }) };
    return callApi(chatApi.chatPosts, { params: { meetingId }, query });
  };
  /** As far back as `atLeast` of them, where there are so many. */
  const search = async (words: string, atLeast: number) => {
    wanted.current = words;
    const answer = await run(async () => {
      let { posts, hasOlder } = await ask(words);
      while (hasOlder && posts.length > 0 && posts.length < atLeast) {
        const older = await ask(words, posts[0]!.number);
        posts = [...older.posts, ...posts];
        hasOlder = older.hasOlder;
      }
      return { words, posts, hasOlder };
    });
    if (answer !== null && wanted.current === words) setFound(answer);
  };
  const readOlder = async () => {
    const first = found?.posts[0];
    if (found === null || first === undefined) return;
    const answer = await run(() => ask(found.words, first.number), { key: 'older', about: true });
    if (answer === null) return;
    // it may have been searched for again meanwhile
    setFound((now) =>
      now === found ? { ...found, posts: [...answer.posts, ...found.posts], hasOlder: answer.hasOlder } : now,
    );
  };
  const close = () => {
    wanted.current = null;
    setFound(null);
    dismissProblem();
  };
  // what is recalled goes from here too
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision is why it is searched for again
  useEffect(() => {
    if (wanted.current !== null) void search(wanted.current, found?.posts.length ?? 1);
  }, [revision]);
  return {
    found,
    search: (words: string) => void search(words, 1),
    readOlder: () => void readOlder(),
    close,
    isPending,
    isReadingOlder: pending('older') !== null,
    problem,
  };
}
