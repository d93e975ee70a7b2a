/** Whether this person wants captions: off until they choose them, and kept on their device. */
import { useCallback, useState } from 'react';

const KEPT_AS = 'maru-captions';

export function useCaptionsChoice(): [wants: boolean, setWants: (wants: boolean) => void] {
  const [wants, setWants] = useState(kept);
  const choose = useCallback((chosen: boolean) => {
    setWants(chosen);
    try {
      localStorage.setItem(KEPT_AS, chosen ? 'on' : 'off');
    } catch {
      // chosen again next time
    }
  }, []);
  return [wants, choose];
}

function kept(): boolean {
  try {
    return localStorage.getItem(KEPT_AS) === 'on';
  } catch {
    return false;
  }
}
