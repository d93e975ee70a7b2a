/**
 * That the person with this phone is in the room. The server refuses to open microphone or camera without; then the TV
 * shows its code, the person types it, and what was refused is asked again.
 */
import { useCallback, useRef, useState } from 'react';
import type { RoomLink } from '../link/room-link.ts';

export type Presence = {
  /** the code is asked for */
  isAsked: boolean;
  /** @throws MaruError as `RoomLink.provePresence` */
  prove: (code: string) => Promise<void>;
  cancel: () => void;
};

/** `ask` resolves true once it is proved, false where the person gives up. */
export function usePresence(link: RoomLink): Presence & { ask: () => Promise<boolean> } {
  const [isAsked, setAsked] = useState(false);
  const open = useRef<PromiseWithResolvers<boolean> | null>(null);
  const settle = useCallback((isProved: boolean) => {
    open.current?.resolve(isProved);
    open.current = null;
    setAsked(false);
  }, []);
  const ask = useCallback(() => {
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
  return { isAsked, prove, cancel, ask };
}
