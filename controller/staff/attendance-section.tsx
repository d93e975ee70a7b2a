/** Who was in the meeting's calls, and how long; as a file too. The newest call stands open. */
import ChevronDown from 'lucide-react/icons/chevron-down';
import DoorOpen from 'lucide-react/icons/door-open';
import UserRound from 'lucide-react/icons/user-round';
import { useTranslation } from 'react-i18next';
import { urlOf } from '#contract/http/answer.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { presenceMinutes } from '#contract/presence-minutes.ts';
import { type Attendee, type CallAttendance, recordApi } from '#contract/http/record-api.ts';
import { Card } from '#ui/card.tsx';
import { callApi } from '#ui/http-client.ts';
import { Icon } from '#ui/icon.tsx';
import { clockTime, dayAndDate, timeRange } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { FileLink } from './file-link.tsx';
import { MeetingPartState } from './meeting-part-state.tsx';
import { useMeetingPart } from './use-meeting-part.ts';

export function AttendanceSection({ meeting, isAhead }: { meeting: MeetingDetail; isAhead: boolean }) {
  const { t } = useTranslation('record');
  const { meetingId } = meeting;
  const part = useMeetingPart(meeting, readAttendance);
  const { known: calls } = part;
  // who manages meetings without being one of the people
  if (part.problem?.code === 'forbidden') return null;
  // before it begins there is nothing to expect here
  if (isAhead && part.problem === null && !calls?.length) return null;
  return (
    <Card
      title={t('attendance.title')}
      aside={
        calls !== null &&
        calls.length > 0 && (
          <FileLink href={urlOf(recordApi.attendanceFile, { params: { meetingId } })} edge="right">
            {t('attendance.download')}
          </FileLink>
        )
      }
    >
      <MeetingPartState part={part} />
      {calls?.length === 0 && <p className="text-base text-quiet">{t('attendance.nobody')}</p>}
      {calls?.map((call, n) => (
        <details key={call.callId} open={n === 0} className="group border-t border-line py-1 first-of-type:border-0">
          <summary className="flex min-h-12 cursor-pointer items-center gap-2 rounded-small text-base font-medium">
            <Icon of={ChevronDown} className="size-5 shrink-0 text-quiet group-open:rotate-180" />
            <span className="numerals">
              {t('attendance.call', { when: callWords(call), count: call.attendees.length })}
            </span>
          </summary>
          <ul className="flex flex-col pb-2">
            {call.attendees.map((attendee, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two people may have one name, and the order stays
              <AttendeeRow key={index} attendee={attendee} />
            ))}
          </ul>
        </details>
      ))}
    </Card>
  );
}

const readAttendance = async (meetingId: string, signal: AbortSignal): Promise<readonly CallAttendance[]> =>
  (await callApi(recordApi.attendance, { params: { meetingId }, signal })).calls;

function AttendeeRow({ attendee }: { attendee: Attendee }) {
  const { t } = useTranslation('record');
  const { displayName, kind, joinedAtMs, leftAtMs, presentMs } = attendee;
  const language = currentLanguage();
  const when =
    leftAtMs === null
      ? t('attendance.since', { time: clockTime(joinedAtMs, language) })
      : timeRange(joinedAtMs, leftAtMs, language);
  const minutes = presenceMinutes(presentMs);
  const about = [...(kind === 'account' ? [] : [t(`attendance.kind.${kind}`)]), when];
  return (
    <li className="flex min-h-12 items-center gap-3 border-t border-line py-1">
      <Icon of={kind === 'room' ? DoorOpen : UserRound} className="size-5 shrink-0 text-quiet" />
      <span className="min-w-0 flex-1">
        <bdi className="line-clamp-2 text-base">{displayName}</bdi>
        <span className="numerals block text-small text-quiet">{about.join(' · ')}</span>
      </span>
      <span className="numerals shrink-0 text-base font-medium">
        {minutes === 0 ? t('attendance.shortly') : t('attendance.minutes', { count: minutes })}
      </span>
    </li>
  );
}

/** `Tuesday 24 November, 14:00–15:31` */
function callWords({ startedAtMs, endedAtMs }: CallAttendance): string {
  const language = currentLanguage();
  const time = endedAtMs === null ? clockTime(startedAtMs, language) : timeRange(startedAtMs, endedAtMs, language);
  return `${dayAndDate(startedAtMs, language)}, ${time}`;
}
