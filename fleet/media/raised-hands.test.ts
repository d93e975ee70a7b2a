import { expect, it } from 'vitest';
import { RaisedHands } from './raised-hands.ts';

it('goes up at its time, and a millisecond after the one before where that time is not later', () => {
  const hands = new RaisedHands();
  hands.raise('a', 1_000);
  hands.raise('b', 1_000);
  hands.raise('c', 900);
  hands.raise('a', 5_000);
  hands.raise('d', 5_000);
  expect(['a', 'b', 'c', 'd', 'e'].map((peerId) => hands.raisedAtMs(peerId))).toEqual([
    1_000,
    1_001,
    1_002,
    5_000,
    null,
  ]);
});

it('goes down once its owner is silent after speaking, and not before', () => {
  const hands = new RaisedHands();
  hands.raise('a', 1);
  hands.silent('a');
  hands.spoke('a');
  expect(hands.raisedAtMs('a')).toBe(1);
  hands.silent('a');
  expect(hands.raisedAtMs('a')).toBeNull();
});
