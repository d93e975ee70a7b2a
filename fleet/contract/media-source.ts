/** What a track shows or carries: the word by which a grant permits it, a producer names it and a stage places it. */
import { z } from './schema.ts';

export const MediaSource = z.enum(['microphone', 'camera', 'screen', 'screen-audio']);
export type MediaSource = z.infer<typeof MediaSource>;
