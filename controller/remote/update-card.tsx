/** Before the room changes its software: when, and "Not now" where it is offered. Gone a minute later. */
import RefreshCw from 'lucide-react/icons/refresh-cw';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { type Asking, useProjection } from './use-room.ts';

export function UpdateCard({ asking }: { asking: Asking }) {
  const { t } = useTranslation('room-update');
  const update = useProjection('update');
  const timeZone = useProjection('agenda')?.timeZone;
  const atMs = update?.restartsAtMs ?? null;
  if (update === null || atMs === null) return null;
  return (
    <div className="mx-auto mb-4 w-full max-w-xl px-5 lg:max-w-6xl lg:px-8">
      <Card>
        <div role="status" className="flex items-start gap-3">
          <Icon of={RefreshCw} className="mt-0.5 size-6 shrink-0 text-accent" />
          <div className="min-w-0 flex-1">
            <p className="text-base font-semibold">
              {t('phone.title', { time: clockTime(atMs, currentLanguage(), timeZone) })}
            </p>
            <p className="text-small text-quiet">{t('phone.dark')}</p>
            {!update.offersNotNow && <p className="text-small text-quiet">{t('phone.waits')}</p>}
          </div>
        </div>
        {update.offersNotNow && (
          <div className="mt-4 flex flex-col gap-2">
            <Button
              size="large"
              isPending={asking.pending('postpone-update') !== null}
              onPress={() =>
                asking.ask(
                  { name: 'postpone-update' },
                  (_, { projections }) => projections.update?.restartsAtMs == null,
                )
              }
            >
              {t('phone.notNow')}
            </Button>
            <p className="text-center text-small text-quiet">{t('phone.notNowHint')}</p>
          </div>
        )}
      </Card>
    </div>
  );
}
