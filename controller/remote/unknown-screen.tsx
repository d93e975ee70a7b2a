/** The room is in a phase that this page does not know: shows the known rest, and the acts that are always safe. */
import CircleQuestionMark from 'lucide-react/icons/circle-question-mark';
import LogOut from 'lucide-react/icons/log-out';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Icon } from '#ui/icon.tsx';
import { Notices } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';
import { Volume } from './volume.tsx';

type UnknownScreenProps = { view: Extract<RemoteView, { screen: 'unknown' }>; asking: Asking };

export function UnknownScreen({ view, asking }: UnknownScreenProps) {
  const { t } = useTranslation('remote');
  return (
    <main className="mx-auto flex w-full max-w-xl flex-1 flex-col gap-4 px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]">
      <div className="flex flex-1 flex-col justify-center gap-3">
        <Icon of={CircleQuestionMark} className="mb-2 size-14 text-quiet" />
        <h1 className="text-title font-bold text-balance">{t('unknown.title')}</h1>
        <p className="text-control text-quiet">{t('unknown.meaning')}</p>
      </div>
      <Notices notices={view.notices} />
      <Card className="py-3!">
        <Volume percent={view.state.volumePercent} ask={asking.ask} />
      </Card>
      <Button
        size="large"
        icon={LogOut}
        isPending={asking.pending('leave-call') !== null}
        onPress={() => asking.ask({ name: 'leave-call' }, (state) => state.phase.name !== 'unknown')}
      >
        {t('unknown.leave')}
      </Button>
      <Button variant="primary" size="large" onPress={() => location.reload()}>
        {t('refused.reload')}
      </Button>
    </main>
  );
}
