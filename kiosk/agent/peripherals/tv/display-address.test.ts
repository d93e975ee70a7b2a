import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressGivenByDisplay, physicalAddressIn } from './display-address.ts';

/** A base block, and an extension with these data blocks. */
function edidWith(...dataBlocks: number[][]): Uint8Array {
  const edid = new Uint8Array(256);
  const data = dataBlocks.flat();
  edid.set([0x02, 0x03, 4 + data.length, 0, ...data], 128);
  return edid;
}
const video = [0x43, 0x90, 0x04, 0x03];
const hdmi = (high: number, low: number) => [0x67, 0x03, 0x0c, 0x00, high, low, 0x00, 0x2d];
const otherVendor = [0x65, 0xd8, 0x5d, 0xc4, 0x01, 0x78];

describe('an EDID', () => {
  it('gives the place of who reads it, wherever that stands in it', () => {
    expect(physicalAddressIn(edidWith(hdmi(0x20, 0x00)))).toBe(0x2000);
    expect(physicalAddressIn(edidWith(video, otherVendor, hdmi(0x31, 0x00)))).toBe(0x3100);
    const second = new Uint8Array(384);
    second.set(edidWith(video));
    second.set(edidWith(hdmi(0x10, 0x00)).subarray(128), 256);
    expect(physicalAddressIn(second)).toBe(0x1000);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a base block', new Uint8Array(128)],
    ['no HDMI', edidWith(video, otherVendor)],
    ['the place of the display itself', edidWith(hdmi(0, 0))],
    ['no place', edidWith(hdmi(0xff, 0xff))],
    ['an HDMI block without a place', edidWith([0x63, 0x03, 0x0c, 0x00], [0x01, 0x10])],
    ['half a block', edidWith(hdmi(0x20, 0x00)).subarray(0, 200)],
  ])('with %s gives none', (_what, edid) => {
    expect(physicalAddressIn(edid)).toBeNull();
  });

  it('of any bytes gives a place or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (edid) => {
        const address = physicalAddressIn(edid);
        expect(address === null || (address > 0 && address < 0xffff)).toBe(true);
      }),
    );
  });
});

describe('the displays of a box', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'maru-drm-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const connect = (name: string, edid: Uint8Array) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'edid'), edid);
  };

  it('are asked in the order of their names, until one gives a place', () => {
    mkdirSync(join(folder, 'card0'));
    connect('card0-DP-1', edidWith(video));
    connect('card0-HDMI-A-1', new Uint8Array());
    expect(addressGivenByDisplay(folder)).toBeNull();
    connect('card0-HDMI-A-3', edidWith(hdmi(0x30, 0x00)));
    connect('card0-HDMI-A-2', edidWith(hdmi(0x20, 0x00)));
    expect(addressGivenByDisplay(folder)).toBe(0x2000);
  });

  it('may be none, as without a graphics card', () => {
    expect(addressGivenByDisplay(join(folder, 'nowhere'))).toBeNull();
  });
});
