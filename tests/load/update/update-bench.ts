/**
 * The update bench: bytes that a box receives for a typical update (metadata, manifest, objects, by HTTPS from a server that encodes
 * as the fleet's does) beside one `zstd --patch-from` on the whole release; and the memory that fetching and checking takes.
 */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FeedEncoder } from '#edge/signed-releases/feed-encoder.ts';
import { FeedServerUnderTest } from '#edge/signed-releases/machine-under-test.ts';
import { RepositoryUnderTest, sha256Hex } from '#edge/signed-releases/repository-under-test.ts';
import { releaseContents } from '../../../provisioning/release/release-contents.ts';
import type { BenchReport } from '../report.ts';
import type { Applied, ApplyOrder } from './applying.ts';
import { buildTwice } from './built-twice.ts';

const MEGABYTE = 1_000_000;

export async function updateBench({ seed }: { seed: number }): Promise<BenchReport> {
  const report: BenchReport = { bench: 'update', seed, figures: [], bareTimes: {} };
  const folder = mkdtempSync(join(tmpdir(), 'maru-update-bench-'));
  progress('building the release before and after');
  const built = buildTwice();
  try {
    const [before, after] = [join(folder, 'before'), join(folder, 'after')];
    const repository = new RepositoryUnderTest();
    const former = repository.addRelease(placeRelease(built.before, before), { version: '1.0.0' });
    repository.publishAll();
    const pinnedRoot = join(folder, 'root.json');
    writeFileSync(pinnedRoot, repository.pinnedRoot);
    const latter = repository.addRelease(placeRelease(built.after, after), { version: '1.0.1' });
    repository.publishAll();
    progress('zstd --patch-from on the whole release');
    const patchBytes = patchBetween(before, after, folder);
    progress('the update, over HTTPS');
    const formerManifest = join(folder, 'former.json');
    writeFileSync(formerManifest, former.bytes);
    const applied = await updateOver(repository, {
      pinnedRoot,
      target: latter.target,
      slot: before,
      formerManifest,
      folder,
    });
    const changed = latter.manifest.files.filter(({ sha256 }) =>
      former.manifest.files.every((file) => file.sha256 !== sha256),
    );
    const wholeBytes = changed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    report.figures.push(
      {
        name: 'deltaBytesRatio',
        values: [applied.receivedBytes / patchBytes],
        limit: 1,
        note: `${applied.receivedBytes} bytes to ${patchBytes}; ${changed.length} files changed, ${wholeBytes} bytes whole`,
      },
      { name: 'applyMemoryMB', values: [applied.grownBytes / MEGABYTE], note: 'above the same process before it' },
    );
  } finally {
    built.remove();
    rmSync(folder, { recursive: true, force: true });
  }
  return report;
}

/** A slot as it lies on a box. @returns contents by path */
function placeRelease(checkout: string, slot: string): Record<string, Buffer> {
  const options = { version: '1.0.0', installer: '', workerFile: '' };
  const contents: Record<string, Buffer> = {};
  for (const { path, mode, content } of releaseContents(checkout, 'kiosk', options).files) {
    mkdirSync(join(slot, dirname(path)), { recursive: true });
    if ('text' in content) writeFileSync(join(slot, path), content.text);
    else cpSync(content.file, join(slot, path));
    chmodSync(join(slot, path), Number.parseInt(mode, 8));
    contents[path] = readFileSync(join(slot, path));
  }
  return contents;
}

/** zstd's own default level: the higher ones made a larger patch of the same release, and took minutes. */
function patchBetween(before: string, after: string, folder: string): number {
  for (const one of [before, after])
    execFileSync('tar', ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '-cf', `${one}.tar`, '-C', one, '.']);
  const patch = join(folder, 'patch.zst');
  execFileSync('zstd', ['-q', '--long=31', `--patch-from=${before}.tar`, `${after}.tar`, '-o', patch]);
  return statSync(patch).size;
}

/** In a process of its own, so that the memory is the update's. */
async function updateOver(
  repository: RepositoryUnderTest,
  paths: { pinnedRoot: string; target: string; slot: string; formerManifest: string; folder: string },
): Promise<Applied> {
  const byHash = new Map([...repository.files.values()].map((bytes) => [sha256Hex(bytes), bytes]));
  const encoder = new FeedEncoder({ readBase: async (sha256) => byHash.get(sha256) ?? null });
  const server = await FeedServerUnderTest.start();
  server.files = repository.files;
  const encode = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const bytes = repository.files.get(path);
    if (bytes === undefined || path.startsWith('metadata/') || request.headers.range)
      return server.answer(request, response, path);
    const { body, encoding } = await encoder.encode(sha256Hex(bytes), bytes, request.headers as never);
    response.writeHead(200, encoding === null ? {} : { 'content-encoding': encoding }).end(body);
  };
  server.handler = (request, response, path) => void encode(request, response, path);
  const child = fork(join(import.meta.dirname, 'applying.ts'), { stdio: 'inherit' });
  try {
    child.send({ url: server.url, ca: server.ca, ...paths } satisfies ApplyOrder);
    const [answer] = (await once(child, 'message')) as [Applied | { error: string }];
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  } finally {
    child.kill();
    await server.stop();
  }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
