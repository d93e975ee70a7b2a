import { describe, expect, it } from 'vitest';
import { cameraEncodings } from './encodings.ts';

const heights = (width: number, height: number) =>
  cameraEncodings({ width, height }).map(({ scaleResolutionDownBy }) =>
    Math.round(Math.min(width, height) / scaleResolutionDownBy!),
  );

describe('a camera’s layers', () => {
  it('are 180, 360 and 720 lines, whatever a large camera gives', () => {
    expect(heights(1280, 720)).toEqual([180, 360, 720]);
    expect(heights(1920, 1080)).toEqual([180, 360, 720]);
    expect(heights(720, 1280)).toEqual([180, 360, 720]);
  });

  it('are fewer where the camera is small, and at least one', () => {
    expect(heights(640, 480)).toEqual([120, 240, 480]);
    expect(heights(640, 360)).toEqual([180, 360]);
    expect(heights(160, 90)).toEqual([90]);
  });

  it('rise in bitrate, and a camera that does not say its size gets all three', () => {
    const rates = cameraEncodings({}).map(({ maxBitrate }) => maxBitrate!);
    expect(rates).toHaveLength(3);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
  });
});
