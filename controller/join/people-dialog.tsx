/** The participants of the call, each with microphone and camera. */
import MicOff from 'lucide-react/icons/mic-off';
import Mic from 'lucide-react/icons/mic';
import MonitorUp from 'lucide-react/icons/monitor-up';
import VideoOff from 'lucide-react/icons/video-off';
import WifiOff from 'lucide-react/icons/wifi-off';
import { useTranslation } from 'react-i18next';
import type { Participant } from '#contract/room-state.ts';
import { Dialog } from '#ui/dialog.tsx';
import { Icon, type LucideIcon } from '#ui/icon.tsx';

type PeopleDialogProps = {
  isOpen: boolean;
  onClose: () => void;
  participants: readonly Participant[];
  selfPeerId: string;
};

export function PeopleDialog({ isOpen, onClose, participants, selfPeerId }: PeopleDialogProps) {
  const { t } = useTranslation('join');
  const { t: common } = useTranslation('common');
  return (
    <Dialog title={t('call.peopleIn')} isOpen={isOpen} onClose={onClose}>
      <ul className="flex flex-col">
        {participants.map((participant) => (
          <li
            key={participant.peerId}
            className="flex min-h-12 items-center gap-3 border-b border-line py-2 last:border-0"
          >
            <span className="min-w-0 flex-1 text-base">
              {participant.peerId === selfPeerId
                ? t('call.you', { name: participant.displayName })
                : participant.displayName}
            </span>
            {participant.connection === 'away' && <Mark icon={WifiOff} words={common('connection.away')} />}
            {participant.sharesScreen && <Mark icon={MonitorUp} words={common('sharesScreen')} />}
            {participant.camera !== 'on' && <Mark icon={VideoOff} words={common(`camera.${participant.camera}`)} />}
            <Mark
              icon={participant.microphone === 'on' ? Mic : MicOff}
              words={common(`microphone.${participant.microphone}`)}
            />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Mark({ icon, words }: { icon: LucideIcon; words: string }) {
  return (
    <span role="img" aria-label={words} title={words} className="text-quiet">
      <Icon of={icon} className="size-5" />
    </span>
  );
}
