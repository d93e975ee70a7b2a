/** The next meeting of a series is planned here: filled in from the one that it follows. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type MeetingDetail, meetingsApi } from '#contract/http/meetings-api.ts';
import { callApi } from '#ui/http-client.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useSameId } from '#ui/use-same-id.ts';
import { dateAndTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { type MeetingForm, newMeetingOfForm } from './meeting-form.ts';
import { MeetingFormOf } from './meeting-form-page.tsx';
import { MeetingPartState } from './meeting-part-state.tsx';
import { nextFormOf } from './next-meeting.ts';
import { PageHead, StaffLoading } from './parts.tsx';
import { useMeeting } from './use-meeting.ts';
import { useMeetingPart } from './use-meeting-part.ts';
import { readSeries } from './use-series.ts';

type NextMeetingPageProps = { meetingId: string; accountId: string };

export function NextMeetingPage({ meetingId, accountId }: NextMeetingPageProps) {
  const { t } = useTranslation('series');
  const { meeting, problem } = useMeeting(meetingId);
  return (
    <>
      <PageHead title={t('planTitle')} backTo={`#/meetings/${meetingId}`} />
      {meeting === null ? (
        problem === null ? (
          <StaffLoading />
        ) : (
          <ProblemWords problem={problem} />
        )
      ) : (
        <NextMeeting meeting={meeting} accountId={accountId} />
      )}
    </>
  );
}

function NextMeeting({ meeting, accountId }: { meeting: MeetingDetail; accountId: string }) {
  const { t } = useTranslation('series');
  const { t: words } = useTranslation('staff');
  const withSameId = useSameId();
  const part = useMeetingPart(meeting, readSeries);
  const { known } = part;
  // what changes meanwhile does not overwrite what is typed
  const [initial, setInitial] = useState<MeetingForm | null>(null);
  useEffect(() => {
    if (known === null) return;
    const previousAtMs = known.earlier[0]?.atMs ?? null;
    const nextAtMs = known.next?.atMs ?? null;
    setInitial((before) => before ?? nextFormOf(meeting, { accountId, previousAtMs, nextAtMs, nowMs: Date.now() }));
  }, [known, meeting, accountId]);
  if (initial === null) return <MeetingPartState part={part} />;
  const next = known?.next ?? null;
  return (
    <>
      {next !== null && (
        <p role="status" className="rounded-control bg-warn-soft px-4 py-3 text-base">
          <a href={`#/meetings/${next.meetingId}`} className="underline">
            {t('planned', { when: dateAndTime(next.atMs, currentLanguage()) })}
          </a>
        </p>
      )}
      <MeetingFormOf
        initial={initial}
        meetingId={null}
        lastAgenda={meeting.agenda}
        action={words('form.create')}
        send={(form) => {
          const body = { ...newMeetingOfForm(form), language: currentLanguage() };
          const params = { meetingId: meeting.meetingId };
          return withSameId(
            body,
            async (requestId) =>
              (await callApi(meetingsApi.planNextMeeting, { params, body: { ...body, requestId } })).meeting,
          );
        }}
      />
    </>
  );
}
