/**
 * Strokes on a page, as SVG paths: drawn without React, a path for each stroke. The browser keeps the picture of those that
 * are done; the one that grows lies in a layer of its own, so that each point repaints little.
 */
import { getStroke } from 'perfect-freehand';
import { PAGE_UNITS, type Stroke, type StrokeColour } from '#contract/shared-document.ts';
import type { Size } from './geometry.ts';

/** Units on the shorter side of the page: thickness is a part of that. */
const SHORTER_SIDE = 1_000;
const THICKNESS: Record<StrokeColour, number> = { red: 6, blue: 6, green: 6, black: 6, marker: 30 };
const SVG = 'http://www.w3.org/2000/svg';

/** The coordinates in which strokes of a page are drawn. */
export const inkBox = (aspect: number): Size =>
  aspect >= 1
    ? { width: SHORTER_SIDE * aspect, height: SHORTER_SIDE }
    : { width: SHORTER_SIDE, height: SHORTER_SIDE / aspect };

/** The outline of a stroke as a closed path in `inkBox`. */
export function strokePath({ points, colour }: Pick<Stroke, 'points' | 'colour'>, aspect: number): string {
  const { width, height } = inkBox(aspect);
  const line: [number, number][] = [];
  for (let index = 0; index + 1 < points.length; index += 2) {
    line.push([(points[index]! / PAGE_UNITS) * width, (points[index + 1]! / PAGE_UNITS) * height]);
  }
  const isMarker = colour === 'marker';
  const outline = getStroke(line, {
    size: THICKNESS[colour],
    thinning: isMarker ? 0 : 0.3,
    smoothing: 0.5,
    streamline: 0.3,
    // the line reaches the point where the pen is
    last: true,
  });
  return closedCurve(outline);
}

/** Smooth: the outline's points steer the curve, and it passes half way between them. */
function closedCurve(points: readonly number[][]): string {
  if (points.length === 0) return '';
  const middles = points.map(([x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length]!;
    return `${point((x! + nextX!) / 2)} ${point((y! + nextY!) / 2)}`;
  });
  const curves = points.slice(1).map(([x, y], index) => `Q${point(x!)} ${point(y!)} ${middles[index + 1]}`);
  return `M${middles[0]}${curves.join('')}Z`;
}

const point = (length: number): string => length.toFixed(1);

type Drawn = { stroke: Stroke; path: SVGPathElement };

export class Ink {
  readonly #done: SVGSVGElement;
  readonly #growing: SVGSVGElement;
  readonly #aspect: number;
  readonly #drawn = new Map<string, Drawn>();

  /** @param aspect width by height of the page */
  constructor(done: SVGSVGElement, growing: SVGSVGElement, aspect: number) {
    this.#done = done;
    this.#growing = growing;
    this.#aspect = aspect;
    const { width, height } = inkBox(aspect);
    for (const layer of [done, growing]) layer.setAttribute('viewBox', `0 0 ${width} ${height}`);
  }

  /** The strokes of this page, the oldest first. Those that are the same objects as before are not touched. */
  show(strokes: readonly Stroke[]): void {
    const here = new Set(strokes.map(({ strokeId }) => strokeId));
    for (const [strokeId, { path }] of this.#drawn) {
      if (here.has(strokeId)) continue;
      path.remove();
      this.#drawn.delete(strokeId);
    }
    for (const stroke of strokes) {
      const drawn = this.#drawn.get(stroke.strokeId);
      if (drawn?.stroke !== stroke) this.#draw(stroke, drawn?.path ?? null);
    }
  }

  #draw(stroke: Stroke, known: SVGPathElement | null): void {
    const path = known ?? document.createElementNS(SVG, 'path');
    path.setAttribute('d', strokePath(stroke, this.#aspect));
    path.dataset.colour = stroke.colour;
    this.#drawn.set(stroke.strokeId, { stroke, path });
    if (path.parentNode === this.#growing) return;
    this.#done.append(...this.#growing.childNodes);
    this.#growing.append(path);
  }
}
