/** Calls once for each change of a call's air that its people should notice. */
import { useEffect, useRef } from 'react';
import type { CallAir } from '#contract/broadcast.ts';
import { type AirNews, airNews } from './air.ts';

/** @param air null: not in yet. Coming into a call that is on air or recorded is news, too. */
export function useAirNews(air: CallAir | null, onNews: (news: AirNews) => void): void {
  const before = useRef<CallAir | null>(null);
  useEffect(() => {
    const news = air === null ? null : airNews(before.current, air);
    before.current = air;
    if (news !== null) onNews(news);
  }, [air, onNews]);
}
