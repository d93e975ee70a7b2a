/** Between the button and the call: one's own picture stays, and what is being done is said. */
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Spinner } from '#ui/progress.tsx';
import type { DevicesState } from './devices.ts';
import { OwnPicture } from './own-picture.tsx';

type JoiningPageProps = { title: string | null; devices: DevicesState; onCancel: () => void };

export function JoiningPage({ title, devices, onCancel }: JoiningPageProps) {
  const { t } = useTranslation('join');
  const { track } = devices.camera;
  return (
    <main className="flex h-dvh flex-col items-center justify-center gap-8 px-6 text-center">
      {track && (
        <div className="aspect-video w-full max-w-72 overflow-hidden rounded-card bg-sunken shadow-card">
          <OwnPicture track={track} label={t('check.ownPicture')} />
        </div>
      )}
      <div className="flex flex-col gap-3">
        {title !== null && <h1 className="line-clamp-3 text-heading font-bold">{title}</h1>}
        <p role="status" className="flex items-center justify-center gap-3 text-base text-quiet">
          <Spinner className="size-5" />
          {t('call.joining')}
        </p>
      </div>
      <Button variant="plain" size="large" onPress={onCancel}>
        {t('call.leave')}
      </Button>
    </main>
  );
}

/** Over a call that is drawn ahead and whose answer takes long. */
export function JoiningNotice() {
  const { t } = useTranslation('join');
  return (
    <p role="status" className="pointer-events-none fixed inset-x-4 top-16 z-20 flex justify-center">
      <span className="flex items-center gap-3 rounded-control bg-raised/95 px-5 py-3 text-base text-ink shadow-card">
        <Spinner className="size-5" />
        {t('call.joining')}
      </span>
    </p>
  );
}
