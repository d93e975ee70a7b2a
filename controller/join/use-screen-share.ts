/** The own screen: requested from the browser, passed to the call, stopped when either of them ends it. */
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { CallClient } from '#call/call-client.ts';

export type ScreenShare = { possible: boolean; sharing: boolean; start: () => void; stop: () => void };

export function useScreenShare(call: CallClient, sharing: boolean, onFailed: () => void): ScreenShare {
  const stream = useRef<MediaStream | null>(null);
  useEffect(() => {
    if (sharing) return;
    for (const track of stream.current?.getTracks() ?? []) track.stop();
    stream.current = null;
  }, [sharing]);
  useEffect(
    () => () => {
      for (const track of stream.current?.getTracks() ?? []) track.stop();
    },
    [],
  );
  const start = useCallback(async (): Promise<void> => {
    try {
      // few frames, full size: documents are read, not watched
      const taken = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: true });
      stream.current = taken;
      call.setScreen(taken.getVideoTracks()[0] ?? null, taken.getAudioTracks()[0] ?? null);
    } catch (error) {
      // the person changed their mind: no error
      if (!(error instanceof DOMException && error.name === 'NotAllowedError')) onFailed();
    }
  }, [call, onFailed]);
  return useMemo(
    () => ({
      possible: navigator.mediaDevices !== undefined && 'getDisplayMedia' in navigator.mediaDevices,
      sharing,
      start: () => void start(),
      stop: () => call.setScreen(null),
    }),
    [call, sharing, start],
  );
}
