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
  expect(written).toMatch(/failed\n {4}Error: broken\n {4}at /);
});

function loggerForPeople() {
  let text = '';
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { logger: createLogger({ process: 'fleet', json: false, out }), written: () => text };
}

test('what is logged for people forges no line and no colour, whatever it is', () => {
  const { logger, written } = loggerForPeople();
  logger.info(
    { displayName: 'Mina\n12:00:00.000 error fleet forged\r\u001b[31m\u202e\u2028\u0000' },
    'joined\u001b[2J',
  );
  logger.error({ err: new Error('of \u001b[31m a guest') }, 'failed');
  const [first, second] = written().split('\n');
  expect(first).toContain('joined\\u001b[2J displayName="Mina\\n12:00:00.000 error fleet forged\\r\\u001b[31m\\u202e');
  expect(second).toMatch(/ error fleet failed$/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(written()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028\u202e]/);
});

test('what is logged for people forges no field, and an error no line', () => {
  const { logger, written } = loggerForPeople();
  logger.warn(
    { name: 'Kim code=none actor=account:admin', err: new Error('x\n12:00:00.000 info fleet signed in') },
    'refused',
  );
  const lines = written().trimEnd().split('\n');
  expect(lines[0]).toContain('name="Kim code=none actor=account:admin"');
  expect(lines.slice(1).filter((line) => !line.startsWith('    '))).toEqual([]);
});
