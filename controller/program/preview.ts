/**
 * A small JPEG of what will be on air, for the presenters' green room. What is sent then is the title card: the stage stands ready
 * under it, and is drawn here from its elements.
 */

const SIZE = { width: 320, height: 180 };
const MOST_BYTES = 12 * 1024;
const QUALITIES = [0.7, 0.5, 0.3, 0.15];
/** of elements that are for screen readers alone */
const SEEN_FROM_PX = 2;

type Painter = Pick<
  OffscreenCanvasRenderingContext2D,
  'setTransform' | 'fillRect' | 'drawImage' | 'fillText' | 'fillStyle' | 'font' | 'textBaseline'
>;

/** @returns base64; null: there is nothing to draw, or no picture of it is small enough */
export async function previewOf(stage: Element | null): Promise<string | null> {
  if (stage === null) return null;
  try {
    const canvas = new OffscreenCanvas(SIZE.width, SIZE.height);
    paintStage(canvas.getContext('2d')!, stage, SIZE.width);
    for (const quality of QUALITIES) {
      const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality });
      if (jpeg.size <= MOST_BYTES) return base64Of(new Uint8Array(await jpeg.arrayBuffer()));
    }
  } catch (error) {
    // the green room goes on without
    console.warn('program: no preview', error);
  }
  return null;
}

/** Grounds, pictures and words of the stage where they stand, one over the other as they follow in the page. */
export function paintStage(painter: Painter, stage: Element, widthPx: number): void {
  const { left, top, width } = stage.getBoundingClientRect();
  const scale = widthPx / width;
  painter.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
  for (const element of [stage, ...stage.querySelectorAll('*')]) paintElement(painter, element);
}

function paintElement(painter: Painter, element: Element): void {
  const { left, top, width, height } = element.getBoundingClientRect();
  if (width < SEEN_FROM_PX || height < SEEN_FROM_PX) return;
  const { visibility, opacity, backgroundColor, objectFit, color, font } = getComputedStyle(element);
  if (visibility === 'hidden' || opacity === '0') return;
  if (backgroundColor !== 'rgba(0, 0, 0, 0)' && backgroundColor !== '') {
    painter.fillStyle = backgroundColor;
    painter.fillRect(left, top, width, height);
  }
  const picture = pictureOf(element);
  if (picture !== null) paintPicture(painter, picture, { left, top, width, height }, objectFit);
  for (const node of element.childNodes) {
    if (node.nodeType !== Node.TEXT_NODE || node.textContent?.trim() === '') continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const line = range.getBoundingClientRect();
    painter.fillStyle = color;
    painter.font = font;
    painter.textBaseline = 'middle';
    painter.fillText(node.textContent!.trim(), line.left, line.top + line.height / 2, line.width);
  }
}

type Picture = { of: CanvasImageSource; width: number; height: number };
/** null: it is none, or nothing has come of it */
function pictureOf(element: Element): Picture | null {
  const picture =
    element instanceof HTMLVideoElement
      ? { of: element, width: element.videoWidth, height: element.videoHeight }
      : element instanceof HTMLImageElement
        ? { of: element, width: element.naturalWidth, height: element.naturalHeight }
        : element instanceof HTMLCanvasElement
          ? { of: element, width: element.width, height: element.height }
          : null;
  return picture === null || picture.width * picture.height === 0 ? null : picture;
}

type Box = { left: number; top: number; width: number; height: number };
/** `cover` shows its middle, `contain` all of it. */
function paintPicture(painter: Painter, { of, width, height }: Picture, box: Box, fit: string): void {
  const scales = [box.width / width, box.height / height] as const;
  if (fit === 'cover') {
    const scale = Math.max(...scales);
    const [seenWidth, seenHeight] = [box.width / scale, box.height / scale];
    const [x, y] = [(width - seenWidth) / 2, (height - seenHeight) / 2];
    painter.drawImage(of, x, y, seenWidth, seenHeight, box.left, box.top, box.width, box.height);
    return;
  }
  const [across, down] = fit === 'contain' ? [Math.min(...scales), Math.min(...scales)] : scales;
  const [drawnWidth, drawnHeight] = [width * across, height * down];
  const [x, y] = [box.left + (box.width - drawnWidth) / 2, box.top + (box.height - drawnHeight) / 2];
  painter.drawImage(of, 0, 0, width, height, x, y, drawnWidth, drawnHeight);
}

const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
