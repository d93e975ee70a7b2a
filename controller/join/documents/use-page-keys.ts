/**
 * While this person presents: the keys that turn pages. A button to which no hand has brought the focus, as the one to which a
 * closed dialog gives it back, leaves the space bar to the page.
 */
import { useEffect, useRef } from 'react';
import type { DocumentAct, DocumentHeading } from '#contract/shared-document.ts';
import { turnedByKey } from '#ui/documents/page-keys.ts';

type PageKeysOptions = Pick<DocumentHeading, 'page' | 'pageCount'> & {
  isPresenter: boolean;
  act: (act: DocumentAct) => void;
};

export function usePageKeys({ isPresenter, page, pageCount, act }: PageKeysOptions): void {
  const isFocusByHand = useRef(false);
  useEffect(() => {
    if (!isPresenter) return;
    isFocusByHand.current = false;
    return followFocus((isByHand) => {
      isFocusByHand.current = isByHand;
    });
  }, [isPresenter]);
  useEffect(() => {
    if (!isPresenter) return;
    const turn = (event: KeyboardEvent, target: EventTarget | null): void => {
      const to = turnedByKey(event, { page, pageCount }, target);
      if (to === null) return;
      event.preventDefault();
      if (to !== page) act({ act: 'turn-page', page: to });
    };
    const onKey = (event: KeyboardEvent): void => turn(event, event.target);
    const onKeyFirst = (event: KeyboardEvent): void => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (event.key !== ' ' || button === null || isFocusByHand.current || button.closest('[role=dialog]')) return;
      // neither this nor the key's release is the button's
      event.stopPropagation();
      button.blur();
      turn(event, document.body);
    };
    addEventListener('keydown', onKeyFirst, { capture: true });
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKeyFirst, { capture: true });
      removeEventListener('keydown', onKey);
    };
  }, [isPresenter, page, pageCount, act]);
}

/** At each move of the focus: whether the Tab key or a pointer has done it, in this moment. */
function followFocus(onMoved: (isByHand: boolean) => void): () => void {
  const ended = new AbortController();
  let isHandAtWork = false;
  const onHand = (): void => {
    isHandAtWork = true;
    setTimeout(() => {
      isHandAtWork = false;
    });
  };
  const at = { capture: true, signal: ended.signal };
  addEventListener('pointerdown', onHand, at);
  addEventListener('keydown', ({ key }) => key === 'Tab' && onHand(), at);
  addEventListener('focusin', () => onMoved(isHandAtWork), at);
  return () => ended.abort();
}
