/** What a host may do to one person of the call, as far as the own rights reach. */
import Hand from 'lucide-react/icons/hand';
import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import UserCog from 'lucide-react/icons/user-cog';
import UserX from 'lucide-react/icons/user-x';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingRole, Right } from '#contract/call-order.ts';
import type { Participant } from '#contract/room-state.ts';
import { Button } from '#ui/button.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import type { CallActs } from './call-acts.ts';

type PersonActsProps = {
  person: Participant;
  /** as the list shows it */
  name: string;
  rights: readonly Right[];
  acts: CallActs;
  onClose: () => void;
};

export function PersonActs({ person, name, rights, acts, onClose }: PersonActsProps) {
  const { t } = useTranslation('meeting');
  const { t: common } = useTranslation('common');
  const [asked, setAsked] = useState<'remove' | 'host' | null>(null);
  const { peerId, microphone, handRaisedAtMs, staysMuted } = person;
  const then = (key: string, act: Parameters<CallActs['do']>[1]) => {
    acts.do(key, act);
    onClose();
  };
  const roles = rights.includes('roles') ? rolesFor(person) : [];
  return (
    <Dialog title={name} isOpen onClose={onClose}>
      <div className="flex flex-col gap-2">
        {rights.includes('mute') && (
          <>
            {microphone === 'on' && (
              <Button icon={MicOff} onPress={() => then('mute', (call) => call.muteParticipant(peerId))}>
                {t('act.mute')}
              </Button>
            )}
            {staysMuted && (
              <Button icon={Mic} onPress={() => then('let-speak', (call) => call.letSpeak(peerId))}>
                {t('act.letSpeak')}
              </Button>
            )}
            {handRaisedAtMs !== null && (
              <Button icon={Hand} onPress={() => then('lower-hand', (call) => call.lowerHand(peerId))}>
                {t('act.lowerHand')}
              </Button>
            )}
          </>
        )}
        {roles.map((role) => (
          <Button
            key={role}
            icon={UserCog}
            onPress={() =>
              role === 'host' ? setAsked('host') : then('set-role', (call) => call.setRole(peerId, role))
            }
          >
            {role === 'host' ? t('act.makeHost') : t(`act.make${role}`)}
          </Button>
        ))}
        {rights.includes('remove') && (
          <Button variant="danger-quiet" icon={UserX} onPress={() => setAsked('remove')}>
            {t('act.remove')}
          </Button>
        )}
        <Button variant="quiet" onPress={onClose}>
          {common('close')}
        </Button>
      </div>
      <ConfirmDialog
        title={t(asked === 'host' ? 'act.hostTitle' : 'act.removeTitle', { name })}
        body={asked === 'host' ? t('act.hostBody') : t('act.removeBody', { name })}
        action={t(asked === 'host' ? 'act.makeHost' : 'act.remove')}
        isOpen={asked !== null}
        onConfirm={() =>
          asked === 'host'
            ? then('set-role', (call) => call.setRole(peerId, 'host'))
            : then('remove', (call) => call.removeParticipant(peerId))
        }
        onClose={() => setAsked(null)}
      />
    </Dialog>
  );
}

/** A guest becomes a presenter at most; a room is what it is. */
function rolesFor({ role, isGuest, peerKind }: Participant): MeetingRole[] {
  if (peerKind !== 'person') return [];
  const possible: MeetingRole[] = isGuest ? ['presenter', 'guest'] : ['host', 'co-host', 'presenter', 'member'];
  return possible.filter((each) => each !== role);
}
