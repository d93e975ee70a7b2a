/**
 * Several clients do what comes to their minds, in any order, drops and worker deaths among it. Whatever happened: every
 * request was answered, who asks sees the same roster as everybody else, and after the end nothing is left.
 */
import type { MeetingRole, OrderChange } from '#contract/call-order.ts';
import type { JoinTokenClaims } from '#contract/grants.ts';
import type { MediaSource } from '#contract/media-source.ts';
import type { DocumentAct } from '#contract/shared-document.ts';
import type { CallSnapshot, SignalingMethod } from '#contract/signaling.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { dtlsParameters, type RawClient, Refused } from './testing/raw-client.ts';
import { settled, startTestNode, type TestNode } from './testing/test-node.ts';

const PEERS = 4;
const ROLES: MeetingRole[] = ['host', 'co-host', 'presenter', 'member'];
const sources: MediaSource[] = ['microphone', 'camera', 'screen', 'screen-audio'];
/** What a request may be refused with when it comes at a bad time; anything else is a bug of ours. */
const expectedCodes = new Set([
  'not-possible-now',
  'peer-unknown',
  'media-failed',
  'forbidden',
  'closed',
  'call-ended',
  'removed-from-call',
  'replaced',
  'too-many-attempts',
  'stays-muted',
  'call-locked',
]);

type Limits = Pick<JoinTokenClaims, 'publishes' | 'receives'> & Partial<Pick<JoinTokenClaims, 'documents'>>;
type Act =
  | { do: 'join' | 'ahead' | 'drop' | 'resume' | 'reload' | 'leave' | 'enter'; who: number }
  | { do: 'produce' | 'pause' | 'go-on' | 'stop'; who: number; source: number }
  | { do: 'show' | 'mute' | 'remove'; who: number; whom: number }
  | { do: 'connect' | 'restart'; who: number }
  | { do: 'present'; who: number; whom: number; act: DocumentAct }
  | { do: 'order'; who: number; change: OrderChange }
  | { do: 'role'; who: number; whom: number; role: MeetingRole }
  | { do: 'hand' | 'let-speak' | 'say'; who: number; whom: number }
  | { do: 'wait'; ms: number }
  | { do: 'kill-worker' };

