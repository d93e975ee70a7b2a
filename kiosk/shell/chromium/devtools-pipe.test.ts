import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { DevtoolsPipe } from './devtools-pipe.ts';

const ORIGIN = 'http://127.0.0.1:7420';
const page = (targetId: string, opener: { openerId?: string } = {}) => ({
  type: 'page',
  targetId,
  url: `${ORIGIN}/`,
  ...opener,
});

/** A browser that has these targets; each request is answered at once. */
function browserWith(targets: ReturnType<typeof page>[], key: string | null = null) {
  const evaluated: unknown[] = [];
  const [requests, messages] = [new PassThrough(), new PassThrough()];
  const attached: unknown[] = [];
  const closed: unknown[] = [];
  const say = (message: object) => messages.write(`${JSON.stringify(message)}\0`);
  const answers: Record<string, (params: { targetId?: string; expression?: string }) => object> = {
    'Target.getTargets': () => ({ targetInfos: targets }),
    'Target.attachToTarget': ({ targetId }) => {
      attached.push(targetId);
      return { sessionId: 's' };
    },
    'Runtime.evaluate': ({ expression }) => {
      evaluated.push(expression);
      return { result: { value: ORIGIN } };
    },
    'Target.setDiscoverTargets': () => {
      for (const targetInfo of targets) say({ method: 'Target.targetCreated', params: { targetInfo } });
      return {};
    },
    'Target.closeTarget': ({ targetId }) => {
      closed.push(targetId);
      return {};
    },
  };
  requests.on('data', (chunk: Buffer) => {
    for (const text of chunk.toString().split('\0').filter(Boolean)) {
      const { id, method, params } = JSON.parse(text) as { id: number; method: string; params: { targetId?: string } };
      say({ id, result: answers[method]?.(params) ?? {} });
    }
  });
  return {
    pipe: new DevtoolsPipe(requests, messages, { origin: ORIGIN, key: () => key }),
    attached,
    closed,
    evaluated,
  };
}

it('leaves the key with the page of its own origin, at each look', async () => {
  const key = 'k'.repeat(43);
  const { pipe, evaluated } = browserWith([page('own')], key);
  await pipe.attachToPage(5_000);
  await pipe.look(1_000);
  const inPage = (origin: string): unknown => {
    const world = { location: { origin }, globalThis: {} as { maruScreenKey?: unknown } };
    const answer = new Function('location', 'globalThis', `return eval(${JSON.stringify(evaluated.at(-1))})`)(
      world.location,
      world.globalThis,
    ) as unknown;
    expect(answer).toBe(origin);
    return world.globalThis.maruScreenKey;
  };
  expect(evaluated.length).toBeGreaterThanOrEqual(2);
  expect(inPage(ORIGIN)).toBe(key);
  expect(inPage('https://elsewhere.example')).toBeUndefined();
});

it('keeps the screen’s page and closes what it opened, though that came before the shell looked', async () => {
  const { pipe, attached, closed } = browserWith([page('opened', { openerId: 'own' }), page('own')]);
  await pipe.attachToPage(5_000);
  expect(attached).toEqual(['own']);
  await expect.poll(() => closed).toEqual(['opened']);
});
