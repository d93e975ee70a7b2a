/** While this person presents: the keys that turn pages, and where they go after a dialog. */
import { useEffect } from 'react';
import type { DocumentAct, DocumentHeading } from '#contract/shared-document.ts';
import { turnedByKey } from '#ui/documents/page-keys.ts';

/** React Aria dispatches it on the button to which a closed dialog gives the focus back; cancelled, it does not. */
const GIVES_FOCUS_BACK = 'react-aria-focus-scope-restore';

type PageKeysOptions = Pick<DocumentHeading, 'page' | 'pageCount'> & {
  isPresenter: boolean;
  act: (act: DocumentAct) => void;
};

export function usePageKeys({ isPresenter, page, pageCount, act }: PageKeysOptions): void {
  useEffect(() => {
    if (!isPresenter) return;
    const onKey = (event: KeyboardEvent): void => {
      const to = turnedByKey(event, { page, pageCount });
      if (to === null) return;
      event.preventDefault();
      if (to !== page) act({ act: 'turn-page', page: to });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [isPresenter, page, pageCount, act]);
  useEffect(() => {
    if (!isPresenter) return;
    addEventListener(GIVES_FOCUS_BACK, focusPage);
    return () => removeEventListener(GIVES_FOCUS_BACK, focusPage);
  }, [isPresenter]);
}

/** On the button the space bar would open the dialog again. From the page the Tab key goes on to the presenter's bar. */
function focusPage(event: Event): void {
  const tile = document.querySelector<HTMLElement>('.stage-document');
  if (tile === null) return;
  event.preventDefault();
  tile.focus({ preventScroll: true });
}
