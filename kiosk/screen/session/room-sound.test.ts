import { describe, expect, it } from 'vitest';
import { LEVEL_EVERY_MS, levelDb, RoomSound } from './room-sound.ts';

/** Levels for so many seconds; whether somebody was heard by then. */
function heardIn(seconds: number, level: (atSeconds: number) => number): boolean {
  const sound = new RoomSound();
  for (let at = 0; at < seconds; at += LEVEL_EVERY_MS / 1_000) if (sound.add(level(at))) return true;
  return false;
}
const quiet = (at: number) => -70 + 2 * Math.sin(at * 9);
/** Words of 0.3 s with pauses of 0.2 s. */
const speech = (at: number) => (at % 0.5 < 0.3 ? -45 : quiet(at));

describe('somebody in the room', () => {
  it.each<[string, (at: number) => number, boolean]>([
    ['a quiet room', quiet, false],
    ['people who speak', (at) => (at > 2 ? speech(at) : quiet(at)), true],
    ['people who speak from the first moment', speech, true],
    ['people beside an air conditioner', (at) => Math.max(-58, at > 2 ? (at % 0.5 < 0.3 ? -40 : -58) : -58), true],
    [
      'a voice that swells, after a microphone’s silent start',
      (at) => (at < 1 ? -120 : -22 + 7 * Math.sin(at * 19)),
      true,
    ],
    ['people behind a noise gate', (at) => (at > 1 && at % 0.5 < 0.3 ? -40 : -120), true],
    ['a hum, after a microphone’s silent start', (at) => (at < 1 ? -120 : -50 + 2 * Math.sin(at * 9)), false],
    ['a fan that starts', (at) => (at > 3 ? -45 + Math.sin(at * 9) : quiet(at)), false],
    ['a door', (at) => (at > 3 && at < 3.4 ? -30 : quiet(at)), false],
    ['two doors', (at) => ((at > 3 && at < 3.4) || (at > 5 && at < 5.4) ? -30 : quiet(at)), false],
    ['a dead microphone', () => -120, false],
    ['a microphone’s own hiss that trembles', (at) => -75 + 12 * (at % 0.5 < 0.3 ? 1 : 0), false],
  ])('%s', (_, level, heard) => {
    expect(heardIn(20, level)).toBe(heard);
  });

  it('is heard soon, though the microphone began with two seconds of nothing', () => {
    expect(heardIn(5, (at) => (at < 2 ? -120 : -22 + 7 * Math.sin(at * 19)))).toBe(true);
  });

  it('is measured in dBFS', () => {
    expect(levelDb(new Float32Array(16))).toBe(-120);
    expect(levelDb(new Float32Array(16).fill(0.1))).toBeCloseTo(-20);
  });
});
