/** What of the chat its hosts put into the minutes: seen by everybody, marked by hosts. */
import NotebookPen from 'lucide-react/icons/notebook-pen';
import { useTranslation } from 'react-i18next';
import type { ChatPost } from '#contract/http/chat-api.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { recordApi } from '#contract/http/record-api.ts';
import { Button } from '#ui/button.tsx';
import { callApi } from '#ui/http-client.ts';
import type { AsyncAction } from '#ui/use-async-action.ts';
import { useMeetingPart } from './use-meeting-part.ts';

export type MarkedMessages = { has: (post: ChatPost) => boolean; refresh: () => void };

export function useMarkedMessages(meeting: MeetingDetail): MarkedMessages {
  const { known, refresh } = useMeetingPart(meeting, readMarked);
  return { has: ({ messageId }) => known?.has(messageId) ?? false, refresh };
}

const readMarked = async (meetingId: string, signal: AbortSignal): Promise<ReadonlySet<string>> =>
  new Set((await callApi(recordApi.markedMessages, { params: { meetingId }, signal })).messageIds);

type MarkButtonProps = { meetingId: string; post: ChatPost; marked: MarkedMessages; acts: AsyncAction<true> };

export function MarkButton({ meetingId, post, marked, acts }: MarkButtonProps) {
  const { t } = useTranslation('record');
  const { messageId, displayName } = post;
  const isMarked = marked.has(post);
  const route = isMarked ? recordApi.unmarkMessage : recordApi.markMessage;
  const mark = async () => {
    await callApi(route, { params: { meetingId, messageId } });
    marked.refresh();
  };
  const key = `mark ${messageId}`;
  return (
    <Button
      variant="quiet"
      icon={NotebookPen}
      className={isMarked ? 'text-accent!' : ''}
      aria-label={t(isMarked ? 'marked.leaveOut' : 'marked.putIn', { name: displayName })}
      isPending={acts.pending(key) !== null}
      onPress={() => void acts.run(mark, { key, about: true })}
    />
  );
}
