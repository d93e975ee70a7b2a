/** Holds the tokens to WCAG contrast: AA (4.5:1) for every text pair in both schemes, AAA (7:1) for those of the TV. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [darkCss, lightCss] = [
  css.slice(0, css.indexOf('@layer base')),
  css.slice(css.indexOf('prefers-color-scheme: light')),
];

function colours(from: string): Map<string, string> {
  return new Map([...from.matchAll(/--color-([\w-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1]!, match[2]!]));
}
const dark = colours(darkCss);
const light = new Map([...dark, ...colours(lightCss)]);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(scheme: Map<string, string>, ink: string, ground: string): number {
  const [a, b] = [luminance(scheme.get(ink)!), luminance(scheme.get(ground)!)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const grounds = ['surface', 'sunken', 'raised', 'lifted'];
const onGrounds = ['ink', 'quiet', 'accent', 'fault', 'warn', 'live'].flatMap((ink) =>
  grounds.map((ground) => [ink, ground] as const),
);
const filled = [
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-strong'],
  ['live-ink', 'live-fill'],
  ['warn-ink', 'warn'],
  ['fault-ink', 'fault'],
  ['danger-ink', 'danger'],
  ['danger-ink', 'danger-strong'],
  ['surface', 'ink'],
  ['ink', 'warn-soft'],
  ['ink', 'fault-soft'],
  ['ink', 'accent-soft'],
  ['warn', 'warn-soft'],
  ['fault', 'fault-soft'],
  ['accent', 'accent-soft'],
] as const;

it.each([...onGrounds, ...filled])('%s on %s reads well in both schemes', (ink, ground) => {
  expect(contrast(dark, ink, ground)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(light, ink, ground)).toBeGreaterThanOrEqual(4.5);
});

it.each(
  ['ink', 'quiet', 'accent', 'warn', 'fault', 'live'].flatMap((ink) =>
    ['surface', 'sunken', 'raised'].map((ground) => [ink, ground] as const),
  ),
)('%s on %s reads from across the room (TV)', (ink, ground) => {
  expect(contrast(dark, ink, ground)).toBeGreaterThanOrEqual(7);
});

it.each(['surface', 'sunken'])('the frame of a TV on air is seen on %s', (ground) => {
  expect(contrast(dark, 'live-fill', ground)).toBeGreaterThanOrEqual(3);
});

it.each(grounds)('an input’s edge is seen on %s', (ground) => {
  expect(contrast(dark, 'edge', ground)).toBeGreaterThanOrEqual(3);
  expect(contrast(light, 'edge', ground)).toBeGreaterThanOrEqual(3);
});
