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
      say({ id, result: answers[method]?.(params) ?? {} });
    }
  });
  return { pipe: new DevtoolsPipe(requests, messages, ORIGIN), attached, closed };
}

it('keeps the screen’s page and closes what it opened, though that came before the shell looked', async () => {
  const { pipe, attached, closed } = browserWith([page('opened', { openerId: 'own' }), page('own')]);
  await pipe.attachToPage(5_000);
  expect(attached).toEqual(['own']);
  await expect.poll(() => closed).toEqual(['opened']);
});
