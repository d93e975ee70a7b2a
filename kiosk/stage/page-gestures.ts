/**
 * From fingers, pen and mouse to acts: one finger points, draws or moves the page by the chosen tool, two fingers zoom and
 * move it. Knows no elements; document-input.tsx brings the events.
 */
import { v7 as newId } from 'uuid';
import { type DocumentAct, MAX_STROKE_NUMBERS, type StrokeColour } from '#contract/shared-document.ts';
import type { Rect, Size } from './geometry.ts';
import { pinched, regionInFrame, toPagePoint } from './page-place.ts';

export type DocumentTool = { tool: 'move' | 'point' | 'pen'; colour: StrokeColour };
export type GesturePage = { page: number; frame: Size; aspect: number; place: Rect };
/** In the frame, CSS pixels. */
export type Point = { x: number; y: number };
type PointerType = 'mouse' | 'pen' | 'touch';
type Finger = { at: Point; type: PointerType };
type GestureAct = Extract<DocumentAct, { act: 'point' | 'zoom' | 'draw' | 'undo-stroke' }>;

/** A finger that was first of two had not meant to draw. */
const SECOND_FINGER_WITHIN_MS = 250;
/** A hand that rests beside the pen draws nothing so long after it. */
const PALM_MS = 1_000;
const WHEEL_UNITS_PER_E = 300;

export class PageGestures {
  readonly #onAct: (act: GestureAct) => void;
  readonly #nowMs: () => number;
  readonly #fingers = new Map<number, Finger>();
  #tool: DocumentTool = { tool: 'point', colour: 'red' };
  #page: GesturePage | null = null;
  /** null: two fingers, or the one that is left of them */
  #doing: { pointerId: number; tool: DocumentTool['tool']; strokeId: string; numbers: number; sinceMs: number } | null =
    null;
  #penSeenAtMs = Number.NEGATIVE_INFINITY;

  constructor(onAct: (act: GestureAct) => void, nowMs: () => number = () => performance.now()) {
    this.#onAct = onAct;
    this.#nowMs = nowMs;
  }

  setTool(tool: DocumentTool): void {
    if (tool.tool !== this.#tool.tool) this.#end();
    this.#tool = tool;
  }

  /** What lies in the frame now. Another page ends a stroke: what is drawn belongs to the page on which it began. */
  setPage(page: GesturePage): void {
    if (this.#page !== null && this.#page.page !== page.page) this.#end();
    this.#page = page;
  }

  down(pointerId: number, type: PointerType, at: Point): void {
    if (this.#page === null || (type === 'touch' && this.#isPalm())) return;
    if (type === 'pen') this.#penSeenAtMs = this.#nowMs();
    this.#fingers.set(pointerId, { at, type });
    if (this.#fingers.size === 2) this.#dropDoing();
    if (this.#fingers.size > 1) return;
    const { tool } = this.#tool;
    this.#doing = { pointerId, tool, strokeId: newId(), numbers: 0, sinceMs: this.#nowMs() };
    this.#touch([at]);
  }

  /** @param points since the last event, the latest last */
  move(pointerId: number, points: readonly Point[]): void {
    const finger = this.#fingers.get(pointerId);
    const at = points.at(-1);
    if (finger === undefined || at === undefined) return;
    if (finger.type === 'pen') this.#penSeenAtMs = this.#nowMs();
    const before = finger.at;
    const others = [...this.#fingers].filter(([id]) => id !== pointerId);
    finger.at = at;
    if (this.#doing?.pointerId === pointerId) {
      if (this.#doing.tool === 'move') this.#pinch(before, at, 1);
      else this.#touch(points);
    } else if (others.length === 1) {
      const other = others[0]![1].at;
      const factor = distance(at, other) / Math.max(1, distance(before, other));
      this.#pinch(middle(before, other), middle(at, other), factor);
    }
  }

  up(pointerId: number): void {
    this.#fingers.delete(pointerId);
    if (this.#doing?.pointerId === pointerId) this.#end();
  }

  wheel(at: Point, deltaY: number): void {
    this.#pinch(at, at, Math.exp(-deltaY / WHEEL_UNITS_PER_E));
  }

  /** Everything is let go, e.g. because the person presents no more. */
  stop(): void {
    this.#end();
    this.#fingers.clear();
  }

  #touch(points: readonly Point[]): void {
    const [doing, page] = [this.#doing, this.#page];
    if (doing === null || page === null || doing.tool === 'move') return;
    const onPage = points.map((at) => toPagePoint(page.place, at));
    if (doing.tool === 'point') {
      this.#onAct({ act: 'point', at: onPage.at(-1)! });
      return;
    }
    let numbers: number[] = [];
    for (const { x, y } of onPage) {
      numbers.push(x, y);
      if (doing.numbers + numbers.length < MAX_STROKE_NUMBERS) continue;
      this.#draw(numbers);
      // a long line goes on as another stroke from the same point
      doing.strokeId = newId();
      doing.numbers = 0;
      numbers = [x, y];
    }
    this.#draw(numbers);
  }

  #draw(points: number[]): void {
    const doing = this.#doing!;
    doing.numbers += points.length;
    const stroke = { strokeId: doing.strokeId, page: this.#page!.page, colour: this.#tool.colour, points };
    this.#onAct({ act: 'draw', stroke });
  }

  #pinch(from: Point, to: Point, factor: number): void {
    if (this.#page === null) return;
    const { frame, aspect, place } = this.#page;
    const next = pinched(frame, aspect, place, { from, to, factor });
    // until the state comes back with it, the next finger counts from here
    this.#page = { ...this.#page, place: next };
    this.#onAct({ act: 'zoom', region: regionInFrame(frame, next) });
  }

  #dropDoing(): void {
    const doing = this.#doing;
    if (doing?.tool === 'pen' && this.#nowMs() - doing.sinceMs < SECOND_FINGER_WITHIN_MS) {
      this.#doing = null;
      this.#onAct({ act: 'undo-stroke' });
    } else this.#end();
  }

  #end(): void {
    if (this.#doing?.tool === 'point') this.#onAct({ act: 'point', at: null });
    this.#doing = null;
  }

  #isPalm(): boolean {
    return this.#nowMs() - this.#penSeenAtMs < PALM_MS;
  }
}

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
