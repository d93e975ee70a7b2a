/** What a track shows or carries: the word by which a grant permits it, a producer names it and a stage places it. */
import { z } from './schema.ts';

/** `program`, `program-sound`: what a program makes of the call; no grant of a person or room receives them. */
export const MediaSource = z.enum(['microphone', 'camera', 'screen', 'screen-audio', 'program', 'program-sound']);
export type MediaSource = z.infer<typeof MediaSource>;
