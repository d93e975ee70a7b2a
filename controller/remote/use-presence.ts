/**
 * That the person with this phone is in the room. The server refuses without it what shows the room to others: microphone,
 * camera, going on air, a recording. Then the TV shows its code, the person types it, and what was refused is asked again.
 */
import { useCallback, useRef, useState } from 'react';
import { toMaruError } from '#contract/error-codes.ts';
import type { RoomLink } from '../link/room-link.ts';

export type Presence = {
  /** the code is asked for */
  isAsked: boolean;
  /** @throws MaruError as `RoomLink.provePresence` */
  prove: (code: string) => Promise<void>;
  cancel: () => void;
};

/** Does `work`, again once presence is proved. @returns false: the person gave up. @throws as `work` */
export type WhenPresent = (work: () => Promise<void>) => Promise<boolean>;

export function usePresence(link: RoomLink): { presence: Presence; whenPresent: WhenPresent } {
  const [isAsked, setAsked] = useState(false);
  const open = useRef<PromiseWithResolvers<boolean> | null>(null);
  const settle = useCallback((isProved: boolean) => {
    open.current?.resolve(isProved);
    open.current = null;
    setAsked(false);
  }, []);
  /** true once it is proved, false where the person gives up */
  const ask = useCallback((): Promise<boolean> => {
    // microphone and camera at once: one code for both
    if (open.current === null) {
      open.current = Promise.withResolvers<boolean>();
      setAsked(true);
      // an idle TV shows its code anyway
      link.hint({ name: 'show-code' });
    }
    return open.current.promise;
  }, [link]);
  const prove = useCallback(
    async (code: string) => {
      await link.provePresence(code);
      settle(true);
    },
    [link, settle],
  );
  const cancel = useCallback(() => settle(false), [settle]);
  const whenPresent = useCallback<WhenPresent>(
    async (work) => {
      try {
        await work();
      } catch (error) {
        if (toMaruError(error).code !== 'presence-needed') throw error;
        if (!(await ask())) return false;
        await work();
      }
      return true;
    },
    [ask],
  );
  return { presence: { isAsked, prove, cancel }, whenPresent };
}
