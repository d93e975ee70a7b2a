/** What a key does to the player. */
export type PlayerKey =
  | 'toggle-play'
  | 'back'
  | 'on'
  | 'far-back'
  | 'far-on'
  | 'louder'
  | 'quieter'
  | 'toggle-mute'
  | 'toggle-full-screen'
  | 'toggle-captions'
  | 'to-start'
  | 'to-end';

export const STEP_MS = 5_000;
export const FAR_STEP_MS = 10_000;
export const VOLUME_STEP = 10;

const keys: Readonly<Record<string, PlayerKey>> = {
  ' ': 'toggle-play',
  k: 'toggle-play',
  ArrowLeft: 'back',
  ArrowRight: 'on',
  j: 'far-back',
  l: 'far-on',
  ArrowUp: 'louder',
  ArrowDown: 'quieter',
  m: 'toggle-mute',
  f: 'toggle-full-screen',
  c: 'toggle-captions',
  Home: 'to-start',
  End: 'to-end',
};
/** A hangul keyboard sends these for the letters. */
const hangul: Readonly<Record<string, string>> = { ㅏ: 'k', ㅓ: 'j', ㅣ: 'l', ㅡ: 'm', ㄹ: 'f', ㅊ: 'c' };

type Pressed = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'isComposing'>;

/**
 * @param on what has the focus: `page`, the `timeline`, another `slider`, something that is `pressed` by space, or where one `types`
 * @returns null: the key is for the page or for what has the focus
 */
export function playerKeyOf(
  pressed: Pressed,
  on: 'page' | 'player' | 'timeline' | 'slider' | 'pressed' | 'types',
): PlayerKey | null {
  if (pressed.altKey || pressed.ctrlKey || pressed.metaKey || pressed.isComposing || on === 'types') return null;
  const letter = pressed.key.length === 1 ? pressed.key.toLowerCase() : pressed.key;
  const key = keys[hangul[letter] ?? letter] ?? null;
  if (key === null) return null;
  if (on === 'pressed' && letter === ' ') return null;
  if (on === 'slider' && (letter.startsWith('Arrow') || letter === 'Home' || letter === 'End')) return null;
  // the page scrolls by these where the player has no focus
  if (on === 'page' && (key === 'louder' || key === 'quieter')) return null;
  return key;
}
