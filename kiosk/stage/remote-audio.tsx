/** The sound of everyone else: an <audio> for each stream, apart from the pictures, so that no layout interrupts it. */
import { useEffect, useRef } from 'react';

export type Sound = { key: string; stream: MediaStream };

/** `volumePercent`: what the room's or the guest's volume control says. */
export function RemoteAudio({ sounds, volumePercent }: { sounds: readonly Sound[]; volumePercent: number }) {
  return (
    <>
      {sounds.map(({ key, stream }) => (
        <OneSound key={key} stream={stream} volumePercent={volumePercent} />
      ))}
    </>
  );
}

function OneSound({ stream, volumePercent }: { stream: MediaStream; volumePercent: number }) {
  const audio = useRef<HTMLAudioElement>(null);
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
