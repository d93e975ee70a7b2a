/** The minutes of a meeting: a draft that its hosts correct and send, and what was sent. */
import ChevronDown from 'lucide-react/icons/chevron-down';
import Download from 'lucide-react/icons/download';
import Send from 'lucide-react/icons/send';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { MAX_MINUTES_UNITS, type MeetingMinutes, recordApi } from '#contract/http/record-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextArea } from '#ui/text-area.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { MarkdownText } from './markdown-text.tsx';
import { MeetingPartState } from './meeting-part-state.tsx';
import { useMeetingPart } from './use-meeting-part.ts';

type MinutesSectionProps = { meeting: MeetingDetail; isHost: boolean };

export function MinutesSection({ meeting, isHost }: MinutesSectionProps) {
  const { t } = useTranslation('record');
  const part = useMeetingPart(meeting, readMinutes);
  const { known: minutes, refresh } = part;
  return (
    <Card title={t('minutes.title')}>
      <MeetingPartState part={part} />
      {minutes?.length === 0 && (
        <p className="text-base text-quiet">{t(isHost ? 'minutes.noneForHost' : 'minutes.none')}</p>
      )}
      <div className="flex flex-col gap-6">
        {minutes?.map((one) =>
          one.sentAtMs === null ? (
            <Draft key={one.minutesId} meetingId={meeting.meetingId} draft={one} onChanged={refresh} />
          ) : (
            <Sent key={one.minutesId} meetingId={meeting.meetingId} minutes={one} sentAtMs={one.sentAtMs} />
          ),
        )}
      </div>
    </Card>
  );
}

const readMinutes = async (meetingId: string, signal: AbortSignal): Promise<readonly MeetingMinutes[]> =>
  (await callApi(recordApi.minutes, { params: { meetingId }, signal })).minutes;

type DraftProps = { meetingId: string; draft: MeetingMinutes; onChanged: () => void };

function Draft({ meetingId, draft, onChanged }: DraftProps) {
  const { t } = useTranslation('record');
  const { minutesId } = draft;
  // what is fetched anew does not overwrite what is typed
  const [typed, setTyped] = useState<{ text: string; revision: number } | null>(null);
  const [isAsked, setAsked] = useState(false);
  const { run, pending, problem } = useAsyncAction<'save' | 'send'>();
  const params = { meetingId, minutesId };
  const save = async (): Promise<number | null> => {
    if (typed === null) return draft.revision;
    const answer = await run(() => callApi(recordApi.correctMinutes, { params, body: typed }), {
      key: minutesId,
      about: 'save',
    });
    if (answer === null) return null;
    setTyped(null);
    onChanged();
    return typed.revision + 1;
  };
  const send = async () => {
    setAsked(false);
    const revision = await save();
    if (revision === null) return;
    const body = { revision };
    const answer = await run(() => callApi(recordApi.sendMinutes, { params, body }), { key: minutesId, about: 'send' });
    if (answer !== null) onChanged();
  };
  const text = typed?.text ?? draft.text;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-base text-quiet">{t('minutes.draftLead')}</p>
      <TextArea
        label={t('minutes.draftOf', { when: dateAndTime(draft.startedAtMs, currentLanguage()) })}
        rows={14}
        maxLength={MAX_MINUTES_UNITS}
        value={text}
        onChange={(next) => setTyped((before) => ({ text: next, revision: before?.revision ?? draft.revision }))}
      />
      <details className="group rounded-control border border-line px-4 py-1">
        <summary className="flex min-h-12 cursor-pointer items-center gap-2 text-base font-medium">
          <Icon of={ChevronDown} className="size-5 shrink-0 text-quiet group-open:rotate-180" />
          {t('minutes.preview')}
        </summary>
        <MarkdownText text={text} />
      </details>
      <ProblemWords problem={problem} />
      <div className="flex flex-wrap gap-3">
        <Button variant="primary" icon={Send} isPending={pending(minutesId) === 'send'} onPress={() => setAsked(true)}>
          {t('minutes.send')}
        </Button>
        <Button isDisabled={typed === null} isPending={pending(minutesId) === 'save'} onPress={() => void save()}>
          {t('minutes.save')}
        </Button>
        <FileLink meetingId={meetingId} minutesId={minutesId} />
      </div>
      <ConfirmDialog
        title={t('minutes.sendTitle')}
        body={t('minutes.sendBody')}
        action={t('minutes.send')}
        isOpen={isAsked}
        onConfirm={() => void send()}
        onClose={() => setAsked(false)}
      />
    </div>
  );
}

type SentProps = { meetingId: string; minutes: MeetingMinutes; sentAtMs: number };

function Sent({ meetingId, minutes, sentAtMs }: SentProps) {
  const { t } = useTranslation('record');
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-3 first:border-0 first:pt-0">
      <MarkdownText text={minutes.text} />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="numerals text-small text-quiet">
          {t('minutes.sent', { time: dateAndTime(sentAtMs, currentLanguage()) })}
        </p>
        <FileLink meetingId={meetingId} minutesId={minutes.minutesId} />
      </div>
    </div>
  );
}

function FileLink({ meetingId, minutesId }: { meetingId: string; minutesId: string }) {
  const { t } = useTranslation('record');
  return (
    <a
      href={urlOf(recordApi.minutesFile, { params: { meetingId, minutesId } })}
      download
      className="flex min-h-12 items-center gap-2 rounded-control px-3 text-base font-medium hover:bg-lifted"
    >
      <Icon of={Download} className="size-5" />
      {t('minutes.download')}
    </a>
  );
}
