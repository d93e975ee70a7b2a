/** That what is spoken is written, for everybody in the call, for as long as it is. */
import Captions from 'lucide-react/icons/captions';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import { useTranslation } from 'react-i18next';
import type { CallTranscript } from '#contract/transcript.ts';
import { Icon } from '../icon.tsx';

type TranscriptMarkProps = {
  transcript: Pick<CallTranscript, 'isOn' | 'isFailing'>;
  /** sets place and size of type */
  className?: string;
};

export function TranscriptMark({ transcript: { isOn, isFailing }, className = '' }: TranscriptMarkProps) {
  const { t } = useTranslation('transcript');
  if (!isOn) return null;
  return (
    <div
      role="note"
      className={`flex items-center gap-[0.5em] bg-lifted px-[0.75em] py-[0.2em] font-semibold text-ink ${className}`}
    >
      <Icon of={isFailing ? TriangleAlert : Captions} className="size-[1.1em] shrink-0" />
      <span>{t(isFailing ? 'failing' : 'sign')}</span>
    </div>
  );
}