const who = fc.nat({ max: PEERS - 1 });
const page = fc.integer({ min: 1, max: 6 });
const [documentIds, strokeIds] = [
  [uuidv7(), uuidv7()],
  [uuidv7(), uuidv7(), uuidv7()],
];
const documentAct = fc.oneof(
  fc.record({
    act: fc.constant('show' as const),
    documentId: fc.constantFrom(...documentIds),
    title: fc.constant('Plan'),
    pageCount: fc.constantFrom(null, 4, 6),
    page,
  }),
  fc.record({ act: fc.constant('turn-page' as const), page }),
  fc.record({
    act: fc.constant('draw' as const),
    stroke: fc.record({
      strokeId: fc.constantFrom(...strokeIds),
      page,
      colour: fc.constantFrom('red' as const, 'marker' as const),
      points: fc.constantFrom([1, 2], [3, 4, 5, 6]),
    }),
  }),
  fc.constantFrom(
    { act: 'point', at: { x: 1, y: 2 } } as const,
    { act: 'point', at: null } as const,
    { act: 'zoom', region: { x: 1, y: 1, width: 20_000, height: 20_000 } } as const,
    { act: 'undo-stroke' } as const,
    { act: 'clear-strokes' } as const,
    { act: 'take' } as const,
    // to whom is filled in as it is played
    { act: 'hand-over', peerId: uuidv7() } as const,
    { act: 'stop' } as const,
  ),
) as fc.Arbitrary<DocumentAct>;
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('join', 'join', 'ahead', 'enter', 'drop', 'resume', 'resume', 'reload', 'leave'),
      who,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('produce', 'produce', 'produce', 'pause', 'go-on', 'stop'),
      who,
      source: fc.nat({ max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('show', 'show', 'mute', 'remove'), who, whom: who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('present'), who, whom: who, act: documentAct }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('order'),
      who,
      change: fc.constantFrom<OrderChange>(
        { staysMuted: true },
        { staysMuted: false },
        { sharedBy: 'presenters' },
        { sharedBy: 'everyone' },
        { isLocked: true },
        { isLocked: false },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('role'),
      who,
      whom: who,
      role: fc.constantFrom('host', 'co-host', 'presenter', 'member'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('hand', 'let-speak', 'say', 'say'), who, whom: who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('connect', 'restart'), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat({ max: 15 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill-worker') }) },
) as fc.Arbitrary<Act>;

const limits: fc.Arbitrary<Limits> = fc.record({
  publishes: fc.subarray(sources),
  receives: fc.subarray(sources),
  documents: fc.subarray(['present', 'view'] as const) as fc.Arbitrary<Limits['documents']>,
});

let it: TestNode;
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  it = await startTestNode({
    workers: 2,
    settings: {
      resumeGraceMs: 60_000,
      emptyCallMs: 60_000,
      requestBurst: 100_000,
      failedHellosPerMinute: 100_000,
      consumersPerWorker: 3,
      pauseUnseenAfterMs: 5,
      closeUnseenAfterMs: 10,
    },
  });
});
afterAll(async () => {
  await it.stop();
  process.off('unhandledRejection', onUnhandled);
});

class Player {
  client: RawClient | null = null;
  readonly producers = new Map<MediaSource, string>();
  readonly problems: string[] = [];
  readonly asked: Promise<unknown>[] = [];
  readonly callId: string;
  readonly all: Player[];
  readonly limits: Partial<Limits>;

  constructor(callId: string, all: Player[], limits: Partial<Limits> = {}) {
    this.limits = limits;
    this.callId = callId;
    this.all = all;
  }
  get peerId(): string {
    return this.client?.hello?.peerId ?? uuidv7();
  }

  /** Not awaited: the next act comes while this one is under way. */
  #ask(method: SignalingMethod, data: object): void {
    if (!this.client) return;
    const { client } = this;
    const answer = (client.request as (method: string, data: object) => Promise<unknown>)(method, data);
    this.asked.push(answer.catch((error: unknown) => this.#refused(method, error)));
  }
  #refused(method: string, error: unknown): void {
    if (!(error instanceof Refused) || !expectedCodes.has(error.code))
      this.problems.push(`${method}: ${String(error)}`);
  }

  async play(act: Exclude<Act, { do: 'wait' | 'kill-worker' }>): Promise<void> {
    const source = 'source' in act ? sources[act.source]! : 'camera';
    const whom = 'whom' in act ? this.all[act.whom]!.peerId : '';
    const admission = this.client?.hello?.admission;
    const media = admission && admission.kind !== 'kept' ? admission.media : null;
    switch (act.do) {
      case 'enter':
        return this.#connect(async (client) =>
          client.enter(
            await it.fleet.token({ callId: this.callId, role: ROLES[this.all.indexOf(this)]!, ...this.limits }),
          ),
        );
      case 'resume':
      case 'reload': {
        const hello = this.client?.hello;
        const transportId = act.do === 'reload' ? undefined : media?.send.transportId;
        if (hello) await this.#connect((client) => client.resume(hello, transportId));
        return;
      }
      case 'join':
        if (!this.client) await this.play({ do: 'enter', who: 0 });
        if (media || this.client?.hello) {
          this.#ask('join-call', {
            displayName: 'Guest',
            rtpCapabilities: media?.routerRtpCapabilities ?? {},
            microphone: 'absent',
            camera: 'absent',
            view: { kind: 'auto', maxTiles: 3, tileHeightPx: 360 },
          });
        }
        return;
      case 'ahead':
        return this.#ask('prepare-call', {
          rtpCapabilities: media?.routerRtpCapabilities ?? {},
          view: { kind: 'auto', maxTiles: 3, tileHeightPx: 360 },
        });
      case 'drop':
        return this.client?.drop();
      case 'leave':
        return this.#ask('leave-call', {});
      case 'produce':
        // a set-up that was replaced meanwhile is refused by its transport's id
        if (media && this.client)
          this.asked.push(
            this.client.produce(source).then(
              (id) => this.producers.set(source, id),
              (error: unknown) => this.#refused('produce', error),
            ),
          );
        return;
      case 'pause':
      case 'go-on':
        return this.#ask(act.do === 'pause' ? 'pause-producer' : 'resume-producer', {
          producerId: this.producers.get(source) ?? uuidv7(),
        });
      case 'stop':
        return this.#ask('close-producer', { producerId: this.producers.get(source) ?? uuidv7() });
      case 'show':
        return this.#ask('show', {
          view: { kind: 'exact', tiles: [{ peerId: whom, source: 'camera', heightPx: 360 }] },
        });
      case 'present':
        return this.#ask('present', {
          act: act.act.act === 'hand-over' ? { ...act.act, peerId: whom } : act.act,
        });
      case 'order':
        return this.#ask('set-order', act.change);
      case 'role':
        return this.#ask('set-role', { peerId: whom, role: act.role });
      case 'hand':
        return this.#ask('raise-hand', { isUp: act.whom !== act.who });
      case 'let-speak':
        return this.#ask('let-speak', { peerId: whom });
      case 'say':
        return this.#ask('send-chat', { messageId: uuidv7(), text: `to ${act.whom}` });
      case 'mute':
        return this.#ask('mute-participant', { peerId: whom });
      case 'remove':
        return this.#ask('remove-participant', { peerId: whom });
      case 'connect':
        if (media) this.#ask('connect-transport', { transportId: media.send.transportId, dtlsParameters });
        return;
      case 'restart':
        if (media) this.#ask('restart-ice', { transportId: media.recv.transportId });
    }
  }

  async #connect(greet: (client: RawClient) => Promise<unknown>): Promise<void> {
    const client = await it.open();
    const former = this.client;
    try {
      await greet(client);
      this.client = client;
      former?.drop();
    } catch (error) {
      this.#refused('hello', error);
      client.drop();
    }
  }
}

