/** The toast after the booking of the running call was extended, so that everyone in the room knows. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import CalendarPlus from 'lucide-react/icons/calendar-plus';
import type { RoomAgenda } from '#contract/room-agenda.ts';
import { extendedUntilMs } from '#ui/agenda/call-time.ts';
import { type Toast, TOAST_SHOWN_MS } from '#ui/toast.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

export function useExtensionNews(
  agenda: RoomAgenda | null | undefined,
  bookingId: string | null | undefined,
): Toast | null {
  const { t } = useTranslation('bookings');
  const before = useRef(agenda);
  const [untilMs, setUntilMs] = useState<number | null>(null);
  useEffect(() => {
    const extended = extendedUntilMs(before.current, agenda, bookingId);
    before.current = agenda;
    if (extended !== null) setUntilMs(extended);
  }, [agenda, bookingId]);
  useEffect(() => {
    if (untilMs === null) return;
    const timer = setTimeout(() => setUntilMs(null), TOAST_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [untilMs]);
  if (untilMs === null) return null;
  const time = clockTime(untilMs, currentLanguage(), agenda?.timeZone);
  return { id: untilMs, words: t('extended', { time }), icon: CalendarPlus };
}
