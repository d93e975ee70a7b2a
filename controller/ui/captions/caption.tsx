/** One caption: who speaks and the words, in two lines at most. Each page says where it stands and how large it is. */
import { useTranslation } from 'react-i18next';
import type { Cue } from './caption-cues.ts';

type CaptionProps = {
  /** null: nobody has spoken just now */
  cue: Cue | null;
  className?: string;
  /** of the box of words */
  boxClassName?: string;
};

export function Caption({ cue, className = '', boxClassName = '' }: CaptionProps) {
  const { t } = useTranslation('transcript');
  return (
    // found by a screen reader that looks for it, and never read out by itself: its person has the voices
    <section aria-label={t('captions')} aria-live="off" className={`flex justify-center ${className}`}>
      {cue !== null && (
        <p
          className={`line-clamp-2 min-w-0 rounded-small bg-sunken/92 px-[0.6em] py-[0.15em] text-ink ${boxClassName}`}
        >
          <bdi className="mr-[0.5em] inline-block max-w-[8em] sm:max-w-[12em] truncate align-bottom font-semibold text-accent">
            {cue.displayName}
          </bdi>
          <bdi>{cue.text}</bdi>
        </p>
      )}
    </section>
  );
}
