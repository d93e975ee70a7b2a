/** The sound of everyone else: an <audio> for each stream, apart from the pictures, so that no layout interrupts it. */
import { useEffect, useRef } from 'react';

/** Opening the speaker would delay the first picture; nobody notices that the sound begins this much later. */
export const SOUND_AFTER_MS = 120;

export type Sound = { key: string; stream: MediaStream };

type RemoteAudioProps = {
  sounds: readonly Sound[];
  /** of the room's or the guest's volume control */
  volumePercent: number;
  /** the browser's id of a speaker; null: its own choice */
  speakerId?: string | null;
  /** it can't be used: the sound stays where it was */
  onSpeakerFailed?: (speakerId: string) => void;
  /** the browser lets nothing sound before the person touches the page; false: it sounds */
  onSilenced?: (silenced: boolean) => void;
};

export function RemoteAudio({ sounds, ...how }: RemoteAudioProps) {
  return (
    <>
      {sounds.map(({ key, stream }) => (
        <OneSound key={key} stream={stream} {...how} />
      ))}
    </>
  );
}

type OneSoundProps = Omit<RemoteAudioProps, 'sounds'> & { stream: MediaStream };

function OneSound({ stream, volumePercent, speakerId = null, onSpeakerFailed, onSilenced }: OneSoundProps) {
  const audio = useRef<HTMLAudioElement>(null);
  const told = useRef({ onSpeakerFailed, onSilenced });
  useEffect(() => {
    told.current = { onSpeakerFailed, onSilenced };
  });
  useEffect(() => {
    const element = audio.current!;
    // not every browser lets a page choose; '' is the browser's own choice (W3C Audio Output Devices, 2.1)
    if (!('setSinkId' in element) || element.sinkId === (speakerId ?? '')) return;
    element.setSinkId(speakerId ?? '').catch((error: unknown) => {
      console.warn('stage: the speaker could not be used', error);
      if (speakerId !== null) told.current.onSpeakerFailed?.(speakerId);
    });
  }, [speakerId]);
  // Chromium's audio element stays silent for good when its stream got its track later: each track is played anew
  const track = stream.getAudioTracks().at(-1) ?? null;
  useEffect(() => {
    const element = audio.current!;
    element.srcObject = track && new MediaStream([track]);
    const stopKeeping =
      track === null ? null : keepPlaying(element, track, (silenced) => told.current.onSilenced?.(silenced));
    return () => {
      stopKeeping?.();
      element.srcObject = null;
    };
  }, [track]);
  useEffect(() => {
    audio.current!.volume = Math.min(1, Math.max(0, volumePercent / 100));
  }, [volumePercent]);
  // biome-ignore lint/a11y/useMediaCaption: a live call has no caption track
  return <audio ref={audio} autoPlay />;
}

/** The person is back, or has touched the page: sound that the browser refused may play now. */
const SIGNS = ['visibilitychange', 'pageshow', 'pointerdown', 'keydown'] as const;

/**
 * A browser may refuse to play before the first touch, and a system pauses sound for a phone call or a page in the
 * background without playing it on. Nobody pauses these elements on purpose.
 */
function keepPlaying(
  element: HTMLAudioElement,
  track: MediaStreamTrack,
  onSilenced: (silenced: boolean) => void,
): () => void {
  let over = false;
  const play = (): void => {
    element.play().then(
      () => {
        if (!over) onSilenced(false);
      },
      (error: unknown) => {
        if (!over && error instanceof DOMException && error.name === 'NotAllowedError') onSilenced(true);
      },
    );
  };
  const playOn = (): void => {
    if (element.paused && track.readyState === 'live') play();
  };
  play();
  element.addEventListener('pause', playOn);
  for (const sign of SIGNS) addEventListener(sign, playOn, { capture: true, passive: true });
  return () => {
    over = true;
    element.removeEventListener('pause', playOn);
    for (const sign of SIGNS) removeEventListener(sign, playOn, { capture: true });
  };
}
