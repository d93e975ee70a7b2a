/** In a card, in place of what has not come or above what may be old: that it is on its way, or what went wrong. */
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { StaffLoading } from './parts.tsx';
import type { MeetingPart } from './use-meeting-part.ts';

export function MeetingPartState({ part: { known, problem, refresh } }: { part: MeetingPart<unknown> }) {
  const { t } = useTranslation('common');
  if (problem === null) return known === null ? <StaffLoading /> : null;
  return (
    <div className="mb-3 flex flex-col gap-3">
      <ProblemWords problem={problem} />
      <Button className="self-start" onPress={refresh}>
        {t('retry')}
      </Button>
    </div>
  );
}
