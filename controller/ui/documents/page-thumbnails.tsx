/** All pages of the shown document, small, to turn to one of them. Pictures are fetched as they come into sight. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

type PageThumbnailsProps = {
  /** pages that can be turned to */
  pageCount: number;
  page: number;
  onPage: (page: number) => void;
  thumbnail: (page: number) => ReactNode;
  className?: string;
};

export function PageThumbnails({ pageCount, page, onPage, thumbnail, className = '' }: PageThumbnailsProps) {
  const { t } = useTranslation('documents');
  const pages = Array.from({ length: pageCount }, (_, index) => index + 1);
  return (
    <ol aria-label={t('presenter.thumbnails')} className={`grid grid-cols-3 gap-2 ${className}`}>
      {pages.map((each) => (
        <li key={each}>
          <button
            type="button"
            aria-label={t('presenter.toPage', { page: each })}
            aria-current={each === page ? 'page' : undefined}
            className="flex w-full cursor-pointer flex-col items-center gap-1 rounded-control p-1.5 text-small outline-accent hover:bg-lifted focus-visible:outline-3 aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent"
            onClick={() => onPage(each)}
          >
            <InSight isCurrent={each === page}>{thumbnail(each)}</InSight>
            <span className="numerals">{each}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** 500 pages are not fetched because somebody opened the list. */
function InSight({ isCurrent, children }: { isCurrent: boolean; children: ReactNode }) {
  const frame = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (isCurrent) frame.current!.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <span ref={frame} className="grid aspect-4/3 w-full place-items-center overflow-hidden rounded-small bg-sunken">
      {seen && children}
    </span>
  );
}
