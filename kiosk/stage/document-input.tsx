/**
 * Over the page of a document: what a presenter's finger, pen or mouse does there becomes acts. Their own ink and pointer
 * are seen at once (`own`); `onAct` gets each, and paces them for its line. Phone, tablet and guest's page share it.
 */
import { useEffect, useRef, useState } from 'react';
import type { DocumentAct } from '#contract/shared-document.ts';
import { DocumentView } from './document-view.tsx';
import type { OwnDocument } from './own-document.ts';
import { type DocumentTool, PageGestures, type Point } from './page-gestures.ts';
import type { PaintedPage, StageDocument } from './stage-document.ts';

type DocumentInputProps = Omit<StageDocument, 'shown' | 'over'> & {
  /** draws what it holds; the page that uses this keeps it current by `own.follow` */
  own: OwnDocument;
  /** null: looks on. Another one presents, or nobody does */
  tool: DocumentTool | null;
  onAct: (act: DocumentAct) => void;
};

export function DocumentInput({ own, tool, onAct, ...view }: DocumentInputProps) {
  return (
    <DocumentView
      shown={own}
      {...view}
      over={(painted) => tool !== null && <DocumentInputLayer own={own} painted={painted} tool={tool} onAct={onAct} />}
    />
  );
}

type DocumentInputLayerProps = {
  own: OwnDocument;
  painted: PaintedPage;
  tool: DocumentTool;
  onAct: (act: DocumentAct) => void;
};

/** On a stage: see `over` of its document. */
export function DocumentInputLayer({ own, painted, tool, onAct }: DocumentInputLayerProps) {
  const layer = useRef<HTMLDivElement>(null);
  const latest = useRef(onAct);
  useEffect(() => {
    latest.current = onAct;
  });
  const [gestures] = useState(
    () =>
      new PageGestures((act) => {
        own.act(act);
        latest.current(act);
      }),
  );
  useEffect(() => gestures.setTool(tool), [gestures, tool]);
  useEffect(() => gestures.setPage(painted), [gestures, painted]);
  useEffect(() => {
    const end = listen(layer.current!, gestures);
    return () => {
      end();
      gestures.stop();
    };
  }, [gestures]);
  return <div ref={layer} className="stage-document-input" data-tool={tool.tool} />;
}

/** Without React: its events come later than the browser's own, and `wheel` must be able to keep the page from zooming. */
function listen(layer: HTMLElement, gestures: PageGestures): () => void {
  const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = layer.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const ended = new AbortController();
  const on = <K extends 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel' | 'wheel'>(
    name: K,
    handle: (event: HTMLElementEventMap[K]) => void,
  ): void => layer.addEventListener(name, handle, { signal: ended.signal, passive: false });
  on('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    layer.setPointerCapture?.(event.pointerId);
    const type = event.pointerType === 'pen' || event.pointerType === 'touch' ? event.pointerType : 'mouse';
    gestures.down(event.pointerId, type, pointOf(event));
  });
  on('pointermove', (event) => {
    const all = event.getCoalescedEvents?.() ?? [];
    gestures.move(event.pointerId, (all.length > 0 ? all : [event]).map(pointOf));
  });
  on('pointerup', (event) => gestures.up(event.pointerId));
  on('pointercancel', (event) => gestures.up(event.pointerId));
  on('wheel', (event) => {
    event.preventDefault();
    gestures.wheel(pointOf(event), event.deltaY);
  });
  return () => ended.abort();
}
