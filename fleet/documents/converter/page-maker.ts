/** The sandbox in which documents are opened and pages become pictures: Node with page-maker.ts, which needs no word of ours. */
import { join } from 'node:path';
import type { PageSize } from '#contract/http/documents-api.ts';
import { PAGE_SIZES } from '#contract/http/documents-api.ts';
import { DocumentSandbox } from './document-sandbox.ts';
import type { EngineName } from './inside/engines.ts';
import type { Scratch } from './scratch.ts';

const CHECKOUT = join(import.meta.dirname, '../../..');
/** What the engines import, and what these import. */
const PACKAGES = ['sharp', '@img', 'detect-libc', 'semver', '@rhwp', 'heic-decode', 'libheif-js'];

const LIMITS = {
  addressSpaceBytes: null,
  residentBytes: 1_500_000_000,
  // 500 pages in all sizes
  cpuSeconds: 1_800,
  threads: 60,
  scratchBytes: 256_000_000,
};
const READY_WITHIN_MS = 30_000;
const OPEN_WITHIN_MS = 30_000;
const DRAW_WITHIN_MS = 30_000;
/** A picture in 4K of the worst kind has a few megabytes. */
const MAX_PICTURE_BYTES = 24_000_000;

export type DrawnPage = { page: number; size: PageSize; content: Buffer };

export class PageMaker extends DocumentSandbox {
  /** Starts at once, and waits for a document. */
  constructor(scratch: Scratch) {
    super(scratch, {
      command: ['/maru/node', '--max-old-space-size=512', '--no-warnings', '/maru/inside/page-maker.ts'],
      readOnly: {
        '/maru/node': process.execPath,
        '/maru/package.json': join(CHECKOUT, 'package.json'),
        ...Object.fromEntries(
          PACKAGES.map((name) => [`/maru/node_modules/${name}`, join(CHECKOUT, 'node_modules', name)]),
        ),
        '/usr/share/poppler': '/usr/share/poppler',
      },
      limits: LIMITS,
      maxBodyBytes: MAX_PICTURE_BYTES,
      readyWithinMs: READY_WITHIN_MS,
    });
  }

  /** @returns how many pages it has. @throws UserError */
  async open(engine: EngineName, path: string): Promise<number> {
    for await (const { answer } of this.ask({ do: 'open', engine, path }, 'opened', OPEN_WITHIN_MS))
      if (answer.is === 'opened') return answer.pageCount;
    return 0;
  }

  /** Pictures of one page as they get ready, made of one that is as large as the largest size. @throws UserError */
  async *draw(page: number, largest: PageSize, sizes: readonly PageSize[]): AsyncGenerator<DrawnPage, void> {
    const boxes = Object.fromEntries(sizes.map((size) => [size, PAGE_SIZES[size]]));
    const request = { do: 'draw', page, largest: PAGE_SIZES[largest], sizes: boxes };
    for await (const { answer, body } of this.ask(request, 'drawn', DRAW_WITHIN_MS)) {
      const size = answer.is === 'picture' && answer.page === page && sizes.find((each) => each === answer.size);
      if (size) yield { page, size, content: body };
    }
  }
}
