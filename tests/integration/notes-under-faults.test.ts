/** The short form of `npm run chaos:notes`: no edit is lost or doubled through cuts and kills of the server, and all see the same. */
import { expect, test } from 'vitest';
import { runNotesUnderFaults } from '../chaos/notes/notes-under-faults.ts';

test('300 edits by five clients, with cuts and kills, converge', async () => {
  const verdict = await runNotesUnderFaults({ seed: 20_261_130, edits: 300, clients: 5, kills: 2 });
  expect(verdict).toMatchObject({ wrong: [], diverged: 0 });
  expect(verdict.cuts).toBeGreaterThan(0);
}, 240_000);
