/**
 * The toasts when the call goes on air, is recorded or written, or is none of it any more: nobody is recorded without having seen
 * so. One after the other: whoever comes into a call may find all of it.
 */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import Captions from 'lucide-react/icons/captions';
import Radio from 'lucide-react/icons/radio';
import type { CallAir } from '#contract/broadcast.ts';
import type { CallTranscript } from '#contract/transcript.ts';
import type { AirNews } from '#ui/broadcast/air.ts';
import { useAirNews } from '#ui/broadcast/use-air-news.ts';
import { type TranscriptNews, useTranscriptNews } from '#ui/captions/use-transcript-news.ts';
import { type Toast, useToasts } from '#ui/toast.tsx';

/** @param air and transcript: null: not in yet */
export function useAirToast(air: CallAir | null, transcript: Pick<CallTranscript, 'isOn'> | null): Toast | null {
  const { t } = useTranslation(['broadcast', 'transcript']);
  const { current, add } = useToasts();
  useAirNews(
    air,
    useCallback((news: AirNews) => add({ words: t(`broadcast:news.${news}`), icon: Radio }), [add, t]),
  );
  useTranscriptNews(
    transcript,
    useCallback((news: TranscriptNews) => add({ words: t(`transcript:news.${news}`), icon: Captions }), [add, t]),
  );
  return current;
}
