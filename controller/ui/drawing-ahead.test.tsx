// @vitest-environment happy-dom
/** What is drawn before it is due, and what stays a moment longer: cover, call drawn ahead, quick starts passed over. */
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cover } from './cover.tsx';
import { useDrawnAhead } from './use-drawn-ahead.ts';
import { useUnhurried } from './use-unhurried.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let root: Root;
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  vi.useFakeTimers();
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.useRealTimers();
});

const DrawnAhead = ({ as, joining = false }: { as: string | null; joining?: boolean }) => (
  <>{useDrawnAhead(as, joining) ?? 'nothing'}</>
);
const Unhurried = ({ name, says }: { name: string; says: string }) => <>{useUnhurried(name, says)}</>;

const draw = (what: ReactNode) => act(() => root.render(what));
const wait = (ms: number) => act(() => vi.advanceTimersByTime(ms));
const shown = () => document.body.textContent;

describe('the cover over a call that is drawn ahead', () => {
  const cover = (lifted: boolean) => (
    <Cover lifted={lifted} className="h-full">
      <p>check page</p>
    </Cover>
  );
  const layer = () => document.querySelector('p')!.parentElement!;

  it('is there for the eye and for a reader while nothing is under way', () => {
    draw(cover(false));
    wait(5_000);
    expect(shown()).toBe('check page');
    expect(layer().hasAttribute('aria-hidden')).toBe(false);
    expect(layer().className).not.toContain('translate');
    expect(layer().className).toContain('h-full');
  });

  it('is out of sight at once when it is lifted, and taken apart a second later', () => {
    draw(cover(false));
    const before = layer();
    draw(cover(true));
    // the same layer, only moved: nothing is painted anew
    expect(layer()).toBe(before);
    expect(layer().getAttribute('aria-hidden')).toBe('true');
    expect(layer().className).toContain('-translate-x-');
    wait(990);
    expect(shown()).toBe('check page');
    wait(20);
    expect(shown()).toBe('');
  });

  it('comes back whole when the call did not come to be', () => {
    draw(cover(true));
    wait(2_000);
    draw(cover(false));
    expect(shown()).toBe('check page');
    expect(layer().hasAttribute('aria-hidden')).toBe(false);
  });
});

describe('a call drawn ahead', () => {
  it('is drawn once the way in has been open for a while', () => {
    draw(<DrawnAhead as={null} />);
    draw(<DrawnAhead as="peer" />);
    wait(290);
    expect(shown()).toBe('nothing');
    wait(20);
    expect(shown()).toBe('peer');
  });

  it('is drawn as the peer that is prepared now, and goes with the preparation', () => {
    draw(<DrawnAhead as="peer" />);
    wait(310);
    draw(<DrawnAhead as="another" />);
    expect(shown()).toBe('another');
    draw(<DrawnAhead as={null} />);
    expect(shown()).toBe('nothing');
  });

  it('stays while it is joined, though the preparation is used up', () => {
    draw(<DrawnAhead as="peer" />);
    wait(310);
    draw(<DrawnAhead as={null} joining />);
    wait(5_000);
    expect(shown()).toBe('peer');
  });

  it('is not begun by a Join that came before it', () => {
    draw(<DrawnAhead as="peer" />);
    draw(<DrawnAhead as="peer" joining />);
    wait(5_000);
    expect(shown()).toBe('nothing');
  });
});

describe('a start that passes quickly', () => {
  it('is never drawn: what idle looked like stays, whatever is said meanwhile', () => {
    draw(<Unhurried name="idle" says="idle" />);
    draw(<Unhurried name="starting" says="connecting" />);
    wait(150);
    draw(<Unhurried name="starting" says="still connecting" />);
    expect(shown()).toBe('idle');
    draw(<Unhurried name="in-call" says="call" />);
    expect(shown()).toBe('call');
  });

  it('is drawn when it takes longer', () => {
    draw(<Unhurried name="idle" says="idle" />);
    draw(<Unhurried name="starting" says="connecting" />);
    wait(190);
    expect(shown()).toBe('idle');
    wait(20);
    expect(shown()).toBe('connecting');
  });

  it('is drawn at once where something else than idle stood before it', () => {
    draw(<Unhurried name="fault" says="fault" />);
    draw(<Unhurried name="starting" says="connecting" />);
    expect(shown()).toBe('connecting');
  });
});
