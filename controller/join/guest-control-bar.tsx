/**
 * The controls of a call, within the thumb's reach: below the stage, or beside it on a phone held sideways. Where there is
 * room for six, hand, people and devices are behind `More`.
 */
import Captions from 'lucide-react/icons/captions';
import CaptionsOff from 'lucide-react/icons/captions-off';
import Ellipsis from 'lucide-react/icons/ellipsis';
import Hand from 'lucide-react/icons/hand';
import LogOut from 'lucide-react/icons/log-out';
import MessageSquare from 'lucide-react/icons/message-square';
import MessageSquareDot from 'lucide-react/icons/message-square-dot';
import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import MonitorUp from 'lucide-react/icons/monitor-up';
import MonitorX from 'lucide-react/icons/monitor-x';
import Settings2 from 'lucide-react/icons/settings-2';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import Users from 'lucide-react/icons/users';
import Video from 'lucide-react/icons/video';
import VideoOff from 'lucide-react/icons/video-off';
import { memo, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallState } from '#call/call-state.ts';
import type { MicrophoneState } from '#contract/room-state.ts';
import { hasPicture } from '#stage/people.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import type { CallActs } from './call-acts.ts';
import { type CallNotes, NotesButton } from './call-notes.tsx';
import { problemWith } from './device-problems.tsx';
import { PollButton } from './poll-over-stage.tsx';
import { DevicesDialog } from './devices-dialog.tsx';
import type { GuestDevicesState } from './guest-devices.ts';
import type { Guest } from './guest.ts';
import { HostButtons } from './host-buttons.tsx';
import { PeopleDialog } from './people-dialog.tsx';
import type { Chat } from './use-chat.ts';
import type { Poll } from './use-poll.ts';
import type { ScreenShare } from './use-screen-share.ts';

type SwitchesProps = {
  guest: Guest;
  microphone: MicrophoneState;
  devices: GuestDevicesState;
  share: ScreenShare;
  /** opens what can be shared; null: the screen alone can be */
  onShare: (() => void) | null;
  /** a host keeps this microphone muted: a press shows that instead */
  staysMuted: boolean;
  onStaysMuted: () => void;
};
type BarProps = Omit<SwitchesProps, 'staysMuted'> & {
  call: CallState;
  acts: CallActs;
  chat: Chat;
  poll: Poll;
  /** null: there are none */
  captions: { areShown: boolean; setShown: (areShown: boolean) => void } | null;
  /** null: a guest, or not in the call yet */
  notes: CallNotes | null;
  /** of a member; null: a guest */
  meetingId: string | null;
  selfPeerId: string;
};

/** Six of them stand beside each other on a phone that can share its screen. */
const slot = 'min-w-0! flex-1 px-0! sm:max-w-28 sm:px-2! join-low:min-h-0!';
const wideOnly = `${slot} join-narrow:hidden`;

