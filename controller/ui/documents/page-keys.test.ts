// @vitest-environment happy-dom
/** Which keys turn pages, and where they keep their own meaning. */
import { describe, expect, it } from 'vitest';
import { turnedByKey } from './page-keys.ts';

const pages = { page: 3, pageCount: 12 };
const pressed = (key: string, over: Partial<Parameters<typeof turnedByKey>[0]> = {}) => ({
  key,
  defaultPrevented: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  target: document.body,
  ...over,
});
const inside = (html: string): Element => {
  document.body.innerHTML = html;
  return document.body.querySelector('[data-target]')!;
};

describe('keys', () => {
  it.each([
    ['ArrowRight', 4],
    ['ArrowDown', 4],
    ['PageDown', 4],
    [' ', 4],
    ['ArrowLeft', 2],
    ['ArrowUp', 2],
    ['PageUp', 2],
    ['a', null],
    ['Enter', null],
  ])('%o turns to %o', (key, to) => {
    expect(turnedByKey(pressed(key), pages)).toBe(to);
  });

  it('stay at the ends, also where pages are not counted', () => {
    expect(turnedByKey(pressed('PageUp'), { page: 1, pageCount: 12 })).toBe(1);
    expect(turnedByKey(pressed('PageDown'), { page: 12, pageCount: 12 })).toBe(12);
    expect(turnedByKey(pressed('PageDown'), { page: 12, pageCount: null })).toBe(13);
  });

  it('are left to the browser, to lists of choices, fields and dialogs', () => {
    for (const over of [
      { altKey: true },
      { ctrlKey: true },
      { metaKey: true },
      { shiftKey: true },
      { defaultPrevented: true },
    ])
      expect(turnedByKey(pressed('ArrowLeft', over), pages)).toBeNull();
    for (const html of [
      '<input data-target>',
      '<div role=radiogroup><span data-target></span></div>',
      '<div role=dialog><button data-target>x</button></div>',
    ])
      expect(turnedByKey(pressed('ArrowRight', { target: inside(html) }), pages)).toBeNull();
  });

  it('press a button by the space bar, and turn by the arrows beside it', () => {
    const target = inside('<button><span data-target>Mute</span></button>');
    expect(turnedByKey(pressed(' ', { target }), pages)).toBeNull();
    expect(turnedByKey(pressed('ArrowRight', { target }), pages)).toBe(4);
  });
});
