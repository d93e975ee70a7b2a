/** The last picture, while the player changes to another playlist: pictures move on, they do not blink. */
import { useEffect, useState } from 'react';

export function FrozenPicture({ picture }: { picture: ImageBitmap }) {
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  useEffect(() => {
    canvas?.getContext('2d')?.drawImage(picture, 0, 0);
  }, [canvas, picture]);
  return (
    <canvas
      ref={setCanvas}
      width={picture.width}
      height={picture.height}
      aria-hidden
      className="absolute inset-0 size-full object-contain"
    />
  );
}
