/** The sound of everyone else: an <audio> for each stream, apart from the pictures, so that no layout interrupts it. */
import { useEffect, useRef } from 'react';

/** Opening the speaker would keep the first picture waiting; nobody hears that a call begins so much later. */
export const SOUND_AFTER_MS = 120;

export type Sound = { key: string; stream: MediaStream };

type RemoteAudioProps = {
  sounds: readonly Sound[];
  /** what the room's or the guest's volume control says */
  volumePercent: number;
  /** the browser's id of a speaker; null: its own choice */
  speakerId?: string | null;
  /** it can't be used: the sound stays where it was */
  onSpeakerFailed?: (speakerId: string) => void;
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

function OneSound({ stream, volumePercent, speakerId = null, onSpeakerFailed }: OneSoundProps) {
  const audio = useRef<HTMLAudioElement>(null);
  const failed = useRef(onSpeakerFailed);
  useEffect(() => {
    failed.current = onSpeakerFailed;
  });
  useEffect(() => {
    const element = audio.current!;
    // not every browser lets a page choose; '' is the browser's own choice (W3C Audio Output Devices, 2.1)
    if (!('setSinkId' in element) || element.sinkId === (speakerId ?? '')) return;
    element.setSinkId(speakerId ?? '').catch((error: unknown) => {
      console.warn('stage: the speaker could not be used', error);
      if (speakerId !== null) failed.current?.(speakerId);
    });
  }, [speakerId]);
  // Chromium's audio element stays silent for good when its stream got its track later: each track is played anew
  const track = stream.getAudioTracks().at(-1) ?? null;
  useEffect(() => {
    const element = audio.current!;
    element.srcObject = track && new MediaStream([track]);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  useEffect(() => {
    audio.current!.volume = Math.min(1, Math.max(0, volumePercent / 100));
  }, [volumePercent]);
  // biome-ignore lint/a11y/useMediaCaption: a live call has no caption track
  return <audio ref={audio} autoPlay />;
}
