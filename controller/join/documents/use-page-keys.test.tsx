// @vitest-environment happy-dom
/** The keys turn pages as soon as the sheet from which a document was shared is closed. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { usePageKeys } from './use-page-keys.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

const turned = vi.fn();
const shared = vi.fn();
let root: Root;

function Guest({ isPresenter, isSharing }: { isPresenter: boolean; isSharing: boolean }) {
  usePageKeys({ isPresenter, page: 3, pageCount: 12, act: turned });
  return (
    <>
      <Button onPress={shared}>Share</Button>
      <Dialog title="Share" isOpen={isSharing} onClose={() => {}}>
        <Button>Choose</Button>
      </Dialog>
    </>
  );
}
const draw = (of: { isPresenter: boolean; isSharing: boolean }) => act(async () => root.render(<Guest {...of} />));
const press = (key: string) =>
  act(() => {
    for (const type of ['keydown', 'keyup'])
      document.activeElement!.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
  });
/** the dialog gives the focus back in the next frame */
const frame = () => act(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

beforeEach(async () => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  root = createRoot(document.body.appendChild(document.createElement('div')));
  await draw({ isPresenter: false, isSharing: false });
  act(() => document.querySelector('button')!.focus());
  await draw({ isPresenter: false, isSharing: true });
  await frame();
  expect(document.activeElement?.closest('[role=dialog]')).not.toBeNull();
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.clearAllMocks();
});

it.each([
  [' ', 4],
  ['PageDown', 4],
  ['ArrowRight', 4],
  ['PageUp', 2],
])('%o turns the page after a document was shared, and opens nothing', async (key, page) => {
  await draw({ isPresenter: true, isSharing: true });
  await draw({ isPresenter: true, isSharing: false });
  await frame();
  press(key);
  expect(turned).toHaveBeenCalledExactlyOnceWith({ act: 'turn-page', page });
  expect(shared).not.toHaveBeenCalled();
});

it('turns the page also where the focus is back before the document is shown', async () => {
  await draw({ isPresenter: false, isSharing: false });
  await frame();
  await draw({ isPresenter: true, isSharing: false });
  press(' ');
  press(' ');
  expect(turned).toHaveBeenCalledTimes(2);
  expect(shared).not.toHaveBeenCalled();
});

it('leaves the space bar to a button that a hand has focused', async () => {
  await draw({ isPresenter: true, isSharing: false });
  await frame();
  press('Tab');
  act(() => {
    document.querySelector('button')!.blur();
    document.querySelector('button')!.focus();
  });
  press(' ');
  expect(shared).toHaveBeenCalledOnce();
  expect(turned).not.toHaveBeenCalled();
});

it('presses the button again where nothing was shared', async () => {
  await draw({ isPresenter: false, isSharing: false });
  await frame();
  press(' ');
  expect(shared).toHaveBeenCalledOnce();
  expect(turned).not.toHaveBeenCalled();
});
