/** The option of the program, of the fleet and of the demonstration: how many pictures a second are sent. */
import { PICTURES_PER_SECOND } from '#contract/program-page.ts';

/** @throws Error naming what is wrong */
export function readPicturesPerSecond(text: string | undefined): number {
  const { usual, fewest } = PICTURES_PER_SECOND;
  if (text === undefined) return usual;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= fewest && value <= usual) return value;
  throw new Error(`--pictures-per-second is a whole number from ${fewest} to ${usual}, not "${text}"`);
}