async function play(act: Act, players: Player[]): Promise<void> {
  if (act.do === 'wait') await settled(act.ms);
  else if (act.do === 'kill-worker') {
    const [victim] = it.node.pool.alive;
    if (victim) process.kill(victim.worker.pid, 'SIGKILL');
  } else await players[act.who]!.play(act);
}

function connectedIn(client: RawClient, { participants }: CallSnapshot): string[] {
  const roster = new Map(participants.map(({ peerId, connection }) => [peerId, connection]));
  for (const { event, data } of client.notifications) {
    if (event === 'participant-joined' || event === 'participant-changed')
      roster.set(data.participant.peerId, data.participant.connection);
    if (event === 'participant-left') roster.delete(data.peerId);
  }
  return [...roster]
    .filter(([, connection]) => connection === 'connected')
    .map(([peerId]) => peerId)
    .sort();
}

test('any sequence leaves one roster, every answer given, and nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
      const callId = uuidv7();
      // the former run's, where it failed
      for (const former of it.node.registry.calls.keys())
        it.node.registry.perform({ name: 'end-call', callId: former });
      unhandled.length = 0;
      const players: Player[] = [];
      for (let index = 0; index < PEERS; index++) players.push(new Player(callId, players));
      for (const one of acts) await play(one, players);
      for (const player of players) await Promise.all(player.asked);
      expect(players.flatMap(({ problems }) => problems)).toEqual([]);
      expect(players.map(({ client }) => client?.unanswered ?? 0)).toEqual(players.map(() => 0));

      // what a newcomer is shown, and told from then on, is who is there
      const judge = await it.prepare({ callId, role: 'co-host' });
      const snapshot = await judge.join('Judge');
      const inCall = (peerId: string): boolean =>
        it.node.registry.calls.get(callId)?.peers.get(peerId)?.stage === 'joined';
      const there = players.filter(({ client, peerId }) => client?.closeCode === null && inCall(peerId));
      await expect
        .poll(() => connectedIn(judge, snapshot))
        .toEqual([...there.map(({ peerId }) => peerId), judge.hello!.peerId].sort());
      // a client that dropped and came back, and one that followed all along, see the same
      await Promise.all(there.map(({ client }) => client!.request('ping', {})));
      for (const { client } of there) expect(client!.document).toEqual(snapshot.document);
      // whatever was tried: nobody who stays muted is heard, and nobody shares who may not
      const { peers, producers, order } = it.node.registry.calls.get(callId)!;
      for (const { peerId, source, producer } of producers.all.values()) {
        const { staysMuted, permissions } = peers.get(peerId)!;
        if (staysMuted && producer.kind === 'audio') expect([source, producer.paused]).toEqual([source, true]);
        expect(permissions.publishes).toContain(source);
      }
      expect(snapshot.order).toEqual(order.order);
      expect(snapshot.chat.map(({ number }) => number)).toEqual(snapshot.chat.map((_, index) => index));

      await judge.request('end-call', {});
      for (const { client } of [...there, { client: judge }]) expect(await client!.closed()).toBe(4431);
      expect([...it.node.registry.calls.keys()]).toEqual([]);
      expect(it.node.registry.peerCount).toBe(0);
      await expect
        .poll(async () => (it.node.pool.alive.length === 2 ? it.held() : null), { timeout: 5_000 })
        .toEqual({ routers: 0, transports: 0, handlers: 2 });
      for (const { client } of players) client?.drop();
      expect(unhandled).toEqual([]);
    }),
    {
      numRuns: Number(process.env.SEQUENCE_RUNS ?? 40),
      ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}),
    },
  );
});

