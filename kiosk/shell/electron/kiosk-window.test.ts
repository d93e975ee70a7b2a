import { expect, it } from 'vitest';
import { kioskWindow, type KioskWindowParts } from './app/kiosk-window.ts';

const ORIGIN = 'http://127.0.0.1:7420';
const KEY = 'k'.repeat(43);

it('leaves the page its key at each look, in a page of the screen’s origin alone', async () => {
  let origin = ORIGIN;
  const given: unknown[] = [];
  let key: string | null = null;
  const nothing = (): void => {};
  const port = kioskWindow({
    window: {
      on: nothing,
      getContentSize: () => [1920, 1080],
      webContents: {
        executeJavaScript: async (code: string) => {
          const world: { maruScreenKey?: unknown } = {};
          const answer = new Function('location', 'globalThis', `return eval(${JSON.stringify(code)})`)(
            { origin },
            world,
          ) as unknown;
          given.push(world.maruScreenKey);
          return answer;
        },
      },
      contentView: { addChildView: nothing },
    },
    picture: { setVisible: nothing, setBounds: nothing, webContents: { loadURL: async () => {} } },
    url: `${ORIGIN}/`,
    screenKey: () => key,
    pictureSvg: '<svg/>',
    isEnding: () => false,
  } as unknown as KioskWindowParts);

  expect(await port.look(1_000)).toBe('shown');
  key = KEY;
  expect(await port.look(1_000)).toBe('shown');
  origin = 'https://elsewhere.example';
  expect(await port.look(1_000)).toBe('elsewhere');
  expect(given).toEqual([undefined, KEY, undefined]);
});
