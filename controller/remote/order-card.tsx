/** What the room sets for everybody else in the meeting, as a host does: lock, stay muted, who shares; and inviting. */
import Lock from 'lucide-react/icons/lock';
import LockOpen from 'lucide-react/icons/lock-open';
import UserPlus from 'lucide-react/icons/user-plus';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type OrderChange, RIGHTS } from '#contract/call-order.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { OnOff } from '#ui/on-off.tsx';
import type { RoomLink } from '../link/room-link.ts';
import { InviteSheet } from './invite-sheet.tsx';
import { ownRole, type RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';

type OrderCardProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  link: RoomLink;
  asking: Asking;
  /** not from the kiosk's own page */
  canInvite: boolean;
};

export function OrderCard({ view, link, asking, canInvite }: OrderCardProps) {
  const { t } = useTranslation('meeting');
  const [isInviting, setInviting] = useState(false);
  const { order } = view.phase;
  const rights = RIGHTS[ownRole(view.phase)];
  const set = <K extends keyof OrderChange>(key: K, value: NonNullable<OrderChange[K]>) =>
    asking.ask(
      { name: 'set-order', change: { [key]: value } },
      ({ phase }) => phase.name === 'in-call' && phase.order[key] === value,
    );
  const isPending = (key: keyof OrderChange) => asking.pending('set-order', key) !== null;
  const mayOrder = rights.includes('order');
  const mayInvite = canInvite && rights.includes('admit');
  if (!mayOrder && !mayInvite) return null;
  const { isLocked } = order;
  return (
    <Card className="pb-3!" title={t('order.title')}>
      <div className="flex flex-wrap gap-3 pb-2">
        {mayOrder && (
          <Button
            variant={isLocked ? 'inverted' : 'plain'}
            icon={isLocked ? Lock : LockOpen}
            className="flex-1 whitespace-nowrap"
            isPending={isPending('isLocked')}
            onPress={() => set('isLocked', !isLocked)}
          >
            {t(isLocked ? 'order.unlock' : 'order.lock')}
          </Button>
        )}
        {mayInvite && (
          <Button icon={UserPlus} className="flex-1" onPress={() => setInviting(true)}>
            {t('invite.action')}
          </Button>
        )}
      </div>
      <p role="status" className="text-small font-medium text-warn empty:hidden">
        {isLocked && t('order.locked')}
      </p>
      {mayOrder && (
        <div className="flex flex-col">
          <OnOff
            note={t('order.staysMutedNote')}
            isOn={order.staysMuted}
            isDisabled={isPending('staysMuted')}
            onChange={(isOn) => set('staysMuted', isOn)}
          >
            {t('order.staysMuted')}
          </OnOff>
          <OnOff
            note={t('order.sharingNote')}
            isOn={order.sharedBy === 'everyone'}
            isDisabled={isPending('sharedBy')}
            onChange={(isOn) => set('sharedBy', isOn ? 'everyone' : 'presenters')}
          >
            {t('order.sharing')}
          </OnOff>
        </div>
      )}
      <InviteSheet link={link} isOpen={isInviting} onClose={() => setInviting(false)} />
    </Card>
  );
}
