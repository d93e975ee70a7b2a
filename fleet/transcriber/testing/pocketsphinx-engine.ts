/**
 * For tests: a real engine with a real model behind the shape of OpenAI's transcriptions. Debian's pocketsphinx knows English alone;
 * there is no Korean model to be had from Debian, so Korean is a scripted engine's.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answerJson, type ScriptedEngine, startScriptedEngine } from './scripted-engine.ts';

const run = promisify(execFile);

export const startPocketsphinxEngine = (): Promise<ScriptedEngine> =>
  startScriptedEngine(async ({ file }, response) => answerJson(response, { text: await recognised(file) }));

async function recognised(wav: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'maru-speech-'));
  try {
    const path = join(folder, 'speech.wav');
    await writeFile(path, wav);
    const { stdout } = await run('pocketsphinx_continuous', ['-infile', path, '-logfn', '/dev/null']);
    return stdout.trim().replaceAll('\n', ' ');
  } finally {
    await rm(folder, { recursive: true });
  }
}
