/** One's own camera as in a mirror. Before the call it stands alone; in the call the stage draws it. */
import { useEffect, useRef } from 'react';

export function OwnPicture({
  track,
  label,
  className = '',
}: {
  track: MediaStreamTrack;
  label: string;
  className?: string;
}) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current!;
    element.srcObject = new MediaStream([track]);
    return () => {
      element.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={video}
      aria-label={label}
      autoPlay
      playsInline
      muted
      disablePictureInPicture
      className={`size-full -scale-x-100 object-cover ${className}`}
    />
  );
}
