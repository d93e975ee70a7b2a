/** Broadcasts for the TV of an idle room: what is on it and the end of it, and what can be watched. Absent where nothing is offered. */
import Radio from 'lucide-react/icons/radio';
import { useTranslation } from 'react-i18next';
import { isOnAir } from '#contract/broadcast.ts';
import type { OfferedBroadcast, RoomBroadcasts } from '#contract/room-broadcasts.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { type Asking, useProjection } from '../use-room.ts';

export function BroadcastCard({ asking }: { asking: Asking }) {
  const broadcasts = useProjection('broadcasts');
  const timeZone = useProjection('agenda')?.timeZone;
  if (broadcasts === null || (broadcasts.offered.length === 0 && broadcasts.shown === null)) return null;
  return <OfferedBroadcastsCard broadcasts={broadcasts} timeZone={timeZone} asking={asking} />;
}

type OfferedBroadcastsProps = { broadcasts: RoomBroadcasts; timeZone: string | undefined; asking: Asking };

export function OfferedBroadcastsCard({ broadcasts, timeZone, asking }: OfferedBroadcastsProps) {
  const { t } = useTranslation('remote');
  const { offered, shown, refusal } = broadcasts;
  const asked = asking.pending('watch-broadcast');
  const wanted = asked?.name === 'watch-broadcast' ? asked.broadcastId : undefined;
  const others = offered.filter(({ broadcastId }) => broadcastId !== shown?.broadcastId);
  const watch = (broadcastId: string | null): void =>
    asking.ask(
      { name: 'watch-broadcast', broadcastId },
      (_, { projections }) => (projections.broadcasts?.shown?.broadcastId ?? null) === broadcastId,
    );
  return (
    <Card title={t('broadcasts.title')}>
      <ul className="flex flex-col gap-5">
        {shown !== null && (
          <li className="flex flex-col gap-3">
            <Line title={shown.title} isLive words={t('broadcasts.onTv')} />
            <Button size="large" isPending={wanted === null} isDisabled={asked !== null} onPress={() => watch(null)}>
              {t('broadcasts.stop')}
            </Button>
          </li>
        )}
        {others.map((offer) => (
          <li key={offer.broadcastId} className="flex flex-col gap-3">
            <Line title={offer.title} isLive={isOnAir(offer.phase)} words={whenOf(offer)} />
            <Button
              variant={shown === null ? 'primary' : 'plain'}
              size="large"
              isPending={wanted === offer.broadcastId}
              isDisabled={asked !== null}
              onPress={() => watch(offer.broadcastId)}
            >
              {t('broadcasts.watch')}
            </Button>
          </li>
        ))}
      </ul>
      {refusal !== null && <p className="mt-3 text-small text-warn">{t('broadcasts.notShown')}</p>}
    </Card>
  );

  function whenOf({ phase, startsAtMs }: OfferedBroadcast): string {
    if (isOnAir(phase)) return t('broadcasts.live');
    if (startsAtMs === null || startsAtMs < Date.now()) return t('broadcasts.soon');
    return t('broadcasts.soonAt', { time: clockTime(startsAtMs, currentLanguage(), timeZone) });
  }
}

function Line({ title, words, isLive }: { title: string; words: string; isLive: boolean }) {
  return (
    <div className="flex items-start gap-3">
      <Icon of={Radio} className={`mt-0.5 size-6 shrink-0 ${isLive ? 'text-live' : 'text-quiet'}`} />
      <div className="min-w-0 flex-1">
        <p className="line-clamp-2 text-base font-semibold wrap-anywhere">
          <bdi>{title}</bdi>
        </p>
        <p role="status" className="text-small text-quiet">
          {words}
        </p>
      </div>
    </div>
  );
}
