/** A Vite plugin: a `.br` beside every text file of a build, so that servers send brotli without making it themselves. */
import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(js|css|html|svg|json|webmanifest)$/;

export function precompress(): Plugin {
  return {
    name: 'maru-precompress',
    apply: 'build',
    // after Vite has put its last hand to the HTML
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!TEXT.test(file.fileName)) continue;
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source);
          const packed = brotliCompressSync(source, {
            params: {
              [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
              [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
            },
          });
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: packed });
        }
      },
    },
  };
}
