/** What a process logs when another program uses its port: the port, and not a bug of ours. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MODULE = JSON.stringify(fileURLToPath(new URL('./uncaught.ts', import.meta.url)));

test.each(['endOnException', 'endOnBoth', 'goOnOnceStarted'])('%s names a port that is in use', async (kind) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const program = `
    import { createServer } from 'node:net';
    import { ${kind} } from ${MODULE};
    ${kind}((what) => process.stdout.write(what));
    createServer().listen(${port}, '127.0.0.1');`;
  const ended = promisify(execFile)(process.execPath, ['--input-type=module-typescript', '--eval', program]);
  await expect(ended).rejects.toMatchObject({
    code: 1,
    stdout: `another program uses port ${port} of 127.0.0.1; this process ends`,
  });
  other.close();
});
