/**
 * Runs on the machine with its Node and nothing else: a person of the server's first meeting, signalling by hand. Prints a line of JSON for
 * what happens.
 *
 *   caller.ts stay ORIGIN PASSWORD_FILE   makes a meeting, writes into its chat, and asks the node something each 200 ms, until
 *                                         there is a /tmp/leave
 *   caller.ts visit ORIGIN                comes in to the same meeting, reads its chat and leaves
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

type Json = Record<string, unknown>;
type Kept = { meetingId: string; password: string };
const KEPT = '/tmp/meeting.json';
const PASSWORD = 'a-password-of-this-test';
const [act, origin = '', passwordFile = ''] = process.argv.slice(2);
const print = (line: Json) => console.log(JSON.stringify(line));

let cookie = '';
async function ask(method: string, path: string, body: Json): Promise<Json> {
  const answer = await fetch(`${origin}/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', origin, cookie },
    body: JSON.stringify(body),
  });
  const [set] = answer.headers.getSetCookie();
  if (set) cookie = set.split(';')[0]!;
  const read = (await answer.json()) as Json;
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(read)}`);
  return read;
}

async function firstMeeting(): Promise<Kept> {
  const { userName, oneTimePassword } = JSON.parse(readFileSync(passwordFile, 'utf8')) as Record<string, string>;
  await ask('POST', 'sessions', { userName, password: oneTimePassword });
  await ask('PUT', 'accounts/current/password', { currentPassword: oneTimePassword, newPassword: PASSWORD });
  const draft = { title: 'Upgrade', startsAtMs: null, durationMinutes: 60, people: [], roomIds: [] };
  const { meeting } = (await ask('POST', 'meetings', draft)) as { meeting: Kept };
  const kept = { meetingId: meeting.meetingId, password: PASSWORD };
  writeFileSync(KEPT, JSON.stringify({ ...kept, userName }));
  return kept;
}

class Peer {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Json) => void>();
  #next = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, ...answer } = JSON.parse(String(data)) as Json & { id?: number };
      if (id !== undefined) this.#waiting.get(id)?.(answer);
    });
    socket.addEventListener('close', ({ code }) => print({ closed: code }));
  }

  static async enter(meetingId: string): Promise<{ peer: Peer; call: Json }> {
    const { grant } = (await ask('POST', `meetings/${meetingId}/entries`, {})) as { grant: Record<string, string> };
    const socket = new WebSocket(grant.signalingUrl!);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    const peer = new Peer(socket);
    const hello = (await peer.request('hello', {
      protocol: 2,
      admission: { kind: 'token', token: grant.joinToken },
    })) as { admission: { media: { routerRtpCapabilities: Json } } };
    const call = await peer.request('join-call', {
      displayName: 'Caller',
      rtpCapabilities: hello.admission.media.routerRtpCapabilities,
      microphone: 'absent',
      camera: 'absent',
      view: { kind: 'auto', maxTiles: 1, tileHeightPx: 360 },
    });
    return { peer, call };
  }

  /** @throws Error of a refusal, or where nothing comes within 5 s */
  async request(method: string, data: Json): Promise<Json> {
    const id = this.#next++;
    const answered = new Promise<Json>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, data }));
    const answer = await Promise.race([answered, sleep(5_000, null, { ref: false })]);
    this.#waiting.delete(id);
    if (answer === null || answer.error) throw new Error(`${method}: ${JSON.stringify(answer)}`);
    return answer.data as Json;
  }

  async leave(): Promise<void> {
    await this.request('leave-call', {});
    this.#socket.close();
  }
}

const messageId = '019366f0-0000-7000-8000-000000000001';
if (act === 'stay') {
  const { meetingId } = await firstMeeting();
  const { peer, call } = await Peer.enter(meetingId);
  await peer.request('send-chat', { messageId, text: 'before the upgrade' });
  print({ joined: call.callId });
  for (let count = 1; !existsSync('/tmp/leave'); count += 1) {
    await peer.request('read-chat', { beforeNumber: 1 });
    print({ answered: count });
    await sleep(200);
  }
  await peer.leave();
} else {
  const { meetingId, password, userName } = JSON.parse(readFileSync(KEPT, 'utf8')) as Kept & { userName: string };
  await ask('POST', 'sessions', { userName, password });
  const { peer, call } = await Peer.enter(meetingId);
  print({ joined: call.callId, chat: (call.chat as { text: string }[]).map(({ text }) => text) });
  await peer.leave();
}
