/** The toast when the call goes on air, is recorded, or is neither any more: nobody is recorded without having seen so. */
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import Radio from 'lucide-react/icons/radio';
import type { CallAir } from '#contract/broadcast.ts';
import type { AirNews } from '#ui/broadcast/air.ts';
import { useAirNews } from '#ui/broadcast/use-air-news.ts';
import { type Toast, TOAST_SHOWN_MS } from '#ui/toast.tsx';

/** @param air null: not in yet */
export function useAirToast(air: CallAir | null): Toast | null {
  const { t } = useTranslation('broadcast');
  const [told, setTold] = useState<{ id: number; news: AirNews } | null>(null);
  const tell = useCallback((news: AirNews) => setTold((before) => ({ id: (before?.id ?? 0) + 1, news })), []);
  useAirNews(air, tell);
  useEffect(() => {
    if (told === null) return;
    const timer = setTimeout(() => setTold(null), TOAST_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [told]);
  return told === null ? null : { id: told.id, words: t(`news.${told.news}`), icon: Radio };
}
