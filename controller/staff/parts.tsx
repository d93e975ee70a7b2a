/** Small pieces that several of the staff page's pages show. */
import ArrowLeft from 'lucide-react/icons/arrow-left';
import WifiOff from 'lucide-react/icons/wifi-off';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingSummary } from '#contract/http/meetings-api.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';
import { clockTime, dayAndDate, timeRange } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

export function StaffLoading() {
  const { t } = useTranslation('staff');
  return (
    <p role="status" className="flex items-center gap-3 py-16 text-quiet">
      <Spinner /> {t('loading')}
    </p>
  );
}

/** Over what may be old, or in place of what has not come. */
export function StaleNote({ isEmpty = false }: { isEmpty?: boolean }) {
  const { t } = useTranslation('staff');
  return (
    <p role="status" className="flex items-center gap-3 rounded-control bg-warn-soft px-4 py-3 text-base">
      <Icon of={WifiOff} className="size-5 text-warn" />
      {t(isEmpty ? 'unanswered' : 'stale')}
    </p>
  );
}

/** The head of a page below the first. */
export function PageHead({ title, backTo = '#/', children }: { title: string; backTo?: string; children?: ReactNode }) {
  const { t } = useTranslation('common');
  return (
    <div className="flex flex-col gap-1">
      <a href={backTo} className="-ml-2 flex min-h-12 w-fit items-center gap-2 rounded-small px-2 text-base text-quiet">
        <Icon of={ArrowLeft} className="size-5" />
        {t('back')}
      </a>
      <h1 className="line-clamp-4 text-heading font-bold text-balance lg:text-title">
        <bdi>{title}</bdi>
      </h1>
      {children}
    </div>
  );
}

/** Goes into the meeting's call, as who is signed in. */
export const joinMeeting = (meetingId: string): void =>
  location.assign(`${pagePaths.join}?${new URLSearchParams({ meeting: meetingId })}`);

/** `Tuesday 24 November, 14:00–15:30`; null: it has no time */
export function whenWords({ startsAtMs, endsAtMs }: Pick<MeetingSummary, 'startsAtMs' | 'endsAtMs'>): string | null {
  if (startsAtMs === null) return null;
  const language = currentLanguage();
  const time = endsAtMs === null ? clockTime(startsAtMs, language) : timeRange(startsAtMs, endsAtMs, language);
  return `${dayAndDate(startsAtMs, language)}, ${time}`;
}
