/** How the programs that a person would use show a document: LibreOffice's own PDF, poppler's own pictures, sharp's own pixels. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { ways } from '../../fleet/documents/converter/sources.ts';
import type { DocumentType } from '../../fleet/documents/converter/true-type.ts';

const run = promisify(execFile);
const fonts = fileURLToPath(new URL('../../fleet/documents/converter/inside/fonts.conf', import.meta.url));

export type ReferenceSource = { name: string; type: DocumentType; content: Buffer };
export type Reference = {
  /** null: none of these programs opens it */
  pageCount: number | null;
  /** Width by height of the first page; null for a picture. */
  proportion: number | null;
  /** The same page in the same size. */
  draw: (page: number, size: { width: number; height: number }) => Promise<Buffer>;
};

/** One run of LibreOffice makes all PDFs: its start is what takes long. */
export async function makeReferences(folder: string, sources: ReferenceSource[]): Promise<Map<string, Reference>> {
  mkdirSync(folder, { recursive: true });
  const paths = sources.map(({ name, type, content }) => {
    const path = join(folder, `${name}.${type}`);
    writeFileSync(path, content);
    return path;
  });
  const ofOffice = paths.filter((_, at) => 'office' in ways[sources[at]?.type ?? 'pdf']);
  const profile = `-env:UserInstallation=file://${folder}/profile`;
  const env = { ...process.env, FONTCONFIG_FILE: fonts };
  if (ofOffice.length > 0) {
    const command = ['--headless', profile, '--convert-to', 'pdf', '--outdir', join(folder, 'pdf'), ...ofOffice];
    await run('soffice', command, { env, maxBuffer: 1e7 });
  }
  const references = sources.map(async ({ name, type, content }, at): Promise<[string, Reference]> => {
    if ('engine' in ways[type] && type !== 'pdf') return [name, referencePicture(content)];
    const pdf = type === 'pdf' ? (paths[at] ?? '') : join(folder, 'pdf', `${name}.pdf`);
    return [name, { ...(await factsOf(pdf)), draw: (page, size) => drawn(pdf, page, size) }];
  });
  return new Map(await Promise.all(references));
}

async function factsOf(pdf: string): Promise<Omit<Reference, 'draw'>> {
  if (!existsSync(pdf)) return { pageCount: null, proportion: null };
  const { stdout } = await run('pdfinfo', [pdf]);
  const [, width, height] = /^Page size:\s+([\d.]+) x ([\d.]+) pts/m.exec(stdout) ?? [];
  return { pageCount: Number(/^Pages:\s+(\d+)$/m.exec(stdout)?.[1]), proportion: Number(width) / Number(height) };
}

async function drawn(pdf: string, page: number, size: { width: number; height: number }): Promise<Buffer> {
  const only = ['-png', '-f', String(page), '-l', String(page), '-singlefile', '-cropbox'];
  const scale = ['-scale-to-x', String(size.width), '-scale-to-y', String(size.height)];
  await run('pdftoppm', [...only, ...scale, pdf, `${pdf}-${page}`], {
    env: { ...process.env, FONTCONFIG_FILE: fonts },
  });
  return readFileSync(`${pdf}-${page}.png`);
}

const referencePicture = (content: Buffer): Reference => ({
  pageCount: null,
  proportion: null,
  draw: (_page, { width, height }) =>
    sharp(content).autoOrient().resize(width, height, { fit: 'fill' }).png().toBuffer(),
});
