/** The minutes of a meeting: a draft that its hosts correct and send, and what was sent. */
import Eye from 'lucide-react/icons/eye';
import Pencil from 'lucide-react/icons/pencil';
import Send from 'lucide-react/icons/send';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toMaruError } from '#contract/error-codes.ts';
import { urlOf } from '#contract/http/answer.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { MAX_MINUTES_UNITS, type MeetingMinutes, recordApi } from '#contract/http/record-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { callApi, fetchFile } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { TextArea } from '#ui/text-area.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { FileLink } from './file-link.tsx';
import { MarkdownText } from '#ui/meeting/markdown-text.tsx';
import { MeetingPartState } from './meeting-part-state.tsx';
import { type MeetingPart, useMeetingPart } from './use-meeting-part.ts';

/** longer than the server waits for its printer */
const PDF_WITHIN_MS = 90_000;
const KEPT_FOR_SAVING_MS = 60_000;

type KnownMinutes = Awaited<ReturnType<typeof readMinutes>>;
type MinutesSectionProps = {
  meeting: MeetingDetail;
  isHost: boolean;
  isAhead: boolean;
  part: MeetingPart<KnownMinutes>;
};

export const useMinutes = (meeting: MeetingDetail): MinutesSectionProps['part'] => useMeetingPart(meeting, readMinutes);

export function MinutesSection({ meeting, isHost, isAhead, part }: MinutesSectionProps) {
  const { t } = useTranslation('record');
  const { known, refresh } = part;
  const minutes = known?.minutes;
  const mayComeAgain = isHost && !meeting.isCancelled;
  // who manages meetings without being one of the people
  if (part.problem?.code === 'forbidden') return null;
  // before it begins there is nothing to expect here
  if (isAhead && part.problem === null && !minutes?.length) return null;
  return (
    <Card title={t('minutes.title')} place="minutes">
      <MeetingPartState part={part} />
      {minutes?.length === 0 && (
        <p className="text-base text-quiet">
          {known?.areDeleted
            ? [t('minutes.deleted'), ...(mayComeAgain ? [t('minutes.deletedForHost')] : [])].join(' ')
            : t(mayComeAgain ? 'minutes.noneForHost' : 'minutes.none')}
        </p>
      )}
      <div className="flex flex-col gap-6">
        {minutes?.map((one) => (
          <OneMinutes key={one.minutesId} meetingId={meeting.meetingId} minutes={one} onChanged={refresh} />
        ))}
      </div>
    </Card>
  );
}

const readMinutes = (meetingId: string, signal: AbortSignal) =>
  callApi(recordApi.minutes, { params: { meetingId }, signal });

type DraftText = Pick<MeetingMinutes, 'text' | 'revision'>;
type OneMinutesProps = { meetingId: string; minutes: MeetingMinutes; onChanged: () => void };

/** What is typed outlives the draft, which another host may send meanwhile. */
function OneMinutes({ meetingId, minutes, onChanged }: OneMinutesProps) {
  // what is fetched anew does not overwrite what is typed
  const [typed, setTyped] = useState<DraftText | null>(null);
  useSaveOnLeaving(meetingId, minutes.minutesId, minutes.sentAtMs === null ? typed : null);
  if (minutes.sentAtMs === null)
    return <Draft meetingId={meetingId} draft={minutes} typed={typed} onTyped={setTyped} onChanged={onChanged} />;
  return (
    <>
      <Sent meetingId={meetingId} minutes={minutes} sentAtMs={minutes.sentAtMs} />
      {typed !== null && typed.text !== minutes.text && <NotSent text={typed.text} onDrop={() => setTyped(null)} />}
    </>
  );
}

