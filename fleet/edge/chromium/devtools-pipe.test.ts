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
function browserWith(targets: ReturnType<typeof page>[]) {
  const asked: string[] = [];
  const calls: string[] = [];
  const [requests, messages] = [new PassThrough(), new PassThrough()];
  const attached: unknown[] = [];
  const closed: unknown[] = [];
  const say = (message: object) => messages.write(`${JSON.stringify(message)}\0`);
  const answers: Record<string, (params: { targetId?: string }) => object> = {
    'Target.getTargets': () => ({ targetInfos: targets }),
    'Target.attachToTarget': ({ targetId }) => {
      attached.push(targetId);
      return { sessionId: 's' };
    },
    'Runtime.evaluate': () => ({ result: { value: ORIGIN } }),
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
      asked.push(method);
      say({ id, result: answers[method]?.(params) ?? {} });
    }
  });
  return {
    pipe: new DevtoolsPipe(requests, messages, {
      origin: ORIGIN,
      binding: { name: 'toProcess', onCall: (text) => calls.push(text) },
    }),
    say,
    asked,
    calls,
    attached,
    closed,
  };
}

it('passes on what its own page sends by the function that it was given, and nothing of another name', async () => {
  const { pipe, say, asked, calls } = browserWith([page('own')]);
  await pipe.attachToPage(5_000);
  expect(asked).toContain('Runtime.addBinding');
  for (const name of ['other', 'toProcess']) say({ method: 'Runtime.bindingCalled', params: { name, payload: name } });
  await expect.poll(() => calls).toEqual(['toProcess']);
});

it('keeps its own page and closes what it opened, though that came before it looked', async () => {
  const { pipe, attached, closed } = browserWith([page('opened', { openerId: 'own' }), page('own')]);
  await pipe.attachToPage(5_000);
  expect(attached).toEqual(['own']);
  await expect.poll(() => closed).toEqual(['opened']);
});
