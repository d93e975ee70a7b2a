/**
 * One <video> that lives as long as its tile: muted (remote-audio.tsx plays the sound), never mounted anew by a
 * change of layout, and holding its last frame while the stream is away.
 */
import './stage.css';
import { useEffect, useRef } from 'react';

type PictureProps = {
  stream: MediaStream | null;
  fit: 'cover' | 'contain';
  mirrored: boolean;
  /** false: the sender has turned it off */
  on: boolean;
};

export function Picture({ stream, fit, mirrored, on }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current!;
    if (!on) {
      // nothing of a picture that was turned off may flash when it is turned on again
      element.srcObject = null;
    } else if (stream !== null && element.srcObject !== stream) {
      element.srcObject = stream;
    }
  }, [stream, on]);
  useEffect(() => {
    const element = video.current!;
    return () => {
      element.srcObject = null;
    };
  }, []);
  return (
    <video
      ref={video}
      className="stage-picture"
      data-fit={fit}
      data-mirrored={mirrored || undefined}
      hidden={!on}
      autoPlay
      playsInline
      muted
      disablePictureInPicture
    />
  );
}
