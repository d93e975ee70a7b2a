/** A small picture of a program, as the green room shows it: drawn here, since no program runs. */
import sharp from 'sharp';

const tile = (x: number, colour: string, name: string): string =>
  `<rect x="${x}" y="20" width="140" height="140" rx="8" fill="${colour}"/><circle cx="${x + 70}" cy="78" r="26" fill="#0008"/>` +
  `<rect x="${x + 30}" y="112" width="80" height="48" rx="24" fill="#0008"/><text x="${x + 8}" y="152" font-size="11" fill="#fff" font-family="sans-serif">${name}</text>`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect width="320" height="180" fill="#0f0b08"/>${tile(12, '#3c5a78', 'Maple 3F')}${tile(168, '#6b4a2e', 'Head office')}</svg>`;

/** base64 of JPEGs */
export const drawnProgram = (await sharp(Buffer.from(svg)).jpeg().toBuffer()).toString('base64');
export const blackProgram = (
  await sharp({ create: { width: 320, height: 180, channels: 3, background: '#000' } })
    .jpeg()
    .toBuffer()
).toString('base64');
