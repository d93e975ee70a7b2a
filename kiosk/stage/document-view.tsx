/**
 * The page of a document in a frame: its picture, what is drawn on it, the pointer over it. Zoom is animated; pointer and
 * strokes are drawn without React. document-tile.tsx puts it on the stage, document-input.tsx lets a presenter draw on it.
 */
import './stage.css';
import './document.css';
import { type CSSProperties, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { pageSizeFor } from '#call/page-size.ts';
import { type PageRegion, WHOLE_PAGE } from '#contract/shared-document.ts';
import { Ink } from './ink.ts';
import type { Rect, Size } from './geometry.ts';
import { fromPagePoint, placePage } from './page-place.ts';
import {
  type DocumentWords,
  type PagePictures,
  type WatchedDocument,
  type StageDocument,
  useOfDocument,
} from './stage-document.ts';
import { useSize } from './use-stage.ts';

export function DocumentView({ shown, pictures, words, over }: StageDocument) {
  const documentId = useOfDocument(shown, (document) => document.documentId);
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  return (
    <div ref={frame} className="stage-document-frame">
      {documentId !== null && size !== null && size.width > 0 && size.height > 0 && (
        <Pages key={documentId} shown={shown} pictures={pictures} words={words} over={over} frame={size} />
      )}
    </div>
  );
}

/** Before that nobody sees that a page is on its way. */
const SLOW_AFTER_MS = 400;
/** The fleet server restarts within this. */
const CUT_OFF_AFTER_MS = 8_000;

function Pages({ shown, pictures, words, over, frame }: StageDocument & { frame: Size }) {
  const page = useOfDocument(shown, (document) => document.page) ?? 1;
  const region = useOfDocument(shown, (document) => document.region) ?? WHOLE_PAGE;
  const { front, next, onDecoded, status } = usePainted(shown, pictures, { page, region, frame });
  const isPainted = front?.page === page;
  // the former page stands still until the next one takes its place
  const [frontRegion, setFrontRegion] = useState(region);
  if (isPainted && frontRegion !== region) setFrontRegion(region);
  const isCutOff = useLongTrue(status === 'no-server' && !isPainted, CUT_OFF_AFTER_MS);
  const isMissing = !isPainted && (status === 'failed' || isCutOff);
  const isSlow = useLongTrue(!isPainted && !isMissing, SLOW_AFTER_MS);
  const place = isPainted ? placePage(frame, front.aspect, region) : null;
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
              region={picture.page === page ? region : frontRegion}
              onDecoded={onDecoded}
            />
          ),
      )}
      {place !== null && <Laser shown={shown} page={page} place={place} frame={frame} />}
      {place !== null && over?.({ page, frame, aspect: front!.aspect, place })}
      {isSlow && (
        <>
          <div className="stage-document-progress" role="progressbar" aria-label={words.loading} />
          {front === null && (
            <p className="stage-document-waits" aria-hidden>
              {words.loading}
            </p>
          )}
        </>
      )}
      {isMissing && (
        <div className="stage-document-failed" role="status">
          <strong>{words.failed}</strong>
          <span>{isCutOff ? words.unreachable : words.broken}</span>
        </div>
      )}
    </>
  );
}

type Painted = { url: string; page: number /** width by height */; aspect: number };
type WantedPage = { page: number; region: PageRegion; frame: Size };

/** The former page stays in front until the next one is decoded: a turn has no blank in between. */
function usePainted(shown: WatchedDocument, pictures: PagePictures, { page, region, frame }: WantedPage) {
  const documentId = useOfDocument(shown, (document) => document.documentId) ?? '';
  const pageCount = useOfDocument(shown, (document) => document.pageCount);
  const ratio = window.devicePixelRatio;
  const size = pageSizeFor({ widthPx: frame.width * ratio, heightPx: frame.height * ratio }, region);
  useEffect(
    () => pictures.want({ documentId, page, size, pageCount, withNeighbours: true }),
    [pictures, documentId, page, size, pageCount],
  );
  const picture = useSyncExternalStore(pictures.subscribe, () => pictures.pictureOf({ documentId, page, size }));
  const { url, widthPx, heightPx, status } = picture;
  const here = useMemo(
    (): Painted | null => (url === null ? null : { url, page, aspect: widthPx / heightPx }),
    [url, page, widthPx, heightPx],
  );
  const [front, setFront] = useState<Painted | null>(null);
  const onDecoded = useCallback((decoded: Painted) => setFront(decoded), []);
  return { front, next: here === null || here.url === front?.url ? null : here, onDecoded, status };
}

function useLongTrue(value: boolean, forMs: number): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!value) return;
    const timer = setTimeout(() => setLong(true), forMs);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [value, forMs]);
  return value && isLong;
}

type PageProps = {
  picture: Painted;
  /** false: decoded out of sight */
  isFront: boolean;
  shown: WatchedDocument;
  words: DocumentWords;
  frame: Size;
  region: PageRegion;
  onDecoded: (picture: Painted) => void;
};

function Page({ picture, isFront, shown, words, frame, region, onDecoded }: PageProps) {
  const { url, page, aspect } = picture;
  const title = useOfDocument(shown, (document) => document.title) ?? '';
  const pageCount = useOfDocument(shown, (document) => document.pageCount);
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    let isGone = false;
    const done = (): void => {
      if (!isGone) onDecoded(picture);
    };
    // it was decoded once: one that this element cannot decode ahead is shown all the same
    image.current!.decode().then(done, done);
    return () => {
      isGone = true;
    };
  }, [picture, onDecoded]);
  const whole = placePage(frame, aspect, WHOLE_PAGE);
  const place = placePage(frame, aspect, region);
  const style: CSSProperties = {
    width: whole.width,
    height: whole.height,
    transform: `translate(${place.x}px, ${place.y}px) scale(${place.width / whole.width})`,
  };
  return (
    <div className="stage-page" data-page={page} style={style} hidden={!isFront}>
      <img ref={image} src={url} alt={isFront ? words.page(title, page, pageCount) : ''} draggable={false} />
      <PageInk shown={shown} page={page} aspect={aspect} />
    </div>
  );
}

function PageInk({ shown, page, aspect }: { shown: WatchedDocument; page: number; aspect: number }) {
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

function Laser({ shown, page, place, frame }: { shown: WatchedDocument; page: number; place: Rect; frame: Size }) {
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
function drawnPerFrame(shown: WatchedDocument, draw: () => void): () => void {
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
