/** The simulated room from the command line: enrols by a claim, shows its pairing code, prints what it is told. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { Claim } from '#contract/enrolment.ts';
import { ErrorCode } from '#contract/error-codes.ts';
import { enrol, type RoomIdentity } from './enrol.ts';
import { type Script, SimulatedRoom } from './simulated-room.ts';

const help = `A room without a window: it answers commands, and opens no media.

  node_modules/.bin/node tests/simulators/room/main.ts --claim-file F --identity-file F [options]

  --claim-file F      the claim (JSON), for the first start
  --identity-file F   where its key and certificate are kept from then on
  --answer NAME=CODE  answer this command with an error, or not at all (join-call=no-screen, end-call=silence)
  --epoch N           of its state (the time in seconds)`;

const { identityFile, claimFile, ...values } = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      'claim-file': { type: 'string' },
      'identity-file': { type: 'string' },
      answer: { type: 'string', multiple: true, default: [] },
      epoch: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
    },
  });
  const { 'identity-file': identityFile, 'claim-file': claimFile, ...rest } = values;
  if (identityFile === undefined) throw new Error('--identity-file is needed');
  if (claimFile === undefined && !existsSync(identityFile)) throw new Error('a first start needs --claim-file');
  return { ...rest, identityFile, claimFile };
});

let identity: RoomIdentity;
if (existsSync(identityFile)) {
  identity = JSON.parse(readFileSync(identityFile, 'utf8')) as RoomIdentity;
} else {
  identity = await enrol(Claim.parse(JSON.parse(readFileSync(claimFile!, 'utf8'))));
  writeFileSync(identityFile, JSON.stringify(identity), { mode: 0o600 });
}
const script = Object.fromEntries(
  values.answer.map((each) => {
    const [name, code] = each.split('=');
    return [name, code === 'silence' ? 'silence' : ErrorCode.parse(code)];
  }),
) as Script;
const room = new SimulatedRoom({
  identity,
  script,
  epoch: Number(values.epoch),
  told: ({ topic, message }) => console.log(topic, JSON.stringify(message)),
  onProblem: (problem) => console.error(problem),
});
await room.start();
console.log(`room ${identity.roomId} "${identity.roomName}", pairing code ${room.pairingCode}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void room.stop().then(() => process.exit(0)));
