/** What the lists of rooms have in common: the way to a room, the time of its last message, the next part of the list. */
import { useTranslation } from 'react-i18next';
import type { RoomRow } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import { ago } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { lastSeenMs } from './parts.tsx';
import type { RoomListShown } from './use-rooms.ts';

export const hrefOf = (room: RoomRow): string => `#/rooms/${room.roomId}`;

export function Heard({ room }: { room: RoomRow }) {
  const { t } = useTranslation('console');
  const seenMs = lastSeenMs(room);
  return (
    <span className="numerals text-small whitespace-nowrap text-quiet sm:text-right">
      {seenMs === null ? t('table.never') : ago(seenMs, Date.now(), currentLanguage())}
    </span>
  );
}

export function More({ list, shownCount }: { list: RoomListShown; shownCount: number }) {
  const { t } = useTranslation('console');
  if (list.more === null) return null;
  return (
    <div className="flex flex-wrap items-center gap-4 border-t border-line pt-4">
      <Button isPending={list.isFetchingMore} onPress={list.more}>
        {t('now.more')}
      </Button>
      <span className="numerals text-small text-quiet">{t('now.shown', { shown: shownCount, total: list.total })}</span>
    </div>
  );
}
