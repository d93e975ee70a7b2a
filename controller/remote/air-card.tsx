/** A presenter's controls on the phone; nothing where this room may neither broadcast nor record. */
import { useCallback, useEffect, useState } from 'react';
import { DirectorCard } from '#ui/broadcast/director-card.tsx';
import { useDirecting } from '#ui/broadcast/use-directing.ts';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import { peopleOf, type RemoteView } from './projection.ts';
import { previewUrlOf, useDirectorLine } from './use-air.ts';
import type { Asking } from './use-room.ts';

type AirCardProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  link: RoomLink;
  snapshot: LinkSnapshot;
  asking: Pick<Asking, 'whenPresent'>;
};

export function AirCard({ view, link, snapshot, asking: { whenPresent } }: AirCardProps) {
  const directing = useDirecting(useDirectorLine(link, whenPresent));
  const [isLooking, setLooking] = useState(false);
  useEffect(() => (isLooking ? link.watchRoster() : undefined), [isLooking, link]);
  const onGreenRoom = useCallback((isOpen: boolean) => setLooking(isOpen), []);
  const { air, roster, clockOffsetMs } = snapshot;
  if (air === null) return null;
  const people = peopleOf(view.phase, roster).filter(({ peerKind }) => peerKind !== 'program');
  return (
    <DirectorCard
      air={air}
      directing={directing}
      people={people}
      previewUrl={previewUrlOf(snapshot)}
      clockOffsetMs={clockOffsetMs}
      hasMark
      onGreenRoom={onGreenRoom}
    />
  );
}
