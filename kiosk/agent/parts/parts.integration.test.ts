/** What a process does whose part fails in a timer, a promise or a tick of its own: it goes on, and the part starts again. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const moduleAt = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));

/** @param start of the planted part, with `host` and the count of its `starts` */
function ended(start: string) {
  const program = `
    import { endOnBoth } from ${moduleAt('../../../fleet/edge/uncaught.ts')};
    import { Parts } from ${moduleAt('./parts.ts')};
    import { servicesUnderTest } from ${moduleAt('./services-under-test.ts')};
    const fail = () => { throw new Error('planted'); };
    let starts = 0;
    const make = (host) => ({ start: () => { starts += 1; ${start} }, stop: () => {} });
    const parts = new Parts({
      list: [{ name: 'bad', make }],
      services: servicesUnderTest({ ask: () => setTimeout(fail) }),
      onFault: (part, code) => process.stdout.write(part + ' ' + code + '; '),
      onNotices: () => {},
    });
    endOnBoth((what) => process.stdout.write(what), undefined, (error) => parts.isFailureOfPart(error));
    parts.start({ phase: { name: 'idle' } });`;
  return promisify(execFile)(process.execPath, ['--input-type=module-typescript', '--eval', program]);
}

test.each([
  'setTimeout(fail, 10)',
  'setImmediate(async () => { await null; fail(); })',
  'void Promise.reject(new Error("planted"))',
  'process.nextTick(fail)',
])('goes on: %s', async (failing) => {
  const { stdout } = await ended(
    `if (starts === 1) ${failing}; else { process.stdout.write('again'); process.exit(0); }`,
  );
  expect(stdout).toBe('bad internal; again');
});

test('ends where the agent itself fails in what a part asked of it', async () => {
  await expect(ended("host.ask({ name: 'mute-all' }); setTimeout(() => {}, 5_000);")).rejects.toMatchObject({
    code: 1,
    stdout: 'uncaught exception: our bug; this process ends',
  });
});
