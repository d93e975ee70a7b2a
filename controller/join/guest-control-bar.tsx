/** The controls of a call, within the thumb's reach: below the stage, or beside it on a phone held sideways. */
import LogOut from 'lucide-react/icons/log-out';
import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import MonitorUp from 'lucide-react/icons/monitor-up';
import MonitorX from 'lucide-react/icons/monitor-x';
import Settings2 from 'lucide-react/icons/settings-2';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import Users from 'lucide-react/icons/users';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MediaWay } from '#call/media-way.ts';
import type { MicrophoneState, Participant } from '#contract/room-state.ts';
import { Button } from '#ui/button.tsx';
import { problemWith } from './device-problems.tsx';
import { DevicesDialog } from './devices-dialog.tsx';
import type { GuestDevicesState } from './guest-devices.ts';
import type { Guest } from './guest.ts';
import { PeopleDialog } from './people-dialog.tsx';
import type { ScreenShare } from './use-screen-share.ts';

type ControlsProps = {
  guest: Guest;
  microphone: MicrophoneState;
  devices: GuestDevicesState;
  /** which way picture and sound travel; null: not known */
  way: MediaWay | null;
  share: ScreenShare;
  /** opens what can be shared; null: the screen alone can be */
  onShare: (() => void) | null;
};
type PeopleProps = { participants: readonly Participant[]; selfPeerId: string };

/** Six of them stand beside each other on a phone that can share its screen. */
const slot = 'min-w-0! flex-1 px-0! max-sm:text-xs! sm:max-w-28 sm:px-2! join-low:min-h-0!';

/** In parts that are drawn apart: a change of the roster draws no switch again. */
export function GuestControlBar({ participants, selfPeerId, ...controls }: ControlsProps & PeopleProps) {
  const { t } = useTranslation('join');
  return (
    <footer
      role="toolbar"
      aria-label={t('call.controls')}
      className="flex items-stretch justify-center gap-1.5 px-3 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] join-low:flex-col join-low:justify-between join-low:gap-1 join-low:py-2 join-low:pr-[max(0.75rem,env(safe-area-inset-right))] sm:gap-3"
    >
      <Controls {...controls} />
      <PeopleButton participants={participants} selfPeerId={selfPeerId} />
      <LeaveButton guest={controls.guest} />
    </footer>
  );
}

const Controls = memo(function Controls({ guest, microphone, devices, way, share, onShare }: ControlsProps) {
  const { t } = useTranslation('join');
  const [devicesOpen, setDevicesOpen] = useState(false);
  const { camera } = devices;
  const [silent, dark] = [microphone === 'absent' || devices.microphone.interrupted, problemWith(camera) !== null];
  const muted = microphone !== 'on';
  return (
    <>
      {share.sharing && (
        <span className="sr-only" role="status">
          {t('call.sharingNow')}
        </span>
      )}
      <Button
        size="bar"
        className={slot}
        variant={muted ? 'inverted' : 'plain'}
        icon={muted ? MicOff : Mic}
        aria-label={silent ? t('call.noMicrophone') : muted ? t('call.unmute') : t('call.mute')}
        onPress={silent ? () => setDevicesOpen(true) : () => guest.devices.setMuted(!muted)}
      >
        {muted ? t('call.unmuteShort') : t('call.muteShort')}
      </Button>
      <Button
        size="bar"
        className={slot}
        variant={camera.on && camera.track ? 'plain' : 'inverted'}
        icon={camera.on && camera.track ? Video : VideoOff}
        aria-label={dark ? t('call.noCamera') : camera.on ? t('call.cameraOff') : t('call.cameraOn')}
        onPress={dark ? () => setDevicesOpen(true) : () => void guest.devices.setCameraOn(!camera.on)}
      >
        {t('call.cameraShort')}
      </Button>
      <ShareButton share={share} onShare={onShare} />
      <Button
        size="bar"
        className={slot}
        icon={silent || dark ? TriangleAlert : Settings2}
        onPress={() => setDevicesOpen(true)}
      >
        {t('call.devicesShort')}
      </Button>
      <DevicesDialog
        way={way}
        isOpen={devicesOpen}
        onClose={() => setDevicesOpen(false)}
        devices={guest.devices}
        state={devices}
      />
    </>
  );
});

function ShareButton({ share, onShare }: Pick<ControlsProps, 'share' | 'onShare'>) {
  const { t } = useTranslation('join');
  if (share.sharing)
    return (
      <Button size="bar" className={slot} variant="primary" icon={MonitorX} onPress={share.stop}>
        {t('call.stopSharing')}
      </Button>
    );
  if (onShare === null && !share.possible) return null;
  return (
    <Button
      size="bar"
      className={slot}
      icon={MonitorUp}
      aria-label={onShare === null ? t('call.share') : undefined}
      onPress={onShare ?? share.start}
    >
      {t('call.shareShort')}
    </Button>
  );
}

const LeaveButton = memo(function LeaveButton({ guest }: { guest: Guest }) {
  const { t } = useTranslation('join');
  return (
    <Button size="bar" className={slot} variant="danger" icon={LogOut} onPress={() => guest.call.leave()}>
      {t('call.leave')}
    </Button>
  );
});

const PeopleButton = memo(function PeopleButton({ participants, selfPeerId }: PeopleProps) {
  const { t } = useTranslation('join');
  const [listOpen, setListOpen] = useState(false);
  return (
    <>
      <Button
        size="bar"
        className={slot}
        icon={Users}
        aria-label={`${t('call.people')}, ${t('people', { ns: 'common', count: participants.length })}`}
        onPress={() => setListOpen(true)}
      >
        {t('call.people')}
      </Button>
      <PeopleDialog
        isOpen={listOpen}
        onClose={() => setListOpen(false)}
        participants={participants}
        selfPeerId={selfPeerId}
      />
    </>
  );
});
