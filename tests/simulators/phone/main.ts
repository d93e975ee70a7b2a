/** The phone from the command line: pairs, prints what the room says, sends the commands it is given. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { RoomCommand } from '#contract/room-command.ts';
import { codeOf, pair, Phone } from './phone.ts';

const help = `A phone that controls a room.

  node_modules/.bin/node tests/simulators/phone/main.ts --controller-url URL [--command JSON]...
  node_modules/.bin/node tests/simulators/phone/main.ts --fleet-url URL --code CODE | --token TOKEN

  --command JSON     send this once connected, in order: join-call, or {"name":"set-microphone","on":false}
  --ca F             the CA to trust (PEM)
  --stay             go on printing; each line typed is a command`;

const { fleetUrl, code, ...values } = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      'controller-url': { type: 'string' },
      'fleet-url': { type: 'string' },
      code: { type: 'string' },
      token: { type: 'string' },
      command: { type: 'string', multiple: true, default: [] },
      ca: { type: 'string' },
      stay: { type: 'boolean', default: false },
    },
  });
  const controllerUrl = values['controller-url'];
  const fleetUrl = values['fleet-url'] ?? (controllerUrl === undefined ? undefined : new URL(controllerUrl).origin);
  const code = values.code ?? (controllerUrl === undefined ? undefined : codeOf(controllerUrl));
  if (fleetUrl === undefined || (code === undefined && values.token === undefined))
    throw new Error('--controller-url is needed, or --fleet-url with --code or --token');
  return { ...values, fleetUrl, code };
});
const ca = values.ca === undefined ? undefined : readFileSync(values.ca, 'utf8');

const token = values.token ?? (await pair({ fleetUrl, code: code!, ca })).controllerToken;
console.log(`token ${token}`);
const phone = new Phone({ fleetUrl, token, ca, onMessage: (message) => console.log(JSON.stringify(message)) });
await phone.connect();
for (const command of values.command) await send(command);
if (values.stay) createInterface({ input: process.stdin }).on('line', (line) => void send(line));
else phone.close();

async function send(typed: string): Promise<void> {
  try {
    await phone.command(RoomCommand.parse(typed.startsWith('{') ? JSON.parse(typed) : { name: typed }));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
