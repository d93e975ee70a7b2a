import { describe, expect, it } from 'vitest';
import { shotsNamed, shotsOf } from './shots.ts';

const shots = shotsOf('light');

describe('the pictures', () => {
  it('have a file of their own each, in light and in dark', () => {
    const files = [...shots, ...shotsOf('dark')].map(({ file }) => file);
    expect(new Set(files).size).toBe(files.length);
  });

  it('are chosen by page and scene', () => {
    expect(new Set(shotsNamed(shots, 'tv/idle-due').map(({ scene }) => scene.name))).toEqual(
      new Set(['idle-due', 'idle-due-before']),
    );
    expect(shotsNamed(shots, undefined)).toEqual(shots);
  });

  it('are listed by name when none is chosen', () => {
    expect(() => shotsNamed(shots, 'tv/nothing')).toThrow(/no scene is named like "tv\/nothing".*\n {2}tv\/boot\n/s);
  });
});
