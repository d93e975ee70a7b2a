import { expect, it, vi } from 'vitest';
import { Observable } from './observable.ts';

it('notifies of each change, never of the same value again, and nobody who has left', () => {
  const value = new Observable<number>(1);
  const [staying, leaving] = [vi.fn(), vi.fn()];
  value.subscribe(staying);
  const leave = value.subscribe(leaving);
  value.set(1);
  expect(staying).not.toHaveBeenCalled();
  value.set(2);
  value.set(2);
  value.set(Number.NaN);
  value.set(Number.NaN);
  leave();
  value.set(3);
  expect([staying.mock.calls.length, leaving.mock.calls.length, value.getSnapshot()]).toEqual([3, 2, 3]);
});
