/** The participants of the call, with their state; mute one, mute all, remove one (asked once). */
import Hand from 'lucide-react/icons/hand';
import Mic from 'lucide-react/icons/mic';
import MicOff from 'lucide-react/icons/mic-off';
import Presentation from 'lucide-react/icons/presentation';
import UserX from 'lucide-react/icons/user-x';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Participant } from '#contract/room-state.ts';
import { initials } from '#stage/names.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ConfirmDialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { numberedNames } from '#ui/meeting/numbered-names.ts';
import { Spinner } from '#ui/progress.tsx';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import { peopleOf, unlistedPeople } from './projection.ts';
import type { RemoteView } from './projection.ts';
import type { Asking } from './use-room.ts';

type PeopleCardProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  link: RoomLink;
  roster: LinkSnapshot['roster'];
  asking: Asking;
};

export function PeopleCard({ view, link, roster, asking }: PeopleCardProps) {
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  const [showsAll, setShowsAll] = useState(false);
  const [removing, setRemoving] = useState<Participant | null>(null);
  const { phase } = view;
  useEffect(() => (showsAll ? link.watchRoster() : undefined), [showsAll, link]);
  const people = peopleOf(phase, showsAll ? roster : null);
  const names = numberedNames(people, ({ displayName }) => displayName);
  const hidden = unlistedPeople(phase, people);
  const count = phase.participantCount;
  const others = people.filter(({ peerId, peerKind }) => peerId !== phase.peerId && peerKind !== 'program');
  const canMuteAll = hidden > 0 || others.some((participant) => participant.microphone === 'on');
  return (
    <Card
      title={`${t('people.title')} · ${count}`}
      className="pb-2!"
      aside={
        others.length > 0 && (
          <Button
            variant="quiet"
            icon={MicOff}
            className="-my-2 -mr-3"
            isDisabled={!canMuteAll}
            isPending={asking.pending('mute-all') !== null}
            onPress={() => asking.ask({ name: 'mute-all' })}
          >
            {t('people.muteAll')}
          </Button>
        )
      }
    >
      <ul className="flex flex-col">
        {people.map((participant, index) => (
          <Person
            key={participant.peerId}
            participant={participant}
            name={names[index]!}
            isRoom={participant.peerId === phase.peerId}
            asking={asking}
            onRemove={setRemoving}
          />
        ))}
      </ul>
      {hidden > 0 && !showsAll && (
        <Button variant="quiet" className="mb-2 w-full text-accent!" onPress={() => setShowsAll(true)}>
          {t('people.showAll', { count: phase.participantCount })}
        </Button>
      )}
      {hidden > 0 && showsAll && (
        <p role="status" className="flex items-center gap-2 py-3 text-small text-quiet">
          <Spinner className="size-4" /> {t('people.loading')}
        </p>
      )}
      {count <= 1 && (
        <div className="border-t border-line py-4">
          <p className="text-base font-medium">{t('people.alone')}</p>
          <p className="text-small text-quiet">{t('people.aloneHint')}</p>
        </div>
      )}
      <ConfirmDialog
        title={t('people.removeTitle', { name: removing?.displayName ?? '' })}
        body={t('people.removeBody')}
        action={t('people.removeAction')}
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={() => {
          if (removing)
            asking.ask(
              { name: 'remove-participant', peerId: removing.peerId },
              (state) => !isIn(state.phase, removing.peerId),
            );
          setRemoving(null);
        }}
      />
      <span className="sr-only" role="status">
        {common('people', { count })}
      </span>
    </Card>
  );
}

const isIn = (phase: { name: string; participants?: readonly Participant[] }, peerId: string): boolean =>
  phase.participants?.some((participant) => participant.peerId === peerId) ?? false;

type PersonProps = {
  participant: Participant;
  /** told from others of the same name */
  name: string;
  isRoom: boolean;
  asking: Asking;
  onRemove: (participant: Participant) => void;
};

function Person({ participant, name, isRoom, asking, onRemove }: PersonProps) {
  const { t: words } = useTranslation('meeting');
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  const { displayName, microphone, connection, sharesScreen, peerKind, peerId, handRaisedAtMs, staysMuted } =
    participant;
  const { isGuest, organisation, role } = participant;
  const leads = role !== 'guest' && role !== 'member';
  const says = [
    isRoom ? common('thisRoom') : peerKind === 'room' ? t('people.room') : null,
    isGuest ? words('mark.guest') : null,
    peerKind === 'person' && leads ? words(`role.${role}`) : null,
    organisation,
    handRaisedAtMs === null ? null : words('hand.up'),
    staysMuted ? words('mark.staysMuted') : null,
    connection === 'away' ? common('connection.away') : null,
    sharesScreen ? common('sharesScreen') : null,
    common(`microphone.${microphone}`),
    participant.camera === 'on' ? null : common(`camera.${participant.camera}`),
  ].filter((word) => word !== null);
  const removing = asking.pending('remove-participant', peerId) !== null;
  const micName =
    microphone === 'on'
      ? t('people.mute', { name })
      : microphone === 'muted'
        ? t('people.isMuted', { name })
        : t('people.noMicrophone', { name });
  return (
    <li
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-2.5 first:border-t-0 ${removing ? 'opacity-45' : ''}`}
    >
      <span
        aria-hidden="true"
        className={`flex size-11 shrink-0 items-center justify-center rounded-full text-small font-semibold ${isRoom ? 'bg-accent-soft text-accent' : 'bg-lifted text-quiet'} ${connection === 'away' ? 'animate-breathe' : ''}`}
      >
        {initials(displayName)}
      </span>
      <div className="min-w-36 flex-1">
        <p className="flex items-center gap-2 text-base font-medium">
          <bdi className="line-clamp-2 min-w-0">{name}</bdi>
          {handRaisedAtMs !== null && <Icon of={Hand} className="size-5 shrink-0 text-warn" />}
        </p>
        <p className="flex items-center gap-1.5 text-small text-quiet">
          {sharesScreen && <Icon of={Presentation} className="size-4 text-accent" />}
          <span className="line-clamp-2">{says.join(' · ')}</span>
        </p>
      </div>
      {!isRoom && peerKind !== 'program' && (
        <div className="-mr-2 ml-auto flex flex-wrap justify-end">
          {handRaisedAtMs !== null && (
            <Button
              variant="quiet"
              className="px-3! text-small! text-accent!"
              aria-label={t('people.lowerHand', { name })}
              isPending={asking.pending('lower-hand', peerId) !== null}
              onPress={() => asking.ask({ name: 'lower-hand', peerId })}
            >
              {words('act.lowerHand')}
            </Button>
          )}
          {staysMuted && (
            <Button
              variant="quiet"
              className="px-3! text-small! text-accent!"
              aria-label={t('people.letSpeak', { name })}
              isPending={asking.pending('let-speak', peerId) !== null}
              onPress={() => asking.ask({ name: 'let-speak', peerId })}
            >
              {words('act.letSpeak')}
            </Button>
          )}
          <Button
            variant="quiet"
            icon={microphone === 'on' ? Mic : MicOff}
            aria-label={micName}
            isDisabled={microphone !== 'on'}
            isPending={asking.pending('mute-participant', peerId) !== null}
            onPress={() => asking.ask({ name: 'mute-participant', peerId })}
          />
          <Button
            variant="quiet"
            icon={UserX}
            className="text-quiet!"
            aria-label={t('people.remove', { name })}
            onPress={() => onRemove(participant)}
          />
        </div>
      )}
    </li>
  );
}
