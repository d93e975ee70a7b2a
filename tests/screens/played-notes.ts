/** A meeting's notes as the fleet server would send them, for scenes. */
import type { Page, WebSocketRoute } from 'playwright-core';
import * as Y from 'yjs';
import { NOTES_FRAGMENT, type NotesAccess, type NotesLinkToPage } from '#contract/notes-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { appendLine } from '../../fleet/notes/note-lines.ts';

export type PlayedNotes = {
  access?: NotesAccess;
  /** `silent`: never answers; `gone`: opens once and goes; `full`: refuses each update */
  behaves?: 'well' | 'silent' | 'gone' | 'full';
};
/** kinds of y-protocols */
const [STATE_VECTOR, DIFFERENCE] = [0, 1];

export async function playNotes(page: Page, { access = 'write', behaves = 'well' }: PlayedNotes): Promise<void> {
  let opened = 0;
  await page.routeWebSocket(/\/notes-link$/, (socket) => {
    opened += 1;
    if (behaves === 'silent' || (behaves === 'gone' && opened > 1)) return;
    const say = (message: NotesLinkToPage) => socket.send(JSON.stringify(message));
    let count = 0;
    socket.onMessage((data) => {
      if (typeof data === 'string') {
        const message = JSON.parse(data);
        if (message.type === 'ping') say({ type: 'pong' });
        if (message.type !== 'hello') return;
        say({ type: 'welcome', protocol: PROTOCOL_VERSION, meetingId: message.meetingId, access });
        sendFrame(socket, STATE_VECTOR, Y.encodeStateVector(new Y.Doc()));
        return;
      }
      if (data[0] === STATE_VECTOR) {
        sendFrame(socket, DIFFERENCE, Y.encodeStateAsUpdate(writtenNotes()));
        if (behaves === 'gone') setTimeout(() => void socket.close(), 200);
        return;
      }
      count += 1;
      if (behaves === 'full') say({ type: 'update-refused', error: { code: 'notes-too-large', message: '' } });
      else say({ type: 'saved', count });
    });
  });
}

function sendFrame(socket: WebSocketRoute, kind: number, content: Uint8Array): void {
  const length: number[] = [];
  // a number of seven bits a byte, the lowest first
  let rest = content.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  socket.send(Buffer.from([kind, ...length, rest, ...content]));
}

function writtenNotes(): Y.Doc {
  const doc = new Y.Doc();
  const notes = doc.getXmlFragment(NOTES_FRAGMENT);
  const heading = new Y.XmlElement<{ level: number }>('heading');
  heading.setAttribute('level', 2);
  heading.insert(0, [new Y.XmlText('봄 시즌 가격')]);
  notes.insert(0, [heading as unknown as Y.XmlElement]);
  appendLine(notes, {
    kind: 'note',
    text: 'The dealers want an answer before the fair; 원자재 가격은 아직 오르지 않았습니다.',
  });
  appendLine(notes, { kind: 'decision', text: 'Prices stay until spring. 예외는 영업본부가 정합니다.' });
  appendLine(notes, { kind: 'task', text: 'Write to the dealers', person: 'Joon Lee', dueOn: '2026-12-24' });
  appendLine(notes, { kind: 'task', text: '박람회 회의실 예약', person: '김민아', dueOn: null });
  return doc;
}
