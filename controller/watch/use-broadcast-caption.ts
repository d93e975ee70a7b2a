/** Whether a broadcast has captions, whether its viewer wants them, and which one belongs to the picture at this moment. */
import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react';
import type { Cue } from '#ui/captions/caption-cues.ts';
import { useCaptionsChoice } from '#ui/captions/use-captions-choice.ts';
import type { ReceivedCaptions } from './received-captions.ts';
import type { WatchPlayer } from './watch-player.ts';

const LOOK_MS = 200;

export const ReceivedCaptionsContext = createContext<ReceivedCaptions | null>(null);

export type ShownCaptions = {
  /** null: nobody has spoken since this page is open, or what is spoken is not written */
  isOn: boolean | null;
  toggle: () => void;
  cue: Cue | null;
};

export function useBroadcastCaption(broadcastId: string, player: WatchPlayer | null, isLive: boolean): ShownCaptions {
  const received = use(ReceivedCaptionsContext);
  if (received === null) throw new Error('no ReceivedCaptionsContext above');
  const [wants, setWants] = useCaptionsChoice('maru-captions-of-broadcasts');
  const [cue, setCue] = useState<Cue | null>(null);
  const { captioned } = received;
  const hasCaptions = useSyncExternalStore(captioned.subscribe, captioned.getSnapshot).has(broadcastId) && isLive;
  useEffect(
    () => (player ? received.plays(broadcastId, player.livePositionMs) : undefined),
    [received, broadcastId, player],
  );
  const isShown = hasCaptions && wants && player !== null;
  useEffect(() => {
    if (!isShown) return;
    const look = () => setCue(received.at(broadcastId, player.livePositionMs()));
    const timer = setInterval(look, LOOK_MS);
    look();
    return () => {
      clearInterval(timer);
      setCue(null);
    };
  }, [isShown, received, broadcastId, player]);
  return { isOn: hasCaptions ? wants : null, toggle: () => setWants(!wants), cue };
}
