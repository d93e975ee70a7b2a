/** The bar within the thumb's reach: microphone large, camera, leave; ending for all stands apart, is red and asks once. */
import LogOut from 'lucide-react/icons/log-out';
import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import PhoneOff from 'lucide-react/icons/phone-off';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import type { RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';

type ControlBarProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  asking: Asking;
  /** stands above the bar */
  children?: ReactNode;
};

export function ControlBar({ view, asking, children }: ControlBarProps) {
  const { t } = useTranslation('remote');
  const [ending, setEnding] = useState(false);
  const { state, phase } = view;
  const outOfCall = (next: typeof state) => next.phase.name !== 'in-call';
  return (
    <footer className="call-bar sticky bottom-0 z-10 border-t border-line bg-surface/95 px-5 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] backdrop-blur lg:px-0">
      <div className="absolute inset-x-0 bottom-full mx-auto w-full max-w-xl px-5 pb-4 pointer-events-none *:pointer-events-auto">
        {children}
      </div>
      <section
        aria-label={t('call.controls')}
        className="mx-auto grid max-w-xl grid-cols-[2fr_1.25fr_1fr] gap-3 lg:flex lg:max-w-6xl lg:px-8"
      >
        <MicrophoneButton view={view} asking={asking} />
        <CameraButton view={view} asking={asking} />
        <Button
          size="bar"
          icon={LogOut}
          className="lg:ml-auto lg:min-w-32"
          isPending={asking.pending('leave-call') !== null}
          onPress={() => asking.ask({ name: 'leave-call' }, outOfCall)}
        >
          {t('call.leave')}
        </Button>
        <Button
          variant="danger"
          icon={PhoneOff}
          className="col-span-3 lg:ml-6 lg:min-h-16! lg:px-8!"
          isPending={asking.pending('end-call') !== null}
          onPress={() => setEnding(true)}
        >
          {t('call.endForAll')}
        </Button>
      </section>
      <ConfirmDialog
        title={t('call.endTitle')}
        body={t('call.endBody', { count: phase.participantCount })}
        action={t('call.end')}
        isOpen={ending}
        onClose={() => setEnding(false)}
        onConfirm={() => {
          setEnding(false);
          asking.ask({ name: 'end-call' }, outOfCall);
        }}
      />
    </footer>
  );
}

type DeviceProps = { view: Extract<RemoteView, { screen: 'in-call' }>; asking: Asking };

/** The button's look goes ahead of the room; its name follows the room's state. `isSmall`: an icon alone. */
export function MicrophoneButton({ view, asking, isSmall = false }: DeviceProps & { isSmall?: boolean }) {
  const { t } = useTranslation('remote');
  const { microphone } = view.state;
  if (microphone === 'absent')
    return isSmall ? null : (
      <Button size="bar" icon={MicOff} isDisabled className="min-h-20!">
        {t('call.noMicrophone')}
      </Button>
    );
  const muted = microphone === 'muted';
  const asked = asking.pending('set-microphone');
  const looksMuted = asked?.name === 'set-microphone' ? !asked.on : muted;
  return (
    <Button
      size={isSmall ? 'medium' : 'bar'}
      icon={muted ? MicOff : Mic}
      variant={looksMuted ? 'inverted' : 'plain'}
      isPending={asked !== null}
      className={isSmall ? '' : 'min-h-20! text-base! lg:min-w-56'}
      aria-label={muted ? t('call.unmuteName') : t('call.muteName')}
      onPress={() =>
        asking.ask({ name: 'set-microphone', on: muted }, (next) => next.microphone === (muted ? 'on' : 'muted'))
      }
    >
      {isSmall ? undefined : muted ? t('call.unmute') : t('call.mute')}
    </Button>
  );
}

function CameraButton({ view, asking }: DeviceProps) {
  const { t } = useTranslation('remote');
  const { camera } = view.state;
  if (camera === 'absent')
    return (
      <Button size="bar" icon={VideoOff} isDisabled className="min-h-20!">
        {t('call.noCamera')}
      </Button>
    );
  const on = camera === 'on';
  const asked = asking.pending('set-camera');
  const looksOn = asked?.name === 'set-camera' ? asked.on : on;
  return (
    <Button
      size="bar"
      icon={on ? Video : VideoOff}
      variant={looksOn ? 'plain' : 'inverted'}
      isPending={asked !== null}
      className="min-h-20! lg:min-w-36"
      aria-label={on ? t('call.cameraOffName') : t('call.cameraOnName')}
      onPress={() => asking.ask({ name: 'set-camera', on: !on }, (next) => next.camera === (on ? 'off' : 'on'))}
    >
      {on ? t('call.cameraOff') : t('call.cameraOn')}
    </Button>
  );
}
