/** Participants from the command line: N of them into the call behind a guest link, telling what each sees and hears. */
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { launchChromium } from '../chromium.ts';
import { SimulatedParticipant } from './participants.ts';

const help = `Participants with known pictures and tones.

  node_modules/.bin/node tests/simulators/participants/main.ts --join-url URL [options]

  --count N         how many (3)
  --first-number N  number, colour and tone of the first (1)
  --every-ms N      how often to print what each sees and hears (5000)
  --for-ms N        leave after this long (stay until a signal)
  --ca F            the fleet's CA (PEM); Chromium itself trusts the database of its HOME`;

const { joinUrl, ...values } = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      'join-url': { type: 'string' },
      count: { type: 'string', default: '3' },
      'first-number': { type: 'string', default: '1' },
      'every-ms': { type: 'string', default: '5000' },
      'for-ms': { type: 'string' },
      ca: { type: 'string' },
    },
  });
  const { 'join-url': joinUrl, ...rest } = values;
  if (joinUrl === undefined) throw new Error('--join-url is needed');
  return { ...rest, joinUrl };
});
const ca = values.ca === undefined ? undefined : readFileSync(values.ca, 'utf8');
const numbers = Array.from({ length: Number(values.count) }, (_, at) => Number(values['first-number']) + at);
const browser = await launchChromium({ role: 'person' });
const everyone = await Promise.all(
  numbers.map((number) => SimulatedParticipant.join({ browser, joinUrl, number, ca })),
);
console.log(`in the call: ${everyone.map(({ number }) => number).join(', ')}`);

const leave = async () => {
  await Promise.allSettled(everyone.map((participant) => participant.leave()));
  await browser.close();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void leave());
if (values['for-ms'] !== undefined) setTimeout(() => void leave(), Number(values['for-ms']));
for await (const _ of setInterval(Number(values['every-ms']))) {
  for (const participant of everyone) {
    const { received, ended } = await participant.report(numbers);
    const seen = received
      .filter(({ picture }) => picture !== null)
      .map(({ displayName, picture }) => `${displayName}: ${picture!.colour} ${picture!.number} #${picture!.counter}`);
    const heard = received
      .filter(({ tonesHz }) => tonesHz.length > 0)
      .map(({ displayName, tonesHz }) => `${displayName}: ${tonesHz.join('+')} Hz`);
    console.log(
      `${participant.number} sees ${seen.join(', ') || 'nothing'}; hears ${heard.join(', ') || 'nothing'}${ended === null ? '' : `; ${ended}`}`,
    );
  }
}
