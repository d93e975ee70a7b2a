/**
 * What the TV shows while no window is on it: the session's background under Chromium, the layer under Electron's page.
 * A picture without a script, so that nothing of it can fail; in both languages, because nobody is there to ask for one.
 */
import en from '#ui/words/en/screen.ts';
import ko from '#ui/words/ko/screen.ts';

/** controller/ui/tokens.css, which a picture cannot read: surface, ink, quiet, and the mark's own */
const SURFACE = '#16110d';
const INK = '#f7efe3';
const QUIET = '#c4b6a5';
const FONT = 'Pretendard, Noto Sans CJK KR, sans-serif';

export function roomPicture(): string {
  const line = (y: number, size: number, fill: string, words: string) =>
    `<text x="192" y="${y}" font-family="${FONT}" font-size="${size}" fill="${fill}">${escaped(words)}</text>`;
  return [
    // as large as a 4K TV; what is cut on another shape is ground
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3840 2160" preserveAspectRatio="xMinYMid slice">`,
    `<rect width="3840" height="2160" fill="${SURFACE}"/>`,
    `<g transform="translate(192 560) scale(4)"><rect width="48" height="48" rx="12" fill="#20372c"/>`,
    `<path d="M10 31 24 13l14 18" fill="none" stroke="#93cfb4" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>`,
    `<path d="M11 37h26" stroke="${INK}" stroke-width="4" stroke-linecap="round"/></g>`,
    line(1000, 112, INK, en.boot.title),
    line(1110, 72, QUIET, en.gone.todo),
    line(1330, 112, INK, ko.boot.title),
    line(1440, 72, QUIET, ko.gone.todo),
    '</svg>\n',
  ].join('\n');
}

const escaped = (words: string): string => words.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
