/** The processes' log: JSON or text lines on stderr, as stdout is reserved for the parent process. No secret ever. */
import { Writable } from 'node:stream';
import { pino, type Logger } from 'pino';

const SECRET_NAMES = [
  'password',
  'currentPassword',
  'newPassword',
  'oneTimePassword',
  'passwordHash',
  'token',
  'controllerToken',
  'joinToken',
  'resumeSecret',
  'secret',
  'invite',
  'claimCode',
  'cookie',
  'authorization',
  'csrPem',
  'keyPem',
  'grant',
  'joinUrl',
];
const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

export function createLogger({
  process: name,
  json,
  out = process.stderr,
}: {
  process: string;
  json: boolean;
  out?: Writable;
}): Logger {
  const paths = SECRET_NAMES.flatMap((secret) => [secret, `*.${secret}`, `*.*.${secret}`]);
  const options = { base: { process: name }, redact: { paths, censor: '[secret]' } };
  return pino(
    options,
    json
      ? out
      : new Writable({
          write: (line: Buffer, _encoding, done) => {
            out.write(forPeople(line));
            done();
          },
        }),
  );
}

function forPeople(line: Buffer): string {
  const { level, time, process: name, msg, err, ...rest } = JSON.parse(line.toString()) as Record<string, unknown>;
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' && isPlain(value) ? value : JSON.stringify(value)}`,
  );
  const stack = (err as { stack?: string } | undefined)?.stack;
  const text = visible([name, msg, ...fields].join(' '));
  return `${new Date(time as number).toISOString().slice(11, 23)} ${LEVELS[level as number] ?? level} ${text}\n${stack ? `${stack.split('\n').map(indented).join('\n')}\n` : ''}`;
}

/** Without quotes it cannot be read as another field. */
const isPlain = (value: string): boolean => /^[^\s"=]+$/.test(value);
/** A line of an error's message is none of the log. */
const indented = (line: string): string => `    ${visible(line.trimStart())}`;

/** Nothing that is logged begins a line, colours the terminal or turns the direction of what follows. */
const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
