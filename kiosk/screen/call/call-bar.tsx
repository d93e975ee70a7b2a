/** The thin bar over the stage: room, meeting, count, page, time. It hides, and returns when any of them changes. */
import { useTranslation } from 'react-i18next';
import Lock from 'lucide-react/icons/lock';
import MonitorUp from 'lucide-react/icons/monitor-up';
import Users from 'lucide-react/icons/users';
import type { RoomEquipment } from '#contract/room-equipment.ts';
import type { RoomState } from '#contract/room-state.ts';
import { Icon } from '#ui/icon.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useMinute, useShownAfter } from '../frame/clock.ts';

const SHOWN_MS = 6_000;

export function CallBar({
  state,
  equipment,
  timeZone,
  meetingTitle,
  participantCount,
}: {
  state: RoomState;
  equipment: RoomEquipment | null | undefined;
  timeZone: string | undefined;
  meetingTitle: string;
  participantCount: number;
}) {
  const { t } = useTranslation(['common', 'devices', 'screen']);
  const nowMs = useMinute();
  const { layout, stagePage, stagePageCount, roomName, phase } = state;
  const isLocked = phase.name === 'in-call' && phase.order.isLocked;
  const shownInput = equipment?.devices.find(({ deviceKey }) => deviceKey === equipment.shownInput)?.name ?? null;
  const shown = useShownAfter([layout, stagePage, stagePageCount, meetingTitle, shownInput, isLocked].join(), SHOWN_MS);
  return (
    <div
      data-shown={shown || undefined}
      className="pointer-events-none absolute top-6 left-8 flex max-w-[100rem] items-center gap-7 rounded-control bg-[rgb(15_11_8/0.92)] px-6 py-2 text-tv-small opacity-0 transition-opacity data-shown:opacity-100"
    >
      <time className="font-semibold">{clockTime(nowMs, currentLanguage(), timeZone)}</time>
      <span className="max-w-[30rem] truncate">{roomName}</span>
      <h1 className="max-w-[36rem] truncate text-quiet">{meetingTitle}</h1>
      <span className="flex shrink-0 items-center gap-2 numerals">
        <Icon of={Users} className="size-7" />
        {t('common:people', { count: participantCount })}
      </span>
      {isLocked && (
        <span className="flex shrink-0 items-center gap-2 text-accent">
          <Icon of={Lock} className="size-7" />
          {t('screen:call.locked')}
        </span>
      )}
      <span className="shrink-0 text-quiet">{t(`common:layout.${layout}`)}</span>
      {shownInput !== null && (
        <span className="flex min-w-0 items-center gap-2 text-accent">
          <Icon of={MonitorUp} className="size-7" />
          <span className="max-w-[24rem] truncate">{t('devices:hdmi.onStage', { name: shownInput })}</span>
        </span>
      )}
      {stagePageCount > 1 && (
        <span className="shrink-0 numerals">
          {t('common:page', { page: Math.min(stagePage, stagePageCount - 1) + 1, pages: stagePageCount })}
        </span>
      )}
    </div>
  );
}
