/** Keys of the player, and those that stay with the page. */
import { expect, it } from 'vitest';
import { playerKeyOf } from './player-keys.ts';

const press = (key: string, on: Parameters<typeof playerKeyOf>[1] = 'page', over: Partial<KeyboardEvent> = {}) =>
  playerKeyOf({ key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false, ...over }, on);

it('works from anywhere on the page, in both keyboards', () => {
  expect(['k', 'K', 'ㅏ', ' '].map((key) => press(key))).toEqual(Array(4).fill('toggle-play'));
  expect(
    ['j', 'ㅓ', 'l', 'ㅣ', 'ArrowLeft', 'ArrowRight', 'm', 'ㅡ', 'f', 'ㄹ', 'c', 'ㅊ', 'Home', 'End'].map((key) =>
      press(key),
    ),
  ).toEqual([
    'far-back',
    'far-back',
    'far-on',
    'far-on',
    'back',
    'on',
    'toggle-mute',
    'toggle-mute',
    'toggle-full-screen',
    'toggle-full-screen',
    'toggle-captions',
    'toggle-captions',
    'to-start',
    'to-end',
  ]);
});

it('leaves what somebody types, and the browser’s own shortcuts', () => {
  expect(press('k', 'types')).toBeNull();
  expect(press('l', 'page', { ctrlKey: true })).toBeNull();
  expect(press('f', 'page', { metaKey: true })).toBeNull();
  expect(press('x')).toBeNull();
});

it('leaves a button its space, a slider its arrows, the page its scrolling', () => {
  expect(press(' ', 'pressed')).toBeNull();
  expect(press('k', 'pressed')).toBe('toggle-play');
  expect(press('ArrowLeft', 'slider')).toBeNull();
  expect(press('ArrowLeft', 'timeline')).toBe('back');
  expect(press('ArrowUp', 'page')).toBeNull();
  expect(press('ArrowUp', 'player')).toBe('louder');
});
