/**
 * A Vite plugin: makes a page an app that phones, tablets and laptops can install. Rasterises the mark into icons and writes
 * the web manifest, both among the hashed assets, so that the fleet and the kiosk, which both serve those, serve the app.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { Plugin } from 'vite';

/** Of a page that is an app. */
export type AppPage = {
  /** the HTML file */
  file: string;
  appName: string;
  shortName: string;
  startPath: string;
  /** paths that belong to the app, and open in it */
  scope: string;
};

/** The dark surface of tokens.css: an app opens before its page can choose the scheme. */
const GROUND = '#16110d';
/** Platforms cut maskable icons to a circle of 80 %; the mark's strokes stay inside of it. */
const MASKABLE_SCALE = 0.84;

const mark = readFileSync(new URL('./ui/mark.svg', import.meta.url), 'utf8');

/** The mark on a ground without corners, drawn in far enough that no platform cuts into it. */
export function maskableOf(svg: string): string {
  const ground = /<rect width="(\d+)" height="\1" rx="\d+" fill="(#[0-9a-f]{6})"\/>/.exec(svg);
  if (ground === null) throw new Error('mark.svg has no ground of one colour to fill an icon with');
  const [whole, size, colour] = ground as unknown as [string, string, string];
  const inset = (Number(size) * (1 - MASKABLE_SCALE)) / 2;
  const drawing = svg.slice(svg.indexOf(whole) + whole.length, svg.indexOf('</svg>'));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}"><rect width="${size}" height="${size}" fill="${colour}"/><g transform="translate(${inset} ${inset}) scale(${MASKABLE_SCALE})">${drawing}</g></svg>`;
}

export function installableApp({ file, appName, shortName, startPath, scope }: AppPage): Plugin {
  let head: { rel: string; href: string }[] = [];
  return {
    name: `maru-installable-app-${file}`,
    apply: 'build',
    async buildStart() {
      const emit = (name: string, extension: string, source: string | Buffer): string => {
        const hash = createHash('sha256').update(source).digest('hex').slice(0, 8);
        const fileName = `assets/${name}-${hash}.${extension}`;
        this.emitFile({ type: 'asset', fileName, source });
        return `/${fileName}`;
      };
      const png = async (name: string, svg: string, sizePx: number): Promise<string> =>
        emit(
          name,
          'png',
          await sharp(Buffer.from(svg), { density: 72 * 16 })
            .resize(sizePx, sizePx)
            .png()
            .toBuffer(),
        );
      const icon = async (purpose: 'any' | 'maskable', svg: string, sizePx: number) => ({
        src: await png(`icon-${purpose}-${sizePx}`, svg, sizePx),
        sizes: `${sizePx}x${sizePx}`,
        type: 'image/png',
        purpose,
      });
      const maskable = maskableOf(mark);
      const manifest = {
        id: startPath,
        name: appName,
        short_name: shortName,
        start_url: startPath,
        scope,
        display: 'standalone',
        background_color: GROUND,
        theme_color: GROUND,
        icons: [
          await icon('any', mark, 192),
          await icon('any', mark, 512),
          await icon('maskable', maskable, 192),
          await icon('maskable', maskable, 512),
        ],
      };
      head = [
        { rel: 'manifest', href: emit('app', 'webmanifest', JSON.stringify(manifest)) },
        // iPads read no manifest for their icon, and round its corners themselves
        { rel: 'apple-touch-icon', href: await png('touch-icon', maskable, 180) },
      ];
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { filename }) =>
        filename.endsWith(file) ? head.map((attrs) => ({ tag: 'link', attrs, injectTo: 'head' as const })) : [],
    },
  };
}
