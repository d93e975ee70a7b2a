/** One frame of silence: AAC LC, 48 kHz, stereo, as ffmpeg's encoder writes it. */
export const SILENCE = Buffer.from('211004608c1c', 'hex');
