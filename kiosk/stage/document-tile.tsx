/** The shared document as a tile of the stage: the page, and below it the title, the page's number and who presents. */
import { type CSSProperties, memo } from 'react';
import FileText from 'lucide-react/icons/file-text';
import { DocumentView } from './document-view.tsx';
import type { Rect } from './geometry.ts';
import { type StageDocument, useOfDocument } from './stage-document.ts';
import type { TileRole } from './tiles.ts';

type DocumentTileProps = StageDocument & {
  tileRole: TileRole;
  rect: Rect;
  /** too small for its words */
  small: boolean;
};

export const DocumentTile = memo(function DocumentTile({
  shown,
  pictures,
  words,
  over,
  tileRole,
  rect,
  small,
}: DocumentTileProps) {
  const title = useOfDocument(shown, (document) => document.title) ?? '';
  const page = useOfDocument(shown, (document) => document.page) ?? 1;
  const pageCount = useOfDocument(shown, (document) => document.pageCount);
  const presenter = useOfDocument(shown, (document) => document.presenter);
  const { x, y, width, height } = rect;
  const style: CSSProperties = { transform: `translate(${x}px, ${y}px)`, width, height };
  return (
    <section
      className="stage-tile stage-document"
      aria-label={words.region}
      style={style}
      data-role={tileRole}
      data-source="document"
      data-small={small || undefined}
    >
      <DocumentView shown={shown} pictures={pictures} words={words} over={over} />
      {small ? (
        <div className="stage-name">
          <FileText className="stage-mark" aria-hidden focusable="false" />
          <span className="stage-name-text">{title}</span>
        </div>
      ) : (
        <div className="stage-document-bar">
          <FileText className="stage-mark" aria-hidden focusable="false" />
          <span className="stage-document-title">{title}</span>
          {presenter !== null && (
            <span className="stage-document-presenter">{words.presents(presenter.displayName)}</span>
          )}
          <span className="stage-document-page">{words.pageNumber(page, pageCount)}</span>
        </div>
      )}
    </section>
  );
});
