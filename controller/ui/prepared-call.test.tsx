// @vitest-environment happy-dom
/** A call that is drawn ahead: when it is drawn, when it is seen, and what is not drawn again while a person waits. */
import { act, StrictMode, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PreparedCall } from './prepared-call.tsx';
import { useDelayedStart } from './use-delayed-start.ts';

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
const wait = (ms: number) => act(() => vi.advanceTimersByTime(ms));

const modes = [
  ['as the pages draw', ({ children }: { children: ReactNode }) => children],
  ['in StrictMode', StrictMode],
] as const;

describe.each(modes)('a prepared call, %s', (_, Mode) => {
  type Moment = Partial<Omit<Parameters<typeof PreparedCall>[0], 'before' | 'children'>> & {
    page?: string;
    words?: string;
  };
  const draw = ({ page = 'check', words = '', ...moment }: Moment) =>
    act(() =>
      root.render(
        <Mode>
          <PreparedCall
            preparedAs={null}
            joining={false}
            wanted={false}
            joinedAs={null}
            coverClassName="opaque"
            notice={<i>joining</i>}
            before={<p>{page}</p>}
            {...moment}
          >
            {(selfPeerId) => (
              <b>
                {selfPeerId}
                {words}
              </b>
            )}
          </PreparedCall>
        </Mode>,
      ),
    );
  const call = () => document.querySelector('b')?.textContent ?? null;
  const callLayer = () => document.querySelector('b')!.parentElement!;
  const page = () => document.querySelector('p')?.textContent ?? null;
  const pageLayer = () => document.querySelector('p')!.parentElement!;
  const notice = () => document.querySelector('i');
  const joining = { joining: true, wanted: true };
  const drawnAhead = () => {
    draw({ preparedAs: 'peer' });
    wait(310);
  };

  it('is drawn once it has been prepared for a while, out of sight', () => {
    draw({ preparedAs: 'peer' });
    wait(290);
    expect(call()).toBe(null);
    wait(20);
    expect(call()).toBe('peer');
    expect(callLayer().hasAttribute('inert')).toBe(true);
    expect(callLayer().getAttribute('aria-hidden')).toBe('true');
    expect(page()).toBe('check');
    expect(pageLayer().className).toContain('opaque');
    expect(pageLayer().className).not.toContain('translate-x');
    expect(pageLayer().hasAttribute('aria-hidden')).toBe(false);
    // behind the page: later layers are painted over earlier ones
    expect(callLayer().compareDocumentPosition(pageLayer())).toBe(Node.DOCUMENT_POSITION_FOLLOWING);
  });

  it('is drawn as the peer that is prepared now, and goes with the preparation', () => {
    drawnAhead();
    draw({ preparedAs: 'another' });
    expect(call()).toBe('another');
    draw({});
    expect(call()).toBe(null);
    draw({ joining: true, wanted: true });
    expect(call()).toBe(null);
  });

  it('follows its state while nobody waits for it', () => {
    drawnAhead();
    draw({ preparedAs: 'peer', words: ' and others', page: 'check again' });
    expect(call()).toBe('peer and others');
    expect(page()).toBe('check again');
  });

  it('is seen from the tap on: the page is moved away, and neither is drawn again until one is in', () => {
    drawnAhead();
    const before = pageLayer();
    draw({ ...joining, words: ' reconnecting', page: 'waiting' });
    expect(call()).toBe('peer');
    expect(callLayer().hasAttribute('inert')).toBe(false);
    expect(callLayer().hasAttribute('aria-hidden')).toBe(false);
    // the same layer, only moved
    expect(pageLayer()).toBe(before);
    expect(page()).toBe('check');
    expect(pageLayer().getAttribute('aria-hidden')).toBe('true');
    expect(pageLayer().className).toContain('-translate-x-');
    expect(notice()).not.toBe(null);
    wait(5_000);
    draw({ ...joining, words: ' late' });
    expect(call()).toBe('peer');
    const ahead = callLayer();
    draw({ joinedAs: 'peer', wanted: true, words: ' with names' });
    expect(call()).toBe('peer with names');
    expect(callLayer()).toBe(ahead);
    expect(notice()).toBe(null);
  });

  it('is seen when it is wanted, before the preparation is in use', () => {
    drawnAhead();
    draw({ preparedAs: 'peer', wanted: true });
    expect(pageLayer().className).toContain('-translate-x-');
    draw({ ...joining });
    expect(call()).toBe('peer');
  });

  it('leaves the page before it in the document for a second', () => {
    drawnAhead();
    draw(joining);
    wait(990);
    expect(page()).toBe('check');
    wait(20);
    expect(page()).toBe(null);
  });

  it('lets the keyboard go when it is seen, and not before', () => {
    drawnAhead();
    const field = document.body.appendChild(document.createElement('input'));
    field.focus();
    draw({ preparedAs: 'peer', page: 'check again' });
    expect(document.activeElement).toBe(field);
    draw(joining);
    expect(document.activeElement).not.toBe(field);
  });

  it.each([
    ['at once', 0],
    ['after the page was removed', 2_000],
  ])('gives way to the page of the day when it did not come to be, %s', (_, afterMs) => {
    drawnAhead();
    draw(joining);
    wait(afterMs);
    draw({ page: 'failed' });
    expect(call()).toBe(null);
    expect(page()).toBe('failed');
    expect(pageLayer().hasAttribute('aria-hidden')).toBe(false);
    expect(pageLayer().className).not.toContain('translate-x');
  });

  it('that a tap came before is not drawn ahead; it is drawn when one is in', () => {
    draw({ preparedAs: 'peer' });
    draw({ ...joining, page: 'joining' });
    wait(5_000);
    expect(call()).toBe(null);
    expect(page()).toBe('joining');
    expect(notice()).toBe(null);
    draw({ joinedAs: 'peer' });
    expect(call()).toBe('peer');
    expect(pageLayer().className).toContain('-translate-x-');
    draw({ joinedAs: 'peer', words: ' and others' });
    expect(call()).toBe('peer and others');
  });
});

describe.each(modes)('a start, %s', (_, Mode) => {
  const Page = ({ name }: { name: string }) => {
    const isDelayed = useDelayedStart({ idle: name === 'idle', starting: name === 'starting' });
    return isDelayed ? 'idle stays' : name;
  };
  const draw = (name: string) =>
    act(() =>
      root.render(
        <Mode>
          <Page name={name} />
        </Mode>,
      ),
    );
  const shown = () => document.body.textContent;

  it('that passes quickly is never shown', () => {
    draw('idle');
    draw('starting');
    wait(150);
    expect(shown()).toBe('idle stays');
    draw('in-call');
    expect(shown()).toBe('in-call');
  });

  it('is shown when it takes longer', () => {
    draw('idle');
    draw('starting');
    wait(190);
    expect(shown()).toBe('idle stays');
    wait(20);
    expect(shown()).toBe('starting');
  });

  it('is shown at once after anything else than idle', () => {
    draw('idle');
    draw('fault');
    draw('starting');
    expect(shown()).toBe('starting');
  });
});
