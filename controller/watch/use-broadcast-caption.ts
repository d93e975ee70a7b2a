/** Whether a broadcast has captions, whether its viewer wants them, and which one belongs to the picture at this moment. */
import { createContext, use, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { BroadcastCaption } from '#contract/http/broadcasts-api.ts';
import { type Cue, cueAt, timedCues } from '#ui/captions/caption-cues.ts';
import { useCaptionsChoice } from '#ui/captions/use-captions-choice.ts';
import { captionFileUrl, readCaptionFile } from './caption-file.ts';
import type { ReceivedCaptions } from './received-captions.ts';
import type { PlaylistKind } from './source.ts';
import type { WatchPlayer } from './watch-player.ts';

const LOOK_MS = 200;
const ASK_AGAIN_MS = 5_000;

export const ReceivedCaptionsContext = createContext<ReceivedCaptions | null>(null);

export type CaptionedPicture = {
  broadcastId: string;
  /** null: there is no picture to put them under */
  kind: 'live' | 'replay' | null;
  source: PlaylistKind | null;
  /** the server has some, also of what was spoken before this page was open */
  hasCaptions: boolean;
  /** on the packager's clock; null: not yet */
  liveAtMs: number | null;
};
export type ShownCaptions = {
  /** null: there are none. Of what is live: nobody has spoken yet, or what is spoken is not written */
  isOn: boolean | null;
  /** the viewer wants some, and this replay has none */
  areMissed: boolean;
  toggle: () => void;
  cue: Cue | null;
};

export function useBroadcastCaption(
  player: WatchPlayer | null,
  { broadcastId, kind, source, hasCaptions, liveAtMs }: CaptionedPicture,
  readFile = readCaptionFile,
): ShownCaptions {
  const received = use(ReceivedCaptionsContext);
  if (received === null) throw new Error('no ReceivedCaptionsContext above');
  const [wants, setWants] = useCaptionsChoice('maru-captions-of-broadcasts');
  const [cue, setCue] = useState<Cue | null>(null);
  const { captioned } = received;
  const hasReceived = useSyncExternalStore(captioned.subscribe, captioned.getSnapshot).has(broadcastId);
  useEffect(
    () => (player ? received.plays(broadcastId, player.livePositionMs) : undefined),
    [received, broadcastId, player],
  );
  const isFarBack = kind === 'live' && source === 'dvr';
  const file = useCaptionFile(broadcastId, wants && hasCaptions && (kind === 'replay' || isFarBack), readFile);
  const isEmpty = kind === 'replay' && file !== null && file.length === 0;
  const areThere = (kind === 'live' && hasReceived) || (kind !== null && hasCaptions && !isEmpty);
  const replayCues = useMemo(() => (file ?? []).flatMap((caption) => timedCues(caption, null)), [file]);
  useEffect(() => {
    if (isFarBack && file !== null && liveAtMs !== null) received.receiveFile(broadcastId, file, liveAtMs);
  }, [received, broadcastId, isFarBack, file, liveAtMs]);
  const isShown = areThere && wants && player !== null;
  useEffect(() => {
    if (!isShown) return;
    const inReplay = (): Cue | null => {
      const positionMs = player.replayPositionMs();
      return positionMs === null ? null : cueAt(replayCues, positionMs);
    };
    const look = () => setCue(kind === 'replay' ? inReplay() : received.at(broadcastId, player.livePositionMs()));
    const timer = setInterval(look, LOOK_MS);
    look();
    return () => {
      clearInterval(timer);
      setCue(null);
    };
  }, [isShown, received, broadcastId, player, kind, replayCues]);
  return {
    isOn: areThere ? wants : null,
    areMissed: kind === 'replay' && wants && !areThere,
    toggle: () => setWants(!wants),
    cue,
  };
}

/** null: not wanted, or not there yet. Asked for anew each time that it is wanted. */
function useCaptionFile(
  broadcastId: string,
  isWanted: boolean,
  readFile: typeof readCaptionFile,
): readonly BroadcastCaption[] | null {
  const [file, setFile] = useState<readonly BroadcastCaption[] | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    const end = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const ask = (): void => {
      readFile(captionFileUrl(broadcastId), end.signal)
        .then((captions) => end.signal.aborted || setFile(captions))
        .catch(() => {
          if (!end.signal.aborted) again = setTimeout(ask, ASK_AGAIN_MS);
        });
    };
    ask();
    return () => {
      end.abort();
      clearTimeout(again);
      setFile(null);
    };
  }, [broadcastId, isWanted, readFile]);
  return file;
}
