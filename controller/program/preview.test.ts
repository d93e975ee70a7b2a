// @vitest-environment happy-dom
/** The green room's picture: the stage under the card, drawn from its elements. */
import { afterEach, expect, it } from 'vitest';
import { paintStage, previewOf } from './preview.ts';

afterEach(() => document.body.replaceChildren());

/** A painter that notes what it draws. */
function painterUnderTest() {
  const drawn: unknown[][] = [];
  const painter = {
    fillStyle: '',
    font: '',
    textBaseline: 'alphabetic' as CanvasTextBaseline,
    setTransform: (...at: unknown[]) => void drawn.push(['transform', ...at]),
    fillRect: (...at: unknown[]) => void drawn.push(['ground', painter.fillStyle, ...at]),
    drawImage: (_: unknown, ...at: unknown[]) => void drawn.push(['picture', ...at]),
    fillText: (text: string) => void drawn.push(['words', text]),
  };
  return { painter: painter as never, drawn };
}
function place<T extends HTMLElement>(element: T, parent: Element, [x, y, width, height]: number[], style = ''): T {
  element.setAttribute('style', style);
  element.getBoundingClientRect = () => new DOMRect(x, y, width, height);
  parent.append(element);
  return element;
}
const stageUnderTest = () => place(document.createElement('div'), document.body, [0, 0, 1280, 720]);
function video(parent: Element, box: number[], [width, height]: number[], fit: string): void {
  const made = place(document.createElement('video'), parent, box, `object-fit: ${fit}`);
  Object.defineProperties(made, { videoWidth: { value: width }, videoHeight: { value: height } });
}

it('draws each picture where it stands, cut as on the stage', () => {
  const stage = stageUnderTest();
  video(stage, [0, 0, 640, 720], [1280, 720], 'cover');
  video(stage, [640, 0, 640, 720], [1280, 720], 'contain');
  const { painter, drawn } = painterUnderTest();
  paintStage(painter, stage, 320);
  expect(drawn).toContainEqual(['transform', 0.25, 0, 0, 0.25, -0, -0]);
  expect(drawn.filter(([what]) => what === 'picture')).toEqual([
    ['picture', 320, 0, 640, 720, 0, 0, 640, 720],
    ['picture', 0, 0, 1280, 720, 640, 180, 640, 360],
  ]);
});

it('draws grounds and names, and nothing that is not seen', () => {
  const stage = stageUnderTest();
  const tile = place(document.createElement('div'), stage, [10, 10, 100, 60], 'background-color: rgb(1, 2, 3)');
  place(document.createElement('span'), tile, [12, 50, 40, 16]).textContent = 'Mina';
  place(document.createElement('span'), tile, [12, 50, 1, 1]).textContent = 'for screen readers';
  place(document.createElement('span'), tile, [12, 50, 40, 16], 'visibility: hidden').textContent = 'hidden';
  video(tile, [10, 10, 100, 60], [0, 0], 'cover');
  const { painter, drawn } = painterUnderTest();
  paintStage(painter, stage, 320);
  expect(drawn.slice(1)).toEqual([
    ['ground', 'rgb(1, 2, 3)', 10, 10, 100, 60],
    ['words', 'Mina'],
  ]);
});

it('is none where nothing is drawn', async () => {
  expect(await previewOf(null)).toBeNull();
});
