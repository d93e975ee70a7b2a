/** Whether this person wants captions: off until they choose them, and kept on their device. */
import { useCallback, useState } from 'react';

/** @param keptAs one choice in meetings, another before broadcasts */
export function useCaptionsChoice(
  keptAs: 'maru-captions' | 'maru-captions-of-broadcasts' = 'maru-captions',
): [wants: boolean, setWants: (wants: boolean) => void] {
  const [wants, setWants] = useState(() => kept(keptAs));
  const choose = useCallback(
    (chosen: boolean) => {
      setWants(chosen);
      try {
        localStorage.setItem(keptAs, chosen ? 'on' : 'off');
      } catch {
        // chosen again next time
      }
    },
    [keptAs],
  );
  return [wants, choose];
}

function kept(keptAs: string): boolean {
  try {
    return localStorage.getItem(keptAs) === 'on';
  } catch {
    return false;
  }
}
