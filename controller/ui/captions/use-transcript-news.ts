/** Calls once for each change of the transcript that a call's people should notice. */
import { useEffect, useRef } from 'react';
import type { CallTranscript } from '#contract/transcript.ts';

export type TranscriptNews = 'on' | 'off';

/** @param transcript null: not in yet. Coming into a call in which what is spoken is written is news, too. */
export function useTranscriptNews(
  transcript: Pick<CallTranscript, 'isOn'> | null,
  onNews: (news: TranscriptNews) => void,
): void {
  const before = useRef(false);
  const isOn = transcript === null ? null : transcript.isOn;
  useEffect(() => {
    const was = before.current;
    before.current = isOn ?? false;
    if (isOn !== null && isOn !== was) onNews(isOn ? 'on' : 'off');
  }, [isOn, onNews]);
}
