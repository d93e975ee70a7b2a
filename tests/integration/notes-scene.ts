/** For tests of notes: a real fleet server with people and meetings, and the page's client over a WebSocket with their cookies. */
import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { NOTES_FRAGMENT, NOTES_LINK_PATH } from '#contract/notes-link.ts';
import { NotesClient, type NotesSocket } from '../../controller/ui/notes/notes-client.ts';
import { FleetUnderTest } from '../../fleet/fleet-under-test.ts';
import { Accounts } from '../../fleet/people/index.ts';
import { type AuthorityStore, authorityStore } from '../../fleet/store/index.ts';

export type NotesPerson = { accountId: string; displayName: string; cookie: string };

export class NotesScene {
  readonly fleet = new FleetUnderTest();
  readonly #store: AuthorityStore;
  readonly #clients: NotesClient[] = [];

  private constructor() {
    this.#store = authorityStore({
      dataDir: this.fleet.dataDir,
      onFatal: (error) => {
        throw error;
      },
    });
  }

  static async start(): Promise<NotesScene> {
    const scene = new NotesScene();
    await scene.fleet.start();
    await scene.#store.start();
    return scene;
  }
  async stop(): Promise<void> {
    for (const client of this.#clients) client.stop();
    await this.#store.stop();
    await this.fleet.stop();
  }

  get store(): AuthorityStore {
    return this.#store;
  }

  async person(displayName: string): Promise<NotesPerson> {
    const [userName, password] = [`u${randomUUID()}`, randomUUID()];
    const grants = [{ role: 'member', scope: { kind: 'organisation' } } as const];
    const account = { userName, displayName, password, grants: [...grants], mustChangePassword: false };
    const { accountId } = await new Accounts({ store: this.#store }).create(account);
    return { accountId, displayName, cookie: (await this.fleet.signIn(userName, password)).cookie };
  }

  /** The first is its host. @returns meetingId */
  async meetingWith(...people: NotesPerson[]): Promise<string> {
    const [host, ...invited] = people;
    const draft = {
      title: 'Plans',
      startsAtMs: null,
      durationMinutes: 30,
      people: invited.map(({ accountId }) => ({ accountId, role: 'member' })),
      roomIds: [],
    };
    const { status, body } = await this.fleet.api('POST', '/api/v1/meetings', draft, host!.cookie);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.meeting.meetingId;
  }

  socket(cookie: string, headers: Record<string, string> = {}): WebSocket {
    const url = new URL(NOTES_LINK_PATH, this.fleet.ready.fleetUrl.replace(/^http/, 'ws'));
    const socket = new WebSocket(url, { headers: { cookie, ...headers } });
    // the server is away at times
    socket.on('error', () => {});
    return socket;
  }

  /** `sockets`: those that it has opened, the last one open */
  open(who: NotesPerson, meetingId: string): { client: NotesClient; sockets: WebSocket[] } {
    const sockets: WebSocket[] = [];
    const openSocket = (): NotesSocket => {
      const socket = this.socket(who.cookie);
      sockets.push(socket);
      return socket as unknown as NotesSocket;
    };
    const client = new NotesClient({ meetingId, openSocket });
    this.#clients.push(client);
    client.start();
    return { client, sockets };
  }
}

export const textOf = ({ doc }: NotesClient): string => doc.getXmlFragment(NOTES_FRAGMENT).toString();
export const paragraphOf = (text: string): string => `<paragraph>${text}</paragraph>`;

export function write({ doc }: NotesClient, text: string, at = doc.getXmlFragment(NOTES_FRAGMENT).length): void {
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [new Y.XmlText(text)]);
  doc.getXmlFragment(NOTES_FRAGMENT).insert(at, [paragraph]);
}
