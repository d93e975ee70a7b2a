/** What was spoken in a meeting's calls, as text: who, when and what, found by words, and as files. */
import Trash2 from 'lucide-react/icons/trash-2';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { type SpokenText, transcriptApi } from '#contract/http/transcript-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { SearchField } from '#ui/search-field.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { clockTime, dayAndDate } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { FileLink } from './file-link.tsx';
import { MeetingPartState } from './meeting-part-state.tsx';
import { useMeetingTranscript } from './use-meeting-transcript.ts';
import { useRevision } from './use-meeting.ts';

/** Nothing where nothing is written, and it has not begun, or its policy or the rules of its place let nothing be. */
export function TranscriptSection({ meeting, isAhead }: { meeting: MeetingDetail; isAhead: boolean }) {
  const mayBeWritten = !isAhead && meeting.policy.transcript && meeting.isTranscriptPermitted;
  const revision = useRevision(meeting, 'transcriptRevision');
  if (revision === undefined && !mayBeWritten) return null;
  return <Transcript key={meeting.meetingId} meeting={meeting} transcriptRevision={revision} />;
}

type TranscriptProps = { meeting: MeetingDetail; transcriptRevision: number | undefined };

function Transcript({ meeting: { meetingId, role }, transcriptRevision }: TranscriptProps) {
  const { t } = useTranslation('transcript');
  const [words, setWords] = useState<string | null>(null);
  const part = useMeetingTranscript(meetingId, transcriptRevision, words);
  const { known: segments, hasOlder, readOlder, remove } = part;
  const [doomed, setDoomed] = useState<SpokenText | null>(null);
  const acts = useAsyncAction<true>();
  // who manages meetings without being one of the people
  if (part.problem?.code === 'forbidden') return null;
  const mayDelete = role === 'host' || role === 'co-host';
  const isEmpty = segments?.length === 0;
  return (
    <Card
      title={t('title')}
      place="transcript"
      aside={
        transcriptRevision !== undefined && (
          <FileLink href={urlOf(transcriptApi.transcriptFile, { params: { meetingId } })}>{t('download')}</FileLink>
        )
      }
    >
      <div className="flex flex-col gap-3">
        {(words !== null || !isEmpty) && (
          <search>
            <SearchField label={t('search')} action={t('search')} maxLength={100} onFind={setWords} />
          </search>
        )}
        <MeetingPartState part={part} />
        <ProblemWords problem={acts.problem} />
        {isEmpty && <p className="text-base text-quiet">{t(words === null ? 'none' : 'foundNone')}</p>}
        {segments !== null && !isEmpty && (
          <section
            aria-label={t('spoken')}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
            tabIndex={0}
            className="flex max-h-128 flex-col overflow-y-auto"
          >
            {hasOlder && (
              <Button
                variant="quiet"
                className="self-center"
                isPending={acts.pending('older') !== null}
                onPress={() => void acts.run(readOlder, { key: 'older', about: true })}
              >
                {t('older')}
              </Button>
            )}
            {byCall(segments).map((call) => (
              <section key={call[0]!.segmentId} aria-label={startOf(call)}>
                <header className="flex flex-wrap items-center gap-x-3 border-b border-line">
                  <h3 className="numerals min-w-0 flex-1 text-small font-semibold text-quiet">{startOf(call)}</h3>
                  <FileLink
                    href={urlOf(transcriptApi.transcriptCaptions, { params: { meetingId, callId: call[0]!.callId } })}
                  >
                    {t('captionsFile')}
                  </FileLink>
                </header>
                <ol className="flex flex-col">
                  {call.map((segment) => (
                    <Spoken key={segment.segmentId} segment={segment} onDelete={mayDelete ? setDoomed : null} />
                  ))}
                </ol>
              </section>
            ))}
          </section>
        )}
      </div>
      <ConfirmDialog
        title={t('deleteTitle')}
        body={t('deleteBody', { name: doomed?.displayName ?? '' })}
        action={t('delete')}
        isOpen={doomed !== null}
        onConfirm={() => {
          const segment = doomed;
          setDoomed(null);
          if (segment !== null) void acts.run(() => remove(segment));
        }}
        onClose={() => setDoomed(null)}
      />
    </Card>
  );
}

type SpokenProps = { segment: SpokenText; onDelete: ((segment: SpokenText) => void) | null };

function Spoken({ segment, onDelete }: SpokenProps) {
  const { t } = useTranslation('transcript');
  const { segmentId, displayName, isOwn, text, fromMs } = segment;
  const time = clockTime(fromMs, currentLanguage());
  return (
    <li
      data-place={`transcript-${segmentId}`}
      className="flex items-start gap-3 border-b border-line py-2 last:border-0"
    >
      <div className="min-w-0 flex-1">
        <p className="text-small text-quiet">
          <bdi className="font-medium wrap-anywhere text-ink">
            {isOwn ? t('you', { name: displayName }) : displayName}
          </bdi>
          {' · '}
          <span className="numerals">{time}</span>
        </p>
        <p className="text-base wrap-anywhere">
          <bdi>{text}</bdi>
        </p>
      </div>
      {onDelete !== null && (
        <Button
          variant="quiet"
          icon={Trash2}
          aria-label={t('deleteOf', { name: displayName, time })}
          onPress={() => onDelete(segment)}
        />
      )}
    </li>
  );
}

/** What follows each other in one call. */
function byCall(segments: readonly SpokenText[]): SpokenText[][] {
  const calls: SpokenText[][] = [];
  for (const segment of segments) {
    const last = calls.at(-1);
    if (last?.[0]?.callId === segment.callId) last.push(segment);
    else calls.push([segment]);
  }
  return calls;
}

/** `Tuesday 24 November, 14:00`: of what is shown of it. */
function startOf([first]: readonly SpokenText[]): string {
  const language = currentLanguage();
  return `${dayAndDate(first!.fromMs, language)}, ${clockTime(first!.fromMs, language)}`;
}