/** Who goes to another page keeps what is typed; who closes this one is asked by the browser first. */
function useSaveOnLeaving(meetingId: string, minutesId: string, typed: DraftText | null): void {
  const newest = useRef(typed);
  useEffect(() => {
    newest.current = typed;
    if (typed === null) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [typed]);
  useEffect(
    () => () => {
      if (newest.current === null) return;
      const { text, revision } = newest.current;
      // refused where another host was first: theirs stands, and nobody is here any more to choose
      callApi(recordApi.correctMinutes, { params: { meetingId, minutesId }, body: { text, revision } }).catch(() => {});
    },
    [meetingId, minutesId],
  );
}

/** Another host has sent the minutes while this one typed. */
function NotSent({ text, onDrop }: { text: string; onDrop: () => void }) {
  const { t } = useTranslation('record');
  return (
    <div className="flex flex-col gap-3 rounded-control bg-warn-soft p-4">
      <p role="status" className="text-base font-medium">
        {t('minutes.sentMeanwhile')}
      </p>
      <TextArea
        label={t('minutes.typed')}
        rows={8}
        maxLength={MAX_MINUTES_UNITS}
        value={text}
        onChange={() => {}}
        isReadOnly
      />
      <Button onPress={onDrop}>{t('minutes.dropTyped')}</Button>
    </div>
  );
}

type DraftProps = {
  meetingId: string;
  draft: MeetingMinutes;
  typed: DraftText | null;
  onTyped: (change: DraftText | null | ((before: DraftText | null) => DraftText | null)) => void;
  onChanged: () => void;
};

function Draft({ meetingId, draft, typed, onTyped: setTyped, onChanged }: DraftProps) {
  const { t } = useTranslation('record');
  const { minutesId } = draft;
  // until what is fetched has caught up with it
  const [saved, setSaved] = useState<DraftText | null>(null);
  const [isAsked, setAsked] = useState(false);
  const [isCorrecting, setCorrecting] = useState(typed !== null);
  const { run, pending, problem, dismissProblem } = useAsyncAction<'save' | 'send'>();
  const newest = saved !== null && saved.revision > draft.revision ? saved : draft;
  const isOvertaken = typed !== null && typed.revision < newest.revision;
  const params = { meetingId, minutesId };
  const ask = <T,>(work: () => Promise<T>, about: 'save' | 'send'): Promise<T | null> =>
    run(
      () =>
        work().catch((error: unknown) => {
          // what it is now is shown: changed, or sent
          if (['meeting-changed', 'not-possible-now'].includes(toMaruError(error).code)) onChanged();
          throw error;
        }),
      { key: minutesId, about },
    );
  const save = async ({ text, revision }: DraftText, about: 'save' | 'send' = 'save'): Promise<number | null> => {
    const body = { text, revision };
    if ((await ask(() => callApi(recordApi.correctMinutes, { params, body }), about)) === null) return null;
    const now = { text, revision: revision + 1 };
    setSaved(now);
    // what was typed meanwhile stays, as a correction of what is saved
    setTyped((later) => (later === null || later.text === text ? null : { ...later, revision: now.revision }));
    onChanged();
    return now.revision;
  };
  const send = async () => {
    setAsked(false);
    const revision = typed === null ? newest.revision : await save(typed, 'send');
    if (revision === null) return;
    const body = { revision };
    if ((await ask(() => callApi(recordApi.sendMinutes, { params, body }), 'send')) !== null) onChanged();
  };
  const takeNewest = () => {
    setTyped(null);
    dismissProblem();
  };
  const text = typed?.text ?? newest.text;
  const when = dateAndTime(draft.startedAtMs, currentLanguage());
  return (
    <div className="flex flex-col gap-4">
      <p className="text-base text-quiet">{t('minutes.draftLead')}</p>
      {/* hidden rather than gone: it keeps its cursor and its scrolling */}
      <div hidden={!isCorrecting}>
        <TextArea
          label={t('minutes.draftOf', { when })}
          rows={14}
          maxLength={MAX_MINUTES_UNITS}
          value={text}
          // what is sent is what is seen
          isReadOnly={pending(minutesId) === 'send'}
          onChange={(next) => setTyped((before) => ({ text: next, revision: before?.revision ?? newest.revision }))}
        />
      </div>
      {!isCorrecting && (
        <section
          aria-label={t('minutes.draftOf', { when })}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
          tabIndex={0}
          className="max-h-128 overflow-y-auto rounded-control border border-line bg-surface p-4"
        >
          <MarkdownText text={text} />
        </section>
      )}
      {isOvertaken && (
        <Overtaken
          newestText={newest.text}
          isPending={pending(minutesId) === 'save'}
          onTake={takeNewest}
          onOverwrite={() => void save({ text: typed.text, revision: newest.revision })}
        />
      )}
      <ProblemWords problem={isOvertaken && problem?.code === 'meeting-changed' ? null : problem} />
      <div className="flex flex-wrap gap-3">
        <Button
          variant="primary"
          icon={Send}
          isDisabled={isOvertaken}
          isPending={pending(minutesId) === 'send'}
          onPress={() => setAsked(true)}
        >
          {t('minutes.send')}
        </Button>
        <Button icon={isCorrecting ? Eye : Pencil} onPress={() => setCorrecting(!isCorrecting)}>
          {t(isCorrecting ? 'minutes.preview' : 'minutes.correct')}
        </Button>
        {(isCorrecting || typed !== null) && (
          <Button
            isDisabled={typed === null || isOvertaken}
            isPending={pending(minutesId) === 'save'}
            onPress={() => {
              if (typed !== null) void save(typed);
            }}
          >
            {t('minutes.save')}
          </Button>
        )}
        <FileLinks meetingId={meetingId} minutes={draft} />
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

type OvertakenProps = { newestText: string; isPending: boolean; onTake: () => void; onOverwrite: () => void };

/** The draft has changed since this host began to type, by another one or by its summary: both are there to choose from. */
function Overtaken({ newestText, isPending, onTake, onOverwrite }: OvertakenProps) {
  const { t } = useTranslation('record');
  return (
    <div className="flex flex-col gap-3 rounded-control bg-warn-soft p-4">
      <p role="status" className="text-base font-medium">
        {t('minutes.overtaken')}
      </p>
      <section aria-label={t('minutes.newest')} className="max-h-80 overflow-y-auto rounded-control bg-raised p-4">
        <p className="mb-2 text-small text-quiet">{t('minutes.newest')}</p>
        <MarkdownText text={newestText} />
      </section>
      <div className="flex flex-wrap gap-3">
        <Button onPress={onTake}>{t('minutes.takeNewest')}</Button>
        <Button isPending={isPending} onPress={onOverwrite}>
          {t('minutes.saveMine')}
        </Button>
      </div>
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
        <FileLinks meetingId={meetingId} minutes={minutes} />
      </div>
    </div>
  );
}

type FileLinksProps = { meetingId: string; minutes: Pick<MeetingMinutes, 'minutesId' | 'startedAtMs'> };

/** As Markdown and as PDF, which is made when it is asked for: why it cannot be is shown here, not by the browser. */
function FileLinks({ meetingId, minutes: { minutesId, startedAtMs } }: FileLinksProps) {
  const { t } = useTranslation('record');
  const { run, isPending, problem } = useAsyncAction<true>();
  const params = { meetingId, minutesId };
  const pdfUrl = urlOf(recordApi.minutesPdf, { params });
  const save = () =>
    run(
      async () => {
        const url = URL.createObjectURL(await fetchFile(pdfUrl, PDF_WITHIN_MS));
        const link = document.createElement('a');
        link.href = url;
        link.download = `maru-minutes-${new Date(startedAtMs).toISOString().slice(0, 10)}.pdf`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(url), KEPT_FOR_SAVING_MS);
      },
      { key: minutesId, about: true },
    );
  return (
    <>
      <span className="-mx-3 flex flex-wrap">
        <FileLink href={urlOf(recordApi.minutesFile, { params })}>{t('minutes.download')}</FileLink>
        <FileLink href={pdfUrl} isPending={isPending} onOpen={() => void save()}>
          PDF
        </FileLink>
      </span>
      {isPending && (
        <span role="status" className="sr-only">
          {t('minutes.pdfComes')}
        </span>
      )}
      {problem && <ProblemWords problem={problem} />}
    </>
  );
}
