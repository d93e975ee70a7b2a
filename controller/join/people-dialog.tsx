/** The participants of the call. Raised hands are first, guests are marked. Hosts get the acts that they may do. */
import Ellipsis from 'lucide-react/icons/ellipsis';
import Hand from 'lucide-react/icons/hand';
import MicOff from 'lucide-react/icons/mic-off';
import Mic from 'lucide-react/icons/mic';
import MonitorUp from 'lucide-react/icons/monitor-up';
import VideoOff from 'lucide-react/icons/video-off';
import WifiOff from 'lucide-react/icons/wifi-off';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallState } from '#call/call-state.ts';
import type { Participant } from '#contract/room-state.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { Icon, type LucideIcon } from '#ui/icon.tsx';
import { numberedNames } from '#ui/meeting/numbered-names.ts';
import type { CallActs } from './call-acts.ts';
import { OrderSwitches } from './order-switches.tsx';
import { PersonActs } from './person-acts.tsx';

type PeopleDialogProps = {
  isOpen: boolean;
  onClose: () => void;
  call: Pick<CallState, 'participants' | 'permissions' | 'order' | 'role' | 'transcript'>;
  acts: CallActs;
  selfPeerId: string;
};

export function PeopleDialog({ isOpen, onClose, call, acts, selfPeerId }: PeopleDialogProps) {
  const { t } = useTranslation('join');
  const { t: words } = useTranslation('meeting');
  const { t: common } = useTranslation('common');
  const [chosen, setChosen] = useState<string | null>(null);
  const rights = call.permissions?.rights ?? [];
  const listed = useMemo(() => handsFirst(call.participants), [call.participants]);
  const names = numberedNames(listed, ({ displayName }) => displayName);
  const person = listed.find(({ peerId }) => peerId === chosen) ?? null;
  const mayAct = rights.length > 0;
  return (
    <Dialog title={t('call.peopleIn')} isOpen={isOpen} onClose={onClose}>
      <OrderSwitches order={call.order} transcript={call.transcript} rights={rights} acts={acts} />
      <ul className="flex flex-col">
        {listed.map((participant, index) => {
          const isSelf = participant.peerId === selfPeerId;
          const name = names[index]!;
          return (
            <li
              key={participant.peerId}
              className="flex min-h-12 items-center gap-3 border-b border-line py-2 last:border-0"
            >
              <span className="min-w-0 flex-1">
                <bdi className="line-clamp-2 text-base">{isSelf ? t('call.you', { name }) : name}</bdi>
                <span className="line-clamp-1 text-small text-quiet">{aboutOf(participant, words)}</span>
              </span>
              {participant.handRaisedAtMs !== null && <Mark icon={Hand} words={words('hand.up')} isLoud />}
              {participant.connection === 'away' && <Mark icon={WifiOff} words={common('connection.away')} />}
              {participant.sharesScreen && <Mark icon={MonitorUp} words={common('sharesScreen')} />}
              {participant.camera !== 'on' && <Mark icon={VideoOff} words={common(`camera.${participant.camera}`)} />}
              <Mark
                icon={participant.microphone === 'on' ? Mic : MicOff}
                words={
                  participant.staysMuted ? words('mark.staysMuted') : common(`microphone.${participant.microphone}`)
                }
              />
              {mayAct && (isSelf || participant.peerKind === 'program') && <span className="w-12 shrink-0" />}
              {mayAct && !isSelf && participant.peerKind !== 'program' && (
                <Button
                  variant="quiet"
                  icon={Ellipsis}
                  aria-label={words('act.more', { name })}
                  onPress={() => setChosen(participant.peerId)}
                />
              )}
            </li>
          );
        })}
      </ul>
      <Button size="large" onPress={onClose}>
        {common('close')}
      </Button>
      {person !== null && (
        <PersonActs
          person={person}
          name={names[listed.indexOf(person)]!}
          rights={rights}
          acts={acts}
          onClose={() => setChosen(null)}
        />
      )}
    </Dialog>
  );
}

/** Who raised a hand first comes first; the others stay as the node lists them. */
function handsFirst(participants: readonly Participant[]): Participant[] {
  const at = ({ handRaisedAtMs }: Participant) => handRaisedAtMs ?? Number.POSITIVE_INFINITY;
  return participants.toSorted((one, other) => (at(one) === at(other) ? 0 : at(one) - at(other)));
}

type Words = ReturnType<typeof useTranslation<'meeting'>>['t'];

/** Guests and those who lead are named as such; a member is what one is anyway. */
function aboutOf({ role, isGuest, organisation, peerKind }: Participant, t: Words): string {
  const parts = [
    ...(isGuest ? [t('mark.guest')] : []),
    ...(peerKind === 'person' && role !== 'guest' && (role !== 'member' || !isGuest) ? [t(`role.${role}`)] : []),
    ...(organisation === null ? [] : [organisation]),
  ];
  return parts.join(' · ');
}

function Mark({ icon, words, isLoud = false }: { icon: LucideIcon; words: string; isLoud?: boolean }) {
  return (
    <span role="img" aria-label={words} title={words} className={isLoud ? 'text-warn' : 'text-quiet'}>
      <Icon of={icon} className="size-5" />
    </span>
  );
}
