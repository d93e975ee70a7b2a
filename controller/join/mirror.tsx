/** A preview for the guest: the own picture as in a mirror, the level, and both switches. */
import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';
import type { GuestDevices, GuestDevicesState } from './guest-devices.ts';
import { MicrophoneLevel } from './microphone-level.tsx';
import { OwnPicture } from './own-picture.tsx';

export function Mirror({ devices, state }: { devices: GuestDevices; state: GuestDevicesState }) {
  const { t } = useTranslation('join');
  const { microphone, camera } = state;
  return (
    <div className="flex flex-col gap-3">
      <div className="relative aspect-video overflow-hidden rounded-card bg-sunken shadow-card">
        {camera.track ? (
          <OwnPicture track={camera.track} label={t('check.ownPicture')} />
        ) : (
          <div className="flex size-full flex-col items-center justify-center gap-3 px-6 pb-16 text-center text-quiet">
            {camera.asking ? <Spinner className="size-8" /> : <Icon of={VideoOff} className="size-10" />}
            <p className="text-small">
              {camera.asking ? t('check.askingDevices') : t(camera.on ? 'call.noCamera' : 'check.cameraOff')}
            </p>
          </div>
        )}
        <div className="absolute inset-x-0 bottom-3 flex justify-center gap-3">
          <Button
            variant={microphone.muted ? 'inverted' : 'plain'}
            icon={microphone.muted || !microphone.track ? MicOff : Mic}
            isDisabled={!microphone.track}
            aria-label={microphone.muted ? t('call.unmute') : t('call.mute')}
            className="shadow-card"
            onPress={() => devices.setMuted(!microphone.muted)}
          />
          <Button
            variant={camera.on ? 'plain' : 'inverted'}
            icon={camera.on && camera.track ? Video : VideoOff}
            isDisabled={camera.problem !== null}
            aria-label={camera.on ? t('call.cameraOff') : t('call.cameraOn')}
            className="shadow-card"
            onPress={() => void devices.setCameraOn(!camera.on)}
          />
        </div>
      </div>
      {microphone.track && (
        <div className="flex flex-col gap-1.5 px-1">
          <MicrophoneLevel track={microphone.track} />
          <p className="text-small text-quiet">{microphone.muted ? t('check.levelMuted') : t('check.levelHint')}</p>
        </div>
      )}
    </div>
  );
}
