/** On the idle TV: the broadcast that a phone can put on it, or why the last one is not shown. */
import { useTranslation } from 'react-i18next';
import { isOnAir } from '#contract/broadcast.ts';
import type { RoomBroadcasts } from '#contract/room-broadcasts.ts';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

export function OfferedBroadcastCard({
  broadcasts,
  timeZone,
}: {
  broadcasts: RoomBroadcasts;
  timeZone?: string | undefined;
}) {
  const { t } = useTranslation('screen');
  const [offer] = broadcasts.offered;
  if (offer === undefined) return null;
  const isLive = isOnAir(offer.phase);
  const heading = isLive
    ? t('broadcast.liveNow')
    : offer.startsAtMs === null || offer.startsAtMs < Date.now()
      ? t('broadcast.soon')
      : t('broadcast.soonAt', { time: clockTime(offer.startsAtMs, currentLanguage(), timeZone) });
  return (
    <section className="rounded-card bg-raised px-8 py-6" aria-label={t('broadcast.offered')}>
      <p className={`flex items-center gap-4 text-tv-small font-semibold ${isLive ? 'text-live' : 'text-accent'}`}>
        <span className="size-4 shrink-0 rounded-full bg-current" aria-hidden="true" />
        {heading}
      </p>
      <p className="mt-1 line-clamp-2 text-tv-lead font-semibold">{offer.title}</p>
      <p className="mt-1 text-tv-small text-quiet">
        {broadcasts.refusal === null ? t('broadcast.tap') : t('broadcast.notShown')}
      </p>
    </section>
  );
}