/** In parts that are drawn apart: a change of the roster draws no switch again. */
export function GuestControlBar(props: BarProps) {
  const { call, acts, chat, poll, captions, notes, meetingId, selfPeerId, ...switches } = props;
  const { t } = useTranslation('join');
  const { t: words } = useTranslation('meeting');
  const [open, setOpen] = useState<'devices' | 'people' | 'more' | null>(null);
  const openDevices = useCallback(() => setOpen('devices'), []);
  const close = useCallback(() => setOpen(null), []);
  const self = call.participants.find(({ peerId }) => peerId === selfPeerId);
  const isHandUp = (self?.handRaisedAtMs ?? null) !== null;
  const hand = {
    icon: Hand,
    variant: isHandUp ? 'primary' : 'plain',
    isPending: acts.isPending('hand'),
    onPress: () => acts.do('hand', (to) => to.raiseHand(!isHandUp)),
  } as const;
  const handWords = words(isHandUp ? 'hand.lower' : 'hand.raise');
  const { devices, guest } = switches;
  const isSilent = switches.microphone === 'absent' || devices.microphone.interrupted;
  const devicesIcon = isSilent || problemWith(devices.camera) !== null ? TriangleAlert : Settings2;
  const polls = { poll, mayKeep: call.permissions?.rights.includes('order') ?? false, call: guest.call, meetingId };
  const captionWords = captions && t(captions.areShown ? 'hideCaptions' : 'showCaptions', { ns: 'transcript' });
  const captionIcon = captions?.areShown ? Captions : CaptionsOff;
  const peopleWords = `${t('call.people')}, ${t('people', { ns: 'common', count: call.participants.filter(hasPicture).length })}`;
  return (
    <footer
      role="toolbar"
      aria-label={t('call.controls')}
      className="flex items-stretch justify-center gap-1.5 px-3 pt-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] join-low:flex-col join-low:justify-between join-low:gap-1 join-low:py-2 join-low:pr-[max(0.75rem,env(safe-area-inset-right))] sm:gap-3"
    >
      <Switches {...switches} staysMuted={self?.staysMuted ?? false} onDevices={openDevices} />
      <Button size="bar" className={wideOnly} aria-label={handWords} {...hand}>
        {words('hand.short')}
      </Button>
      <ChatButton unreadCount={chat.unreadCount} isOpen={chat.isOpen} setOpen={chat.setOpen} />
      <PollButton {...polls} size="bar" className={wideOnly} isShort />
      {captions !== null && (
        <Button
          size="bar"
          className={wideOnly}
          icon={captionIcon}
          variant={captions.areShown ? 'primary' : 'plain'}
          aria-label={captionWords!}
          onPress={() => captions.setShown(!captions.areShown)}
        >
          {t('captions', { ns: 'transcript' })}
        </Button>
      )}
      <Button size="bar" className={wideOnly} icon={Users} aria-label={peopleWords} onPress={() => setOpen('people')}>
        {t('call.people')}
      </Button>
      <Button size="bar" className={wideOnly} icon={devicesIcon} onPress={openDevices}>
        {t('call.devicesShort')}
      </Button>
      <Button
        size="bar"
        className={`${slot} join-wide:hidden`}
        variant={isHandUp ? 'primary' : 'plain'}
        icon={isHandUp ? Hand : Ellipsis}
        onPress={() => setOpen('more')}
      >
        {t('call.more')}
      </Button>
      <LeaveButton guest={guest} />
      <Dialog title={t('call.more')} isOpen={open === 'more'} onClose={close}>
        <div className="flex flex-col gap-3">
          <Button
            size="large"
            {...hand}
            onPress={() => {
              hand.onPress();
              close();
            }}
          >
            {handWords}
          </Button>
          <PollButton {...polls} size="large" onDone={close} />
          {captions !== null && (
            <Button
              size="large"
              icon={captionIcon}
              onPress={() => {
                captions.setShown(!captions.areShown);
                close();
              }}
            >
              {captionWords}
            </Button>
          )}
          <Button size="large" icon={Users} onPress={() => setOpen('people')}>
            {peopleWords}
          </Button>
          <Button size="large" icon={devicesIcon} onPress={openDevices}>
            {t('call.devicesShort')}
          </Button>
          {/* the header, where they stand otherwise, has no room beside a stage held sideways */}
          <div className="hidden flex-col gap-3 join-low:flex">
            {notes !== null && <NotesButton notes={notes} isLarge onPressed={close} />}
            <HostButtons
              order={call.order}
              rights={call.permissions?.rights ?? []}
              role={call.role}
              acts={acts}
              meetingId={meetingId}
              isLarge
            />
          </div>
        </div>
      </Dialog>
      <DevicesDialog
        isOpen={open === 'devices'}
        onClose={close}
        devices={guest.devices}
        state={devices}
        way={call.way}
      />
      <PeopleDialog isOpen={open === 'people'} onClose={close} call={call} acts={acts} selfPeerId={selfPeerId} />
    </footer>
  );
}

const Switches = memo(function Switches(props: SwitchesProps & { onDevices: () => void }) {
  const { guest, microphone, devices, share, onShare, staysMuted, onStaysMuted, onDevices } = props;
  const { t } = useTranslation('join');
  const { camera } = devices;
  const [silent, dark] = [microphone === 'absent' || devices.microphone.interrupted, problemWith(camera) !== null];
  const muted = microphone !== 'on';
  const pressMicrophone = (): void => {
    if (silent) onDevices();
    else if (muted && staysMuted) onStaysMuted();
    else guest.devices.setMuted(!muted);
  };
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
        onPress={pressMicrophone}
      >
        {muted ? t('call.unmuteShort') : t('call.muteShort')}
      </Button>
      <Button
        size="bar"
        className={slot}
        variant={camera.on && camera.track ? 'plain' : 'inverted'}
        icon={camera.on && camera.track ? Video : VideoOff}
        aria-label={dark ? t('call.noCamera') : camera.on ? t('call.cameraOff') : t('call.cameraOn')}
        onPress={dark ? onDevices : () => void guest.devices.setCameraOn(!camera.on)}
      >
        {t('call.cameraShort')}
      </Button>
      <ShareButton share={share} onShare={onShare} />
    </>
  );
});

function ShareButton({ share, onShare }: Pick<SwitchesProps, 'share' | 'onShare'>) {
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

const ChatButton = memo(function ChatButton({ unreadCount, isOpen, setOpen }: Chat) {
  const { t } = useTranslation('meeting');
  return (
    <Button
      size="bar"
      className={slot}
      variant={unreadCount > 0 ? 'primary' : 'plain'}
      icon={unreadCount > 0 ? MessageSquareDot : MessageSquare}
      aria-label={unreadCount > 0 ? t('chat.unread', { count: unreadCount }) : t('chat.title')}
      aria-expanded={isOpen}
      onPress={() => setOpen(!isOpen)}
    >
      {t('chat.short')}
    </Button>
  );
});

const LeaveButton = memo(function LeaveButton({ guest }: { guest: Guest }) {
  const { t } = useTranslation('join');
  return (
    <Button size="bar" className={slot} variant="danger" icon={LogOut} onPress={() => guest.call.leave()}>
      {t('call.leave')}
    </Button>
  );
});
