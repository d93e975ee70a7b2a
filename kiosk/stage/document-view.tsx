/**
 * The page of a document in a frame: its picture, what is drawn on it, the pointer over it. Zoom is animated; pointer and
 * strokes are drawn without React. document-tile.tsx puts it on the stage, document-input.tsx lets a presenter draw on it.
 */
import './stage.css';
import './document.css';
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from 'react';
import { type PageRegion, WHOLE_PAGE } from '#contract/shared-document.ts';
import { Ink } from './ink.ts';
import type { Rect, Size } from './geometry.ts';
import { fromPagePoint, pictureFor, placePage } from './page-place.ts';
import { type DocumentWords, type ShownDocument, type StageDocument, useOfDocument } from './stage-document.ts';
import { type LoadedPicture, usePagePicture } from './use-page-picture.ts';
import { useSize } from './use-stage.ts';

/** What lies over the page, e.g. the presenter's input, gets where the page is. */
export type PaintedPage = { page: number; frame: Size; aspect: number; place: Rect };
type DocumentViewProps = StageDocument & { children?: (painted: PaintedPage) => ReactNode };

export function DocumentView({ shown, pictures, words, children }: DocumentViewProps) {
  const documentId = useOfDocument(shown, (document) => document.documentId);
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  return (
    <div ref={frame} className="stage-document-frame">
      {documentId !== null && size !== null && size.width > 0 && size.height > 0 && (
        <Pages key={documentId} shown={shown} pictures={pictures} words={words} frame={size}>
          {children}
        </Pages>
      )}
    </div>
  );
}

/** A page whose shape is not known yet is fetched as if it were a slide. */
const USUAL_ASPECT = 16 / 9;

function Pages({ shown, pictures, words, frame, children }: DocumentViewProps & { frame: Size }) {
  const documentId = useOfDocument(shown, (document) => document.documentId) ?? '';
  const page = useOfDocument(shown, (document) => document.page) ?? 1;
  const region = useOfDocument(shown, (document) => document.region) ?? WHOLE_PAGE;
  const [aspect, setAspect] = useState(USUAL_ASPECT);
  const wantedPlace = placePage(frame, aspect, region);
  const ratio = window.devicePixelRatio;
  const size = pictureFor({ width: wantedPlace.width * ratio, height: wantedPlace.height * ratio });
  const { front, next, failure, isSlow, show } = usePagePicture(pictures, { documentId, page, size });
  const isPainted = front?.page === page;
  // the former page stands still until the next one takes its place
  const [frontRegion, setFrontRegion] = useState(region);
  if (isPainted && frontRegion !== region) setFrontRegion(region);
  const shownRegion = isPainted ? region : frontRegion;
  const isMissing = failure?.page === page && !isPainted;
  return (
    <>
      {[front, next].map(
        (picture) =>
          picture !== null && (
            <Page
              key={picture.url}
              picture={picture}
              isFront={picture === front}
              shown={shown}
              words={words}
              frame={frame}
              region={picture === front ? shownRegion : region}
              onDecoded={(decodedAspect) => {
                setAspect(decodedAspect);
                show(picture);
              }}
            />
          ),
      )}
      {isPainted && (
        <>
          <Laser shown={shown} page={page} place={wantedPlace} frame={frame} />
          {children?.({ page, frame, aspect, place: wantedPlace })}
        </>
      )}
      {isSlow && !isMissing && (
        <div className="stage-document-progress" role="progressbar" aria-label={words.loading} />
      )}
      {isMissing && (
        <div className="stage-document-failed" role="status">
          <strong>{words.failed}</strong>
          <span>{words.failedDetail}</span>
        </div>
      )}
    </>
  );
}

type PageProps = {
  picture: LoadedPicture;
  /** false: decoded out of sight */
  isFront: boolean;
  shown: ShownDocument;
  words: DocumentWords;
  frame: Size;
  region: PageRegion;
  onDecoded: (aspect: number) => void;
};

