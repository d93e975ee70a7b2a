/** The chapters of a broadcast, each a button that goes there. */
import { useTranslation } from 'react-i18next';
import type { Chapter } from '#contract/broadcast.ts';
import { Card } from '#ui/card.tsx';
import { elapsed } from '#ui/words/format.ts';

type ChapterListProps = {
  chapters: readonly Chapter[];
  positionMs: number | null;
  /** null: none can be gone to now */
  onSeek: ((positionMs: number) => void) | null;
};

export function ChapterList({ chapters, positionMs, onSeek }: ChapterListProps) {
  const { t } = useTranslation('watch');
  if (chapters.length === 0) return null;
  const current = positionMs === null ? -1 : chapters.findLastIndex(({ atMs }) => atMs <= positionMs + 500);
  const wordsOf = ({ kind, title }: Chapter): string => {
    if (kind === 'start') return t('player.chapterStart');
    if (kind === 'hold') return t('player.chapterHold');
    return title;
  };
  return (
    <Card title={t('player.chapters')} className="lg:max-h-[calc(100dvh-6rem)] lg:overflow-y-auto">
      <ol className="-my-1 flex flex-col">
        {chapters.map((chapter, index) => (
          <li key={`${chapter.atMs} ${chapter.title}`} className="border-t border-line first:border-0">
            <button
              type="button"
              disabled={onSeek === null}
              aria-current={index === current ? 'true' : undefined}
              onClick={() => onSeek?.(chapter.atMs)}
              className={`-mx-2 flex min-h-12 w-[calc(100%+1rem)] cursor-pointer items-center gap-3 rounded-small px-2 py-2 text-left hover:bg-lifted disabled:cursor-default ${index === current ? 'font-semibold text-accent' : ''}`}
            >
              <span className="numerals min-w-14 text-small text-quiet">{elapsed(chapter.atMs)}</span>
              <bdi className="line-clamp-2 min-w-0 flex-1 text-base">{wordsOf(chapter)}</bdi>
            </button>
          </li>
        ))}
      </ol>
    </Card>
  );
}
