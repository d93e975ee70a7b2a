/** The validator as a command. Ends with 1 where a rule is broken. */
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { validate } from './validate.ts';

const help = `A validator of low-latency HLS: reads one playlist as players do, and prints each rule that it breaks.

  node_modules/.bin/node tests/hls-validator/main.ts URL [SECONDS]

  URL             a media playlist
  SECONDS         how long to follow it (30)

The viewer's token stands in MARU_WATCH_TOKEN, because other users of this machine can read a command line; a CA of your own in
NODE_EXTRA_CA_CERTS.`;

const { url, seconds } = readCommandLine(help, (args) => {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
  const [address, text = '30', ...others] = positionals;
  if (address === undefined || !URL.canParse(address)) throw new Error('the URL of a playlist is needed');
  if (!(Number(text) > 0)) throw new Error(`SECONDS is a number above 0, not "${text}"`);
  if (others.length > 0) throw new Error(`"${others[0]}" is not known`);
  return { url: address, seconds: Number(text) };
});

const {
  findings,
  dateRanges: _,
  ...read
} = await validate({ url, token: process.env.MARU_WATCH_TOKEN ?? null, seconds });
for (const { rule, what } of findings) process.stdout.write(`rule ${rule}: ${what}\n`);
process.stdout.write(
  `${JSON.stringify(read)}\n${findings.length === 0 ? 'no rule is broken' : `${findings.length} findings`}\n`,
);
process.exit(findings.length === 0 ? 0 : 1);
