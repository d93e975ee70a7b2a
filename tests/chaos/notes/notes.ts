/** `npm run chaos:notes -- --edits N --clients N --kills N --seed S`: edits of notes through cuts and kills, and whether any is lost. */
import { parseArgs } from 'node:util';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import { MOST_EDITS, runNotesUnderFaults } from './notes-under-faults.ts';

const help = `Edits one meeting's notes by several clients while connections are cut and the fleet server is killed.

  npm run chaos:notes -- [options]

  --edits N    how many, ${MOST_EDITS} at most (5000)
  --clients N  who make them (5)
  --kills N    of the server, beside one at the end (8)
  --seed N     of all that is random (random, printed)

Ends with 1 where an edit is lost or doubled, or a client's text is another than the server's.`;

const faults = readCommandLine(help, (args) => {
  const { values } = parseArgs({
    args,
    options: {
      edits: { type: 'string', default: '5000' },
      clients: { type: 'string', default: '5' },
      kills: { type: 'string', default: '8' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  return {
    edits: wholeNumber('edits', values.edits, 1, MOST_EDITS),
    clients: wholeNumber('clients', values.clients, 1, 50),
    kills: wholeNumber('kills', values.kills, 0, 100),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 32),
  };
});
console.log(`seed ${faults.seed}`);
const { wrong, diverged, cuts } = await runNotesUnderFaults(faults);
console.log(
  `${faults.edits} edits by ${faults.clients} clients, ${cuts} cuts, ${faults.kills + 1} kills: ${wrong.length} lost or doubled, ${diverged} clients diverged`,
);
process.exit(wrong.length > 0 || diverged > 0 ? 1 : 0);
