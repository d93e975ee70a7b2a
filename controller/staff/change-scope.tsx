/** Whether a change is of one meeting that repeats or also of those after it, and why it was refused for those. */
import { useTranslation } from 'react-i18next';
import type { FollowingConflict, MeetingDetail } from '#contract/http/meetings-api.ts';
import { MAX_REPEATED_INVITATIONS } from '#contract/meeting-repetition.ts';
import { Card } from '#ui/card.tsx';
import { ChoiceList } from '#ui/choice-list.tsx';
import { dateAndTime, groupedNumber } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

export type ChangeScope = 'one' | 'following';
/** `staysOnDay`: on weekdays, where a day later may be a Saturday */
export type Following = { laterCount: number; staysOnDay: boolean };

/** null: none follow, or they are not the account's to change */
export function followingOf(
  { repeats, people, hostAccountId, isOfCalendar }: MeetingDetail,
  accountId: string,
): Following | null {
  const isOfPeople = hostAccountId === accountId || people.some((person) => person.accountId === accountId);
  if (!repeats || repeats.laterCount === 0 || isOfCalendar || !isOfPeople) return null;
  return { laterCount: repeats.laterCount, staysOnDay: repeats.every === 'weekday' };
}

type ScopeCardProps = {
  scope: ChangeScope;
  following: Following;
  isDayMoved: boolean;
  isWrong: boolean;
  onChange: (scope: ChangeScope) => void;
};

export function ScopeCard({ scope, following, isDayMoved, isWrong, onChange }: ScopeCardProps) {
  const { t } = useTranslation('series');
  const { t: staff } = useTranslation('staff');
  const { laterCount, staysOnDay } = following;
  return (
    <Card title={staff('form.scope')}>
      <ChoiceList
        label={staff('form.scope')}
        chosen={scope}
        pending={null}
        choices={[
          { key: 'one', words: t('change.one') },
          { key: 'following', words: t('change.following', { count: laterCount }), note: t('change.note') },
        ]}
        onChoose={(key) => onChange(key as ChangeScope)}
      />
      {scope === 'following' && isDayMoved && (
        <p role="status" className="text-small text-quiet">
          {t(staysOnDay ? 'change.daysStay' : 'change.daysMove')}
        </p>
      )}
      {isWrong && (
        <p className="text-small font-medium text-fault">
          {t('change.tooMany', { invitations: groupedNumber(MAX_REPEATED_INVITATIONS, currentLanguage()) })}
        </p>
      )}
    </Card>
  );
}

const MOST_SHOWN = 5;

export function BusyRooms({ conflicts }: { conflicts: readonly FollowingConflict[] }) {
  const { t } = useTranslation('series');
  const more = conflicts.length - MOST_SHOWN;
  return (
    <div role="alert" className="flex flex-col gap-1 rounded-control bg-fault-soft p-4">
      <p className="font-semibold">{t('change.busy')}</p>
      <p>{t('change.busyTodo')}</p>
      <ul className="flex list-disc flex-col gap-1 pl-5">
        {conflicts.slice(0, MOST_SHOWN).map(({ startsAtMs, roomName, title }) => (
          <li key={`${startsAtMs} ${roomName} ${title}`} className="numerals wrap-anywhere">
            {[dateAndTime(startsAtMs, currentLanguage()), roomName, title].filter((words) => words !== '').join(' · ')}
          </li>
        ))}
      </ul>
      {more > 0 && <p>{t('change.busyMore', { count: more })}</p>}
    </div>
  );
}
