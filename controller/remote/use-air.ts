/** The broadcast of the room's meeting, directed over the room link. */
import { useMemo } from 'react';
import type { MeetingAir } from '#contract/broadcast.ts';
import { type DirectorLine, isDone } from '#ui/broadcast/use-directing.ts';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import type { WhenPresent } from './use-presence.ts';

/** The fleet has accepted; if the air does not follow within this time, the button is released. */
const AIR_FOLLOWS_WITHIN_MS = 1_500;

export function useDirectorLine(link: RoomLink, whenPresent: WhenPresent): DirectorLine {
  return useMemo(
    () => ({
      direct: async (act) => {
        const isAsked = await whenPresent(() => link.directBroadcast(act));
        if (isAsked) await airFollows(link, (air) => isDone(act, air));
        return isAsked;
      },
      setRecording: async (on) => {
        const isAsked = await whenPresent(() => link.setRecording(on));
        if (isAsked) await airFollows(link, ({ recording }) => (recording !== null) === on);
      },
    }),
    [link, whenPresent],
  );
}

/** What viewers would see; null: nothing runs, or no picture has come. */
export function previewUrlOf({ air, programPreview }: LinkSnapshot): string | null {
  return programPreview === null || programPreview.broadcastId !== air?.broadcast?.broadcastId
    ? null
    : `data:image/jpeg;base64,${programPreview.jpeg}`;
}

function airFollows(link: RoomLink, done: (air: MeetingAir) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const check = () => {
      const { air } = link.getSnapshot();
      if (air === null || done(air)) finish();
    };
    const timer = setTimeout(finish, AIR_FOLLOWS_WITHIN_MS);
    const unsubscribe = link.subscribe(check);
    check();
  });
}
