/**
 * The code of the screen of a call, a chunk of its own: the page of a room that is idle is there sooner, and fetches it at once, so that it is
 * there before somebody starts a call.
 */
import { useEffect, useState } from 'react';

type CallCode = typeof import('./call-screen.tsx');

const RETRY_MS = 2_000;

let known: CallCode | null = null;

/** Once for all pages of a room that are opened here. */
export async function fetchCallCode(): Promise<CallCode> {
  known = await import('./call-screen.tsx');
  return known;
}

/** null: on its way. What cannot be fetched is asked for again, for as long as the page is there. */
export function useCallCode(fetchCode: () => Promise<CallCode> = fetchCallCode): CallCode | null {
  const [code, setCode] = useState(fetchCode === fetchCallCode ? known : null);
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try fetches anew
  useEffect(() => {
    if (code !== null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    fetchCode().then(
      (loaded) => {
        if (!isOver) setCode(loaded);
      },
      () => {
        if (!isOver) timer = setTimeout(() => setTries((count) => count + 1), RETRY_MS);
      },
    );
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [code, tries, fetchCode]);
  return code;
}
