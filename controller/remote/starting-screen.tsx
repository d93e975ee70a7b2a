/** After the tap, until people are seen: the progress, and the way back once the room offers it. */
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { Notices } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';

type StartingScreenProps = { view: Extract<RemoteView, { screen: 'starting' }>; asking: Asking };

export function StartingScreen({ view, asking }: StartingScreenProps) {
  const { t } = useTranslation('remote');
  return (
    <main className="mx-auto flex w-full max-w-xl flex-1 flex-col px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]">
      <div className="flex flex-1 flex-col items-center justify-center gap-6 text-center" role="status">
        <Spinner className="size-16 text-accent" />
        <div className="flex flex-col gap-2">
          <h1 className="text-title font-bold">{t('starting.title')}</h1>
          <p className="line-clamp-3 text-control">{view.phase.meetingTitle}</p>
        </div>
        {view.phase.waitsFor ? (
          <ErrorWords code={view.phase.waitsFor} className="max-w-sm" />
        ) : (
          <p className="max-w-sm text-base text-quiet">
            {view.phase.cancelOffered ? t('starting.slow') : t('starting.lead')}
          </p>
        )}
      </div>
      <div className="flex flex-col gap-4">
        <Notices notices={view.notices} />
        {view.phase.cancelOffered && (
          <Button
            size="large"
            className="w-full"
            isPending={asking.pending('cancel-join') !== null}
            onPress={() => asking.ask({ name: 'cancel-join' }, (state) => state.phase.name !== 'starting')}
          >
            {t('starting.cancel')}
          </Button>
        )}
      </div>
    </main>
  );
}
