/** Between the button and the call: the own picture stays, and the present step is shown. */
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';
import { Button } from '#ui/button.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import type { GuestDevicesState } from './guest-devices.ts';
import { OwnPicture } from './own-picture.tsx';

type JoiningPageProps = {
  title: string | null;
  /** why it takes long; it is tried again by itself */
  waitsFor: ErrorCode | null;
  devices: GuestDevicesState;
  onCancel: () => void;
};

export function JoiningPage({ title, waitsFor, devices, onCancel }: JoiningPageProps) {
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
        {waitsFor !== null && <ErrorWords code={waitsFor} className="max-w-md" />}
      </div>
      <Button variant="plain" size="large" onPress={onCancel}>
        {t('call.leave')}
      </Button>
    </main>
  );
}

/** Over a call that is drawn ahead and whose answer takes long. */
export function JoiningNotice({ waitsFor }: { waitsFor: ErrorCode | null }) {
  const { t } = useTranslation('join');
  return (
    <div role="status" className="pointer-events-none fixed inset-x-4 top-16 z-20 flex justify-center">
      <div className="flex max-w-md items-start gap-3 rounded-control bg-raised/95 px-5 py-3 text-base text-ink shadow-card">
        <Spinner className="size-5 shrink-0" />
        {waitsFor === null ? t('call.joining') : <ErrorWords code={waitsFor} />}
      </div>
    </div>
  );
}
