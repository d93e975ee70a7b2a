/** Whether a page that runs has anything on it for a person to see: text, a picture, a drawing. A TV without is black. */
const DRAWN = 'img, video, canvas, svg';

export function showsNothing(body: HTMLElement): boolean {
  // biome-ignore lint/performance/useDomNodeTextContent: text that is not displayed is nothing to be seen
  return body.innerText.trim() === '' && ![...body.querySelectorAll(DRAWN)].some(isSeen);
}

function isSeen(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}
