/**
 * Generated edits of one meeting's notes by several clients, while connections are cut and the server is killed. Each edit writes a
 * letter of its own, so that one that is lost or doubled is seen in the text.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { XmlElement, type XmlFragment, XmlText } from 'yjs';
import { NOTES_FRAGMENT } from '#contract/notes-link.ts';
import type { NotesClient } from '../../../controller/ui/notes/notes-client.ts';
import { NotesScene, textOf } from '../../integration/notes-scene.ts';
import { type Random, seededRandom } from '../../simulators/seeded-random.ts';

export type NotesFaults = {
  seed: number;
  edits: number;
  clients: number;
  /** SIGKILLs of the server, spread over the edits */
  kills: number;
};
export type NotesVerdict = {
  /** letters that are missing in the end, or there twice */
  wrong: string[];
  /** clients whose text is another than the server's */
  diverged: number;
  cuts: number;
};
/** Unicode's private use area: as many letters that nobody types */
const FIRST_LETTER = 0xe000;
export const MOST_EDITS = 6_400;
const PACE_MS = 12;
const SETTLES_WITHIN_MS = 120_000;

/** @throws where the clients do not settle in time */
export async function runNotesUnderFaults({ seed, edits, clients: count, kills }: NotesFaults): Promise<NotesVerdict> {
  const random = seededRandom(seed);
  const scene = await NotesScene.start();
  try {
    const people = await Promise.all(Array.from({ length: count }, (_, at) => scene.person(`Person ${at}`)));
    const meetingId = await scene.meetingWith(...people);
    const opened = people.map((person) => scene.open(person, meetingId));
    const clients = opened.map(({ client }) => client);
    await settled(clients, ({ phase }) => phase === 'open');
    let cuts = 0;
    let restarting: Promise<void> = Promise.resolve();
    for (let done = 0; done < edits; done += 1) {
      edit(random.pick(clients), String.fromCodePoint(FIRST_LETTER + done), random);
      if (random.next() < 0.02) {
        cuts += 1;
        random.pick(opened).sockets.at(-1)?.terminate();
      }
      if (kills > 0 && (done + 1) % Math.ceil(edits / (kills + 1)) === 0) {
        await restarting;
        restarting = scene.fleet.kill().then(() => scene.fleet.startServer());
      }
      await wait(random.between(0, PACE_MS));
    }
    await restarting;
    await settled(clients, ({ phase, isUnsaved }) => phase === 'open' && !isUnsaved);
    // a server that has nothing but its disk
    await scene.fleet.kill();
    await scene.fleet.startServer();
    const fresh = scene.open(people[0]!, meetingId).client;
    await settled([fresh, ...clients], ({ phase, isUnsaved }) => phase === 'open' && !isUnsaved);
    const endsAtMs = performance.now() + SETTLES_WITHIN_MS;
    while (clients.some((client) => textOf(client) !== textOf(fresh)) && performance.now() < endsAtMs) await wait(50);
    const text = textOf(fresh);
    const letters = Array.from({ length: edits }, (_, at) => String.fromCodePoint(FIRST_LETTER + at));
    return {
      wrong: letters.filter((letter) => text.split(letter).length !== 2),
      diverged: clients.filter((client) => textOf(client) !== text).length,
      cuts,
    };
  } finally {
    await scene.stop();
  }
}

/** A letter in a line that is there, a new line, or a letter in place of an old one's neighbour. */
function edit({ doc }: NotesClient, letter: string, random: Random): void {
  const notes: XmlFragment = doc.getXmlFragment(NOTES_FRAGMENT);
  const lines = notes.toArray().flatMap((line) => (line instanceof XmlElement ? line.toArray() : []));
  const texts = lines.filter((line): line is XmlText => line instanceof XmlText);
  if (texts.length === 0 || random.next() < 0.1) {
    const line = new XmlElement('paragraph');
    line.insert(0, [new XmlText(letter)]);
    notes.insert(Math.floor(random.between(0, notes.length + 1)), [line]);
    return;
  }
  const text = random.pick(texts);
  // `x` is written to be deleted by somebody
  const written = text.toString();
  const scrap = written.indexOf('x');
  if (scrap >= 0 && random.next() < 0.3) text.delete(scrap, 1);
  text.insert(Math.floor(random.between(0, text.length + 1)), random.next() < 0.3 ? `${letter}x` : letter);
}

async function settled(
  clients: readonly NotesClient[],
  holds: (snapshot: ReturnType<NotesClient['getSnapshot']>) => boolean,
): Promise<void> {
  const endsAtMs = performance.now() + SETTLES_WITHIN_MS;
  while (!clients.every((client) => holds(client.getSnapshot()))) {
    if (performance.now() > endsAtMs)
      throw new Error(`not settled: ${JSON.stringify(clients.map((client) => client.getSnapshot()))}`);
    await wait(25);
  }
}
