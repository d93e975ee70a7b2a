// @vitest-environment happy-dom
/** What a person asked for and is not done: when it shows, how two of them keep apart, and what is known of a failure. */
import { act, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UserError } from '#contract/error-codes.ts';
import { type AsyncAction, useAsyncAction } from './use-async-action.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let root: Root;
let action: AsyncAction<string>;
let drawn: number;
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  vi.useFakeTimers();
  root = createRoot(document.body.appendChild(document.createElement('div')));
  drawn = 0;
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.useRealTimers();
});

function Page({ shownAfterMs }: { shownAfterMs: number | undefined }) {
  action = useAsyncAction<string>({ shownAfterMs });
  drawn += 1;
  return null;
}
const draw = (shownAfterMs?: number) => act(() => root.render(<Page shownAfterMs={shownAfterMs} />));
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
/** @returns how it ends */
function work() {
  let end!: { resolve: (value: string) => void; reject: (error: unknown) => void };
  const promise = new Promise<string>((resolve, reject) => {
    end = { resolve, reject };
  });
  return { promise, ...end };
}

it('is pending until it is done, and says what it came to', async () => {
  draw();
  const saving = work();
  let came: Promise<string | null>;
  act(() => {
    came = action.run(() => saving.promise);
  });
  expect(action.isPending).toBe(true);
  saving.resolve('saved');
  await wait(0);
  expect(action.isPending).toBe(false);
  expect(await came!).toBe('saved');
});

it('begins before anything is drawn, and is never shown pending where it is done soon', async () => {
  draw(80);
  const before = drawn;
  const joining = work();
  const begin = vi.fn(() => joining.promise);
  void action.run(begin);
  expect(begin).toHaveBeenCalledOnce();
  await wait(70);
  joining.resolve('in');
  await wait(100);
  expect(drawn).toBe(before);
});

it('is shown pending where it takes longer', async () => {
  draw(80);
  act(() => void action.run(() => work().promise));
  await wait(70);
  expect(action.isPending).toBe(false);
  await wait(20);
  expect(action.isPending).toBe(true);
});

it('that failed says why, until something is asked for again or it is dismissed', async () => {
  draw();
  const refuse = () => Promise.reject(new UserError('forbidden', 'not here'));
  let came: string | null | undefined;
  await act(async () => {
    came = await action.run(refuse);
  });
  expect(came).toBe(null);
  expect(action.problem).toMatchObject({ code: 'forbidden' });
  act(() => void action.run(() => work().promise));
  expect(action.problem).toBe(null);
  act(() => action.report(new UserError('seats-taken', 'not run here')));
  expect(action.problem).toMatchObject({ code: 'seats-taken' });
  act(() => action.dismissProblem());
  expect(action.problem).toBe(null);
});

it('that throws at once has failed like one that rejects', async () => {
  draw();
  await act(async () => {
    await action.run(() => {
      throw new UserError('forbidden', 'not here');
    });
  });
  expect(action.problem).toMatchObject({ code: 'forbidden' });
  expect(action.isPending).toBe(false);
});

it('of one key is under way once; others run beside it, each with its own end', async () => {
  draw();
  const [first, other] = [work(), work()];
  const again = vi.fn();
  act(() => {
    void action.run(() => first.promise, { key: 'mute', about: 'Ahn' });
    void action.run(again, { key: 'mute', about: 'Ahn' });
    void action.run(() => other.promise, { key: 'remove', about: 'Baek' });
  });
  expect(again).not.toHaveBeenCalled();
  expect([action.pending('mute'), action.pending('remove'), action.pending('end')]).toEqual(['Ahn', 'Baek', null]);
  first.resolve('');
  await wait(0);
  expect([action.pending('mute'), action.pending('remove')]).toEqual([null, 'Baek']);
  expect(action.isPending).toBe(true);
});

it('without a key never stands in the way of another', async () => {
  draw();
  const [first, second] = [work(), work()];
  act(() => {
    void action.run(() => first.promise);
    void action.run(() => second.promise);
  });
  first.resolve('');
  await wait(0);
  expect(action.isPending).toBe(true);
  second.resolve('');
  await wait(0);
  expect(action.isPending).toBe(false);
});

it('keeps its functions, and works in StrictMode', async () => {
  act(() =>
    root.render(
      <StrictMode>
        <Page shownAfterMs={undefined} />
      </StrictMode>,
    ),
  );
  const { run, dismissProblem, report } = action;
  const saving = work();
  act(() => void action.run(() => saving.promise));
  expect(action.isPending).toBe(true);
  saving.resolve('');
  await wait(0);
  expect(action).toMatchObject({ isPending: false, run, dismissProblem, report });
});
