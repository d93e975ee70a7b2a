/** The series of a meeting on its page: the next one, what is left to do, and the earlier ones. */
import CalendarPlus from 'lucide-react/icons/calendar-plus';
import Check from 'lucide-react/icons/check';
import ChevronRight from 'lucide-react/icons/chevron-right';
import Circle from 'lucide-react/icons/circle';
import { Checkbox } from 'react-aria-components/Checkbox';
import { useTranslation } from 'react-i18next';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import type { SeriesMeeting, SeriesTask } from '#contract/http/series-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { LinkedText } from '#ui/meeting/linked-text.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { dateAndTime, dateOnly } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { localDateTime, startOf } from './meeting-form.ts';
import { MeetingPartState } from './meeting-part-state.tsx';
import { taskKeyOf, type SeriesState, type ShownTask } from './use-series.ts';

/** Nothing for a meeting that stands alone, and for who manages meetings without being one of its people. */
export function SeriesSection({ series }: { series: SeriesState }) {
  const { t } = useTranslation('series');
  const { known, problem } = series;
  if (known === null || (known.next === null && known.earlier.length === 0 && problem === null)) return null;
  return (
    <Card title={t('title')}>
      <MeetingPartState part={series} />
      <div className="flex flex-col gap-5">
        {known.next !== null && (
          <MeetingLink meeting={known.next} words={t('next', { when: whenOf(known.next) })} isStrong />
        )}
        {known.earlier.length > 0 && (
          <>
            <Tasks series={series} hasMore={known.hasMoreTasks} />
            <section aria-label={t('earlier')} className="flex flex-col gap-1">
              <h3 className="text-base font-semibold">{t('earlier')}</h3>
              <ul className="flex flex-col">
                {known.earlier.map((meeting) => (
                  <li key={meeting.meetingId} className="border-t border-line py-1 first:border-0">
                    <MeetingLink meeting={meeting} words={meeting.title} about={whenOf(meeting)} />
                  </li>
                ))}
              </ul>
              {known.more === 'some' && (
                <Button className="self-start" onPress={series.showMore}>
                  {t('more')}
                </Button>
              )}
              {known.more === 'too-many' && <p className="text-small text-quiet">{t('older')}</p>}
            </section>
          </>
        )}
      </div>
    </Card>
  );
}

/** For hosts, of a cancelled meeting too. Not before it is known that they are among its people. */
export function PlanNext({ meeting, series }: { meeting: MeetingDetail; series: SeriesState }) {
  const { t } = useTranslation('series');
  const { meetingId, role, hostAccountId } = meeting;
  const isHost = role === 'host' || role === 'co-host';
  if (!isHost || hostAccountId === undefined || series.known === null) return null;
  return (
    <Button
      icon={CalendarPlus}
      onPress={() => {
        location.hash = `#/meetings/${meetingId}/next`;
      }}
    >
      {t('plan')}
    </Button>
  );
}

function Tasks({ series, hasMore }: { series: SeriesState; hasMore: boolean }) {
  const { t } = useTranslation('series');
  const { tasks, markProblem } = series;
  const meetings = new Map(tasks.map(({ meeting }) => [meeting.meetingId, meeting]));
  return (
    <section aria-label={t('tasks')} className="flex flex-col gap-2">
      <h3 className="text-base font-semibold">{t('tasks')}</h3>
      {tasks.length === 0 && !hasMore && <p className="text-base text-quiet">{t('noTasks')}</p>}
      <ProblemWords problem={markProblem} />
      {[...meetings.values()].map((meeting) => (
        <div key={meeting.meetingId} className="rounded-control bg-sunken px-4 py-1">
          <MeetingLink meeting={meeting} words={meeting.title} about={whenOf(meeting)} isSmall />
          <ul className="flex flex-col">
            {tasks
              .filter((task) => task.meeting.meetingId === meeting.meetingId)
              .map((task) => (
                <li key={taskKeyOf(task)} className="border-t border-line">
                  <Task task={task} series={series} />
                </li>
              ))}
          </ul>
        </div>
      ))}
      {hasMore && <p className="text-small text-quiet">{t('moreTasks')}</p>}
    </section>
  );
}

