/** Programs in a sandbox that answer as they should not: each is ended, and its end is noticed. */
import { expect, test } from 'vitest';
import { FramedSandbox } from './framed-sandbox.ts';

const limits = {
  addressSpaceBytes: 1e9,
  residentBytes: 300e6,
  cpuSeconds: 20,
  threads: 16,
  scratchBytes: 1_000_000,
};

const answering = (script: string) =>
  new FramedSandbox({ command: ['/usr/bin/python3', '-u', '-c', script], readOnly: {}, limits }, 1_000);

async function firstAnswer(sandbox: FramedSandbox): Promise<unknown> {
  for await (const { answer } of sandbox.ask(null, 'drawn', 10_000)) return answer;
  return null;
}

test.each([
  ['no answer', `print("hello\\n" * 200_000)`],
  ['an answer without an end', `print("x" * 200_000)`],
  ['an unknown answer', `print('{"is":"root"}\\n' * 100_000)`],
  ['too large a body', `print('{"is":"picture","page":1,"size":"tv","bytes":1001}\\n' * 100_000)`],
])('%s', async (_, script) => {
  const sandbox = answering(`${script}\nimport time\ntime.sleep(60)`);
  await expect(firstAnswer(sandbox)).rejects.toMatchObject({ code: 'document-broken' });
  expect(await sandbox.ended).toEqual({ kind: 'killed', why: 'misbehaved' });
});

test('one whose answers nobody reads any more can be ended', async () => {
  const sandbox = answering(`print('{"is":"ready"}\\n' * 100_000)\nimport time\ntime.sleep(60)`);
  expect(await firstAnswer(sandbox)).toEqual({ is: 'ready' });
  sandbox.kill();
  expect(await sandbox.ended).toEqual({ kind: 'killed', why: 'unwanted' });
});