function Page({ picture, isFront, shown, words, frame, region, onDecoded }: PageProps) {
  const [aspect, setAspect] = useState<number | null>(null);
  const title = useOfDocument(shown, (document) => document.title) ?? '';
  const pageCount = useOfDocument(shown, (document) => document.pageCount);
  const image = useRef<HTMLImageElement>(null);
  const onLoad = (): void => {
    const element = image.current!;
    const decoded = element.naturalWidth / element.naturalHeight;
    const done = (): void => {
      setAspect(decoded);
      onDecoded(decoded);
    };
    // a picture that is loaded is shown even where it cannot be decoded ahead
    element.decode().then(done, done);
  };
  const whole = placePage(frame, aspect ?? USUAL_ASPECT, WHOLE_PAGE);
  const place = placePage(frame, aspect ?? USUAL_ASPECT, region);
  const style: CSSProperties = {
    width: whole.width,
    height: whole.height,
    transform: `translate(${place.x}px, ${place.y}px) scale(${place.width / whole.width})`,
  };
  return (
    <div className="stage-page" data-page={picture.page} style={style} hidden={!isFront}>
      <img
        ref={image}
        src={picture.url}
        alt={isFront ? words.page(title, picture.page, pageCount) : ''}
        draggable={false}
        onLoad={onLoad}
      />
      {aspect !== null && <PageInk shown={shown} page={picture.page} aspect={aspect} />}
    </div>
  );
}

function PageInk({ shown, page, aspect }: { shown: ShownDocument; page: number; aspect: number }) {
  const done = useRef<SVGSVGElement>(null);
  const growing = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const ink = new Ink(done.current!, growing.current!, aspect);
    const draw = (): void => ink.show(shown.getSnapshot()?.strokes.filter((stroke) => stroke.page === page) ?? []);
    return drawnPerFrame(shown, draw);
  }, [shown, page, aspect]);
  return (
    <>
      <svg ref={done} className="stage-ink" aria-hidden="true" preserveAspectRatio="none" />
      <svg ref={growing} className="stage-ink" data-growing aria-hidden="true" preserveAspectRatio="none" />
    </>
  );
}

/** A dot that a person five metres away sees: this part of the frame's shorter side. */
const LASER_PART = 0.032;
const LASER_LEAST_PX = 14;

function Laser({ shown, page, place, frame }: { shown: ShownDocument; page: number; place: Rect; frame: Size }) {
  const dot = useRef<HTMLDivElement>(null);
  const { x, y, width, height } = place;
  useEffect(() => {
    const draw = (): void => {
      const element = dot.current!;
      const document = shown.getSnapshot();
      const at = document?.page === page ? document.pointer : null;
      if (at === null) {
        delete element.dataset.on;
        return;
      }
      const to = fromPagePoint({ x, y, width, height }, at);
      // it appears where it is: only from place to place it glides
      element.dataset.appears = String(element.dataset.on === undefined);
      element.style.transform = `translate(${to.x}px, ${to.y}px)`;
      element.dataset.on = '';
    };
    return drawnPerFrame(shown, draw);
  }, [shown, page, x, y, width, height]);
  const sizePx = Math.max(LASER_LEAST_PX, Math.round(Math.min(frame.width, frame.height) * LASER_PART));
  return (
    <div ref={dot} className="stage-laser" aria-hidden="true">
      <span style={{ width: sizePx, height: sizePx }} />
    </div>
  );
}

/** Draws at once, and once in each frame in which the document has changed. Returns the end of it. */
function drawnPerFrame(shown: ShownDocument, draw: () => void): () => void {
  let frame: number | null = null;
  const unsubscribe = shown.subscribe(() => {
    frame ??= requestAnimationFrame(() => {
      frame = null;
      draw();
    });
  });
  draw();
  return () => {
    unsubscribe();
    if (frame !== null) cancelAnimationFrame(frame);
  };
}
