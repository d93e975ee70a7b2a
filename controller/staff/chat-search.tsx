/** Finds words in what is written in a meeting. */
import Search from 'lucide-react/icons/search';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chatApi, type ChatPost } from '#contract/http/chat-api.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import { ChatMessages } from '#ui/meeting/chat.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextField } from '#ui/text-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';

export function ChatSearch({ meetingId }: { meetingId: string }) {
  const { t } = useTranslation('meeting');
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly ChatPost[] | null>(null);
  const { run, isPending, problem } = useAsyncAction();
  const search = async (event: FormEvent) => {
    event.preventDefault();
    const words = text.trim();
    if (words === '') {
      setFound(null);
      return;
    }
    const answer = await run(() => callApi(chatApi.chatPosts, { params: { meetingId }, query: { text: words } }));
    if (answer !== null) setFound(answer.posts);
  };
  return (
    <search>
      <form onSubmit={(event) => void search(event)} className="flex items-end gap-2">
        <TextField
          label={t('chat.search')}
          value={text}
          onChange={setText}
          maxLength={100}
          className="min-w-0 flex-1"
        />
        <Button type="submit" icon={Search} aria-label={t('chat.find')} isPending={isPending} className="min-h-14!" />
      </form>
      <ProblemWords problem={problem} />
      {found !== null && (
        <div className="mt-3 rounded-control bg-surface p-3">
          <ChatMessages
            messages={found}
            nameOf={({ displayName }) => displayName}
            emptyWords={t('chat.foundNone')}
            className="max-h-60"
          />
        </div>
      )}
    </search>
  );
}
