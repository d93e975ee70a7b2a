/** What the lists of rooms have in common: the way to a room and back, the next part of the list. */
import { useTranslation } from 'react-i18next';
import type { RoomRow } from '#contract/http/rooms-api.ts';
import { Button } from '#ui/button.tsx';
import type { RoomListShown } from './use-rooms.ts';

export const hrefOf = (room: RoomRow): string => `#/rooms/${room.roomId}`;

/** The list as it was looked at last, with its filters. */
let lastList = '#/rooms';
export const roomsHref = (): string => lastList;
export const rememberList = (href: string): void => {
  // what is drawn between a click and its `hashchange` finds the next page's address already
  if (href.split('?')[0] === '#/rooms') lastList = href;
};

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
