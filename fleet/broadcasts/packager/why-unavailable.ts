/** Whether a broadcast can be packaged on this machine at all. */
import { existsSync } from 'node:fs';
import { FFMPEG } from './filter.ts';

/** @returns why not, in English, for IT; null: it can */
export const whyNoPackager = (): string | null => (existsSync(FFMPEG) ? null : 'packages are missing: install ffmpeg');
