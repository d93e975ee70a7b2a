/** What a host does most in a call, always in reach: lock, invite, and the broadcast. Everybody sees that a meeting is locked. */
import Lock from 'lucide-react/icons/lock';
import LockOpen from 'lucide-react/icons/lock-open';
import UserPlus from 'lucide-react/icons/user-plus';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallState } from '#call/call-state.ts';
import type { CallOrder, Right } from '#contract/call-order.ts';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import { InviteDialog } from '#ui/meeting/invite-dialog.tsx';
import type { CallActs } from './call-acts.ts';
import { HostBroadcast } from './host-broadcast.tsx';

type HostButtonsProps = {
  order: CallOrder;
  rights: readonly Right[];
  role: CallState['role'];
  acts: CallActs;
  /** null: not as who is signed in, so nobody can be invited from here */
  meetingId: string | null;
  /** with words, in a sheet; else icons in the header */
  isLarge?: boolean;
};

export function HostButtons({ order, rights, role, acts, meetingId, isLarge = false }: HostButtonsProps) {
  const { t } = useTranslation('meeting');
  const [isInviting, setInviting] = useState(false);
  const { isLocked } = order;
  const lockWords = t(isLocked ? 'order.unlock' : 'order.lock');
  const isHost = meetingId !== null && (role === 'host' || role === 'co-host');
  const mayInvite = meetingId !== null && rights.includes('admit');
  return (
    <>
      {rights.includes('order') ? (
        <Button
          size={isLarge ? 'large' : 'medium'}
          variant={isLocked ? 'inverted' : isLarge ? 'plain' : 'quiet'}
          icon={isLocked ? Lock : LockOpen}
          aria-label={isLarge ? undefined : lockWords}
          isPending={acts.isPending('lock')}
          onPress={() => acts.do('lock', (call) => call.setOrder({ isLocked: !isLocked }))}
        >
          {isLarge ? lockWords : undefined}
        </Button>
      ) : (
        isLocked &&
        !isLarge && (
          <span className="flex items-center gap-1 text-small text-quiet" title={t('order.locked')}>
            <Icon of={Lock} className="size-4" />
            {t('order.lockedShort')}
          </span>
        )
      )}
      {mayInvite && (
        <>
          <Button
            size={isLarge ? 'large' : 'medium'}
            variant={isLarge ? 'plain' : 'quiet'}
            icon={UserPlus}
            aria-label={isLarge ? undefined : t('invite.action')}
            onPress={() => setInviting(true)}
          >
            {isLarge ? t('invite.action') : undefined}
          </Button>
          <InviteDialog meetingId={meetingId} isOpen={isInviting} onClose={() => setInviting(false)} />
        </>
      )}
      {isHost && <HostBroadcast meetingId={meetingId} isLarge={isLarge} />}
    </>
  );
}
