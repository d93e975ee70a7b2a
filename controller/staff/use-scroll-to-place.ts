/** A link of minutes leads to a place of the meeting's page: it is scrolled to as soon as it is there. */
import { useEffect } from 'react';

/** Parts are fetched one after the other. What is not there by then is not shown: its part is. */
const THERE_WITHIN_MS = 5_000;

/** @param place see `meetingPlaceUrl`; null: none */
export function useScrollToPlace(place: string | null): void {
  useEffect(() => {
    if (place === null) return;
    // `chat-` and a message: its part has the first word
    const [part, ...rest] = place.split('-');
    const line = rest.join('-');
    const scrollTo = (wanted: string): boolean => {
      const all = document.querySelectorAll<HTMLElement>('[data-place], [data-line]');
      const places = [...all].filter((each) => each.closest('[hidden]') === null);
      const found =
        places.find(({ dataset }) => dataset.place === wanted) ??
        // of words: in whatever part they stand
        places.find(({ dataset }) => wanted === place && line !== '' && dataset.line === line);
      found?.scrollIntoView({ block: 'center' });
      return found !== undefined;
    };
    const observer = new MutationObserver(() => {
      if (scrollTo(place)) end();
    });
    const late = setTimeout(() => {
      end();
      scrollTo(part!);
    }, THERE_WITHIN_MS);
    const end = (): void => {
      observer.disconnect();
      clearTimeout(late);
    };
    if (scrollTo(place)) end();
    else observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['hidden'] });
    return end;
  }, [place]);
}