function Task({ task, series }: { task: ShownTask; series: SeriesState }) {
  if (!task.mayMark)
    return (
      <div className="flex min-h-12 gap-3 py-2">
        <span className="grid size-6 shrink-0 place-items-center">
          <Icon of={Circle} className="size-4 text-quiet" />
        </span>
        <TaskWords task={task} hasLinks />
      </div>
    );
  return (
    <Checkbox
      isSelected={task.isDone}
      isDisabled={series.isMarking(task)}
      onChange={(isDone) => series.mark(task, isDone)}
      className="group -mx-2 flex min-h-12 cursor-pointer gap-3 rounded-small px-2 py-2 select-none data-focus-visible:outline-3 data-focus-visible:outline-accent data-hovered:bg-lifted"
    >
      <span className="grid size-6 shrink-0 place-items-center rounded-small border-2 border-edge group-data-selected:border-accent group-data-selected:bg-accent">
        <Icon of={Check} className="size-4 text-accent-ink opacity-0 group-data-selected:opacity-100" />
      </span>
      <TaskWords task={task} />
    </Checkbox>
  );
}

/** `hasLinks`: where a press does nothing else. */
function TaskWords({ task, hasLinks = false }: { task: ShownTask; hasLinks?: boolean }) {
  const { text, person, dueOn, isDone } = task;
  return (
    <span className="min-w-0 flex-1">
      <bdi className={`block text-base wrap-anywhere ${isDone ? 'text-quiet line-through' : ''}`}>
        {hasLinks ? <LinkedText text={text} /> : text}
      </bdi>
      {(person !== null || dueOn !== null) && (
        <span className="block text-small wrap-anywhere text-quiet">
          {person !== null && <bdi>{person}</bdi>}
          {person !== null && dueOn !== null && ' · '}
          {dueOn !== null && <Due dueOn={dueOn} isOpen={!isDone} />}
        </span>
      )}
    </span>
  );
}

function Due({ dueOn, isOpen }: { dueOn: NonNullable<SeriesTask['dueOn']>; isOpen: boolean }) {
  const { t } = useTranslation('series');
  const dayMs = startOf({ date: dueOn, time: '00:00' });
  const date = dayMs === null ? dueOn : dateOnly(dayMs, currentLanguage());
  if (isOpen && dueOn < localDateTime(Date.now()).date)
    return <span className="numerals font-medium text-warn">{t('overdue', { date })}</span>;
  return <span className="numerals">{t('dueOn', { date })}</span>;
}

type MeetingLinkProps = {
  meeting: SeriesMeeting;
  words: string;
  about?: string;
  isStrong?: boolean;
  isSmall?: boolean;
};

function MeetingLink({ meeting, words, about, isStrong = false, isSmall = false }: MeetingLinkProps) {
  const { t } = useTranslation('series');
  const lines = [about, meeting.isCancelled ? t('cancelled') : undefined].filter((line) => line !== undefined);
  return (
    <a
      href={`#/meetings/${meeting.meetingId}`}
      className="-mx-2 flex min-h-12 min-w-0 items-center gap-3 rounded-small px-2 py-1 hover:bg-lifted"
    >
      <span className="min-w-0 flex-1">
        <bdi className={`line-clamp-2 ${isSmall ? 'text-small' : 'text-base'} ${isStrong ? 'font-medium' : ''}`}>
          {words}
        </bdi>
        {lines.length > 0 && <span className="numerals block text-small text-quiet">{lines.join(' · ')}</span>}
      </span>
      <Icon of={ChevronRight} className="size-5 shrink-0 text-quiet" />
    </a>
  );
}

const whenOf = ({ atMs }: SeriesMeeting): string => dateAndTime(atMs, currentLanguage());
