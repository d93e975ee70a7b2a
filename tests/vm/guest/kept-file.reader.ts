/** In the guest after it: what the kept file holds, and how many of the files that nobody synced are whole. */
import { readdirSync, statSync } from 'node:fs';
import { z } from '#contract/schema.ts';
import { KeptFile } from '../../../kiosk/agent/kept-file.ts';
import { writeLine } from '../line.ts';

const kept = new KeptFile('/disk/kept.json', z.object({ count: z.number(), filler: z.string() }));
const unsynced = readdirSync('/disk').filter((name) => name.startsWith('unsynced-'));
const whole = unsynced.filter((name) => statSync(`/disk/${name}`).size === 10_000);
for (const found of [kept.read()?.count ?? 'nothing readable', whole.length])
  process.stdout.write(writeLine({ event: 'mark', text: String(found) }));
