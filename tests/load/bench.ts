/** `npm run bench -- NAME`: measures against a peer that does the same work in the same run, prints a table and one line of JSON. */
import { parseArgs } from 'node:util';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import { broadcastBench } from './broadcast/broadcast-bench.ts';
import { callBench } from './call/call-bench.ts';
import { documentBench } from './document/document-bench.ts';
import { fleetBench } from './fleet/fleet-bench.ts';
import { kioskBench } from './kiosk/kiosk-bench.ts';
import { printReport } from './report.ts';
import { updateBench } from './update/update-bench.ts';

const help = `npm run bench -- NAME [options]

  call            waits, cost per packet, page weight
  kiosk           an idle room above a blank page, power on to picture, memory over calls
  document        from upload to the first page on the TV, page turns
  broadcast       glass to glass, processor time of program and viewers, held playlists
  fleet           rooms that one core carries, what each costs beside bare aedes and Mosquitto, changes, restart
  update          bytes of a typical update beside zstd --patch-from on the whole release, and the memory that it takes
  all             one after the other

  --runs N        pairs of each figure (5; fleet: 2); taps and joins five times as many
  --seed N        of the delay proxy (7)
  --only PART     call: weight, waits (with paint, tls), paint, tls or packets; kiosk: idle, soak or ready;
                  document: docx, pptx, pdf or turns;
                  broadcast: latency, program, held, viewers, or several with commas between them
  --soak-minutes  of simulated calls on the kiosk (0: left out)
  --rooms N       of the fleet (500); its goal is 10000, with --runs 1`;

const benches = ['call', 'kiosk', 'document', 'broadcast', 'fleet', 'update'] as const;
const { values, wanted } = readCommandLine(help, (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      seed: { type: 'string', default: '7' },
      only: { type: 'string' },
      'soak-minutes': { type: 'string', default: '0' },
      rooms: { type: 'string', default: '500' },
    },
  });
  const wanted = positionals[0] === 'all' ? benches : benches.filter((name) => name === positionals[0]);
  if (wanted.length === 0) throw new Error('which bench? call, kiosk, document, broadcast, fleet, update or all');
  wholeNumber('rooms', values.rooms, 10, 15_000);
  return { values, wanted };
});
const options = { runs: Number(values.runs ?? 5), seed: Number(values.seed), only: values.only ?? null };
for (const name of wanted) {
  if (name === 'call') printReport(await callBench(options));
  else if (name === 'document') printReport(await documentBench(options));
  else if (name === 'broadcast') printReport(await broadcastBench(options));
  else if (name === 'update') printReport(await updateBench(options));
  else if (name === 'fleet')
    printReport(await fleetBench({ ...options, runs: Number(values.runs ?? 2), rooms: Number(values.rooms) }));
  else printReport(await kioskBench({ ...options, soakMinutes: Number(values['soak-minutes']) }));
}
process.exit(0);
