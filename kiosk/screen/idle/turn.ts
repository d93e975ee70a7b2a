/** Whose turn it is on an idle TV: its own picture of the room, then each of IT's. By the clock alone, so that nothing has to be remembered. Pure. */
import { useEffect, useState } from 'react';

/** @returns the picture, or null for the room's own */
export function pictureAt(nowMs: number, pictures: readonly string[], secondsEach: number): string | null {
  const turn = Math.floor(nowMs / (secondsEach * 1000)) % (pictures.length + 1);
  return turn === 0 ? null : pictures[turn - 1]!;
}

/** New when the turn changes, and on no other frame. */
export function usePicture(pictures: readonly string[], secondsEach: number): string | null {
  const [nowMs, setNowMs] = useState(() => Date.now());
  const isOne = pictures.length === 0;
  useEffect(() => {
    if (isOne) return;
    const eachMs = secondsEach * 1000;
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      // a little after it: a timer that comes early would keep the former for a turn more
      timer = setTimeout(
        () => {
          setNowMs(Date.now());
          wait();
        },
        eachMs - (Date.now() % eachMs) + 20,
      );
    };
    setNowMs(Date.now());
    wait();
    return () => clearTimeout(timer);
  }, [isOne, secondsEach]);
  return isOne ? null : pictureAt(nowMs, pictures, secondsEach);
}