test('no sequence gets anybody more than the grant names', async () => {
  const grants = fc.array(limits, { minLength: PEERS, maxLength: PEERS });
  // with a view of all, so that everything that may be forwarded is
  const acts = fc.array(
    act.filter(({ do: done }) => done !== 'leave' && done !== 'remove' && done !== 'show' && done !== 'drop'),
    { minLength: 5, maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(grants, acts, async (granted, acts) => {
      const callId = uuidv7();
      const players: Player[] = [];
      for (const each of granted) players.push(new Player(callId, players, each));
      for (const player of players) {
        await player.play({ do: 'join', who: 0 });
        for (const source of sources.keys()) await player.play({ do: 'produce', who: 0, source });
      }
      for (const one of acts) await play(one, players);
      for (const player of players) await Promise.all(player.asked);
      const call = it.node.registry.calls.get(callId)!;
      for (const { claims, producers, forwarding } of call.peers.values()) {
        await forwarding?.settle();
        const sent = [...producers.values()].map(({ source }) => source);
        expect(sent.filter((source) => !claims.publishes.includes(source))).toEqual([]);
        const received = forwarding?.parameters.map(({ source }) => source) ?? [];
        expect(received.filter((source) => source === 'unknown' || !claims.receives.includes(source))).toEqual([]);
      }
      for (const { client, limits } of players) {
        const added = client?.notifications.flatMap(({ event, data }) =>
          event === 'consumer-added' ? [data.source] : [],
        );
        expect(added?.filter((source) => source === 'unknown' || !limits.receives!.includes(source))).toEqual([]);
        const { documents } = limits;
        if (!documents?.includes('view')) {
          expect(client?.document ?? null).toBeNull();
          expect(client?.notifications.map(({ event }) => event)).not.toContain('document-changed');
        }
        client?.drop();
      }
      it.node.registry.perform({ name: 'end-call', callId });
    }),
    {
      numRuns: Number(process.env.SEQUENCE_RUNS ?? 20),
      ...(process.env.SEED ? { seed: Number(process.env.SEED) } : {}),
    },
  );
});
