/** The thin bar over the stage: room, meeting, how many, which page, what time. Hides, and is back when any of it changes. */
import { useTranslation } from 'react-i18next';
import Users from 'lucide-react/icons/users';
import type { RoomState } from '#contract/room-state.ts';
import { Icon } from '#ui/icon.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useMinute, useShownAfter } from '../frame/clock.ts';

const SHOWN_MS = 6_000;

export function CallBar({
  state,
  meetingTitle,
  participantCount,
}: {
  state: RoomState;
  meetingTitle: string;
  participantCount: number;
}) {
  const { t } = useTranslation('common');
  const nowMs = useMinute();
  const { layout, stagePage, stagePageCount, roomName } = state;
  const shown = useShownAfter([layout, stagePage, stagePageCount, meetingTitle].join(), SHOWN_MS);
  return (
    <div
      data-shown={shown || undefined}
      className="pointer-events-none absolute top-6 left-8 flex max-w-[100rem] items-center gap-7 rounded-control bg-[rgb(15_11_8/0.92)] px-6 py-2 text-tv-small opacity-0 transition-opacity data-shown:opacity-100"
    >
      <time className="font-semibold">{clockTime(nowMs, currentLanguage())}</time>
      <span className="max-w-[30rem] truncate">{roomName}</span>
      <h1 className="max-w-[36rem] truncate text-quiet">{meetingTitle}</h1>
      <span className="flex shrink-0 items-center gap-2 numerals">
        <Icon of={Users} className="size-7" />
        {t('people', { count: participantCount })}
      </span>
      <span className="shrink-0 text-quiet">{t(`layout.${layout}`)}</span>
      {stagePageCount > 1 && (
        <span className="shrink-0 numerals">
          {t('page', { page: Math.min(stagePage, stagePageCount - 1) + 1, pages: stagePageCount })}
        </span>
      )}
    </div>
  );
}
