import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger } from './log.ts';

const SECRET = 'swordfish';

test.each([true, false])('no secret gets into a line, at the top or within (json: %s)', (json) => {
  let written = '';
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      done();
    },
  });
  const logger = createLogger({ process: 'test', json, out });
  for (const name of [
    'password',
    'token',
    'controllerToken',
    'joinToken',
    'invite',
    'claimCode',
    'cookie',
    'keyPem',
    'oneTimePassword',
    'grant',
    'joinUrl',
  ]) {
    logger.info({ roomId: 'r1', [name]: SECRET, body: { [name]: SECRET, deep: { [name]: SECRET } } }, 'refused');
  }
  expect(written).not.toContain(SECRET);
  expect(written).toContain('r1');
  expect(written).toContain('refused');
});

test('a line for people is one line, with the stack of an error below it', () => {
  let written = '';
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      done();
    },
  });
  const logger = createLogger({ process: 'fleet', json: false, out });
  logger.warn({ code: 'forbidden', count: 2 }, 'refused');
  expect(written).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn fleet refused code=forbidden count=2\n$/);
  logger.error({ err: new Error('broken') }, 'failed');
  expect(written).toMatch(/failed\nError: broken\n {4}at /);
});
