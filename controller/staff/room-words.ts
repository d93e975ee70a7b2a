/** Whether a room can be had, in words. */
import type { useTranslation } from 'react-i18next';
import type { RoomAvailability } from '#contract/http/meetings-api.ts';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

type Words = ReturnType<typeof useTranslation<'staff'>>['t'];

export function untilWords({ isFree, untilMs }: RoomAvailability, t: Words): string {
  if (untilMs === null) return t(isFree ? 'room.freeAllDay' : 'room.busy');
  return t(isFree ? 'room.freeUntil' : 'room.busyUntil', { time: clockTime(untilMs, currentLanguage()) });
}
