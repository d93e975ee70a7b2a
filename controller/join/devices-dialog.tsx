/** The dialog in the call: choose microphone, camera and loudspeaker, see their faults and the own level. */
import Camera from 'lucide-react/icons/camera';
import Mic from 'lucide-react/icons/mic';
import Network from 'lucide-react/icons/network';
import Volume2 from 'lucide-react/icons/volume-2';
import { useTranslation } from 'react-i18next';
import type { MediaWay } from '#call/media-way.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { DeviceProblems } from './device-problems.tsx';
import { DeviceSelect } from './device-select.tsx';
import type { GuestDevices, GuestDevicesState } from './guest-devices.ts';
import { MicrophoneLevel } from './microphone-level.tsx';

type DevicesDialogProps = {
  isOpen: boolean;
  onClose: () => void;
  devices: GuestDevices;
  state: GuestDevicesState;
  /** which way picture and sound travel; null: not known */
  way: MediaWay | null;
};

/** Not every browser lets a page choose where it sounds. */
const choosesSpeaker = 'setSinkId' in HTMLMediaElement.prototype;

export function DevicesDialog({ isOpen, onClose, devices, state, way }: DevicesDialogProps) {
  const { t } = useTranslation('join');
  const { t: common } = useTranslation('common');
  const { microphone, camera, speaker } = state;
  return (
    <Dialog title={t('check.devices')} isOpen={isOpen} onClose={onClose}>
      <DeviceProblems devices={devices} state={state} inCall />
      <div className="flex flex-col gap-3">
        {microphone.choices.length > 0 && (
          <DeviceSelect
            label={t('check.microphone')}
            icon={Mic}
            choices={microphone.choices}
            chosen={microphone.deviceId}
            onChoose={(deviceId) => void devices.choose('microphone', deviceId)}
          />
        )}
        {microphone.track && !microphone.muted && (
          <div className="pl-8">
            <MicrophoneLevel track={microphone.track} />
          </div>
        )}
        {camera.choices.length > 0 && (
          <DeviceSelect
            label={t('check.camera')}
            icon={Camera}
            choices={camera.choices}
            chosen={camera.deviceId}
            onChoose={(deviceId) => void devices.choose('camera', deviceId)}
          />
        )}
        {choosesSpeaker && speaker.choices.length > 0 && (
          <DeviceSelect
            label={t('check.speaker')}
            icon={Volume2}
            choices={speaker.choices}
            chosen={speaker.deviceId}
            onChoose={(deviceId) => void devices.choose('speaker', deviceId)}
          />
        )}
      </div>
      {way !== null && (
        <p className="flex items-start gap-2 text-small text-quiet">
          <Icon of={Network} className="mt-0.5 size-4" />
          {t(`way.${way}`)}
        </p>
      )}
      <Button size="large" variant="plain" onPress={onClose}>
        {common('close')}
      </Button>
    </Dialog>
  );
}
