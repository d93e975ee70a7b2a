/** The pure parts of the guest's page: what a refused device means, how loud loud is, and the inline head start. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { captureProblemOf } from '#call/capture-device.ts';
import { inlineEarly } from './early-plugin.ts';
import { levelPercent } from './sound-check.ts';

describe('a device that cannot be had', () => {
  it('is refused, busy or missing', () => {
    expect(captureProblemOf(new DOMException('', 'NotAllowedError'))).toBe('refused');
    expect(captureProblemOf(new DOMException('', 'NotReadableError'))).toBe('busy');
    expect(captureProblemOf(new DOMException('', 'NotFoundError'))).toBe('missing');
    expect(captureProblemOf(new DOMException('', 'OverconstrainedError'))).toBe('missing');
  });
});

describe('the level', () => {
  const tone = (amplitude: number) => Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 4));
  it('is nothing in silence, full at a raised voice, and rises between', () => {
    expect(levelPercent(tone(0))).toBe(0);
    expect(levelPercent(tone(0.9))).toBe(100);
    const [soft, spoken] = [levelPercent(tone(0.01)), levelPercent(tone(0.1))];
    expect(soft).toBeGreaterThan(5);
    expect(spoken).toBeGreaterThan(soft + 20);
  });
});

describe('the head start', () => {
  const run = async (location: { hash: string; search: string }, kept: Record<string, string> = {}) => {
    const html = await readFile(new URL('../join.html', import.meta.url), 'utf8');
    const done = await transform(html, '/join.html');
    const script = /<script>([\s\S]*?)<\/script>/.exec(done)![1]!;
    // it runs as it stands: what it begins is found under its name
    const page = { location, window: {} as { maruEarly?: unknown } };
    const asked: [path: string, init: { method: string; body: string }][] = [];
    const fetch = async (path: string, init: { method: string; body: string }) => {
      asked.push([path, init]);
      return { status: 200, json: async () => ({}) };
    };
    const opened: string[] = [];
    class Socket {
      constructor(url: string) {
        opened.push(url);
      }
    }
    const document = { querySelector: () => ({ content: 'ws://node.test/signaling' }) };
    const sessionStorage = { getItem: (name: string) => kept[name] ?? null };
    new Function('location', 'window', 'fetch', 'document', 'WebSocket', 'sessionStorage', script)(
      page.location,
      page.window,
      fetch,
      document,
      Socket,
      sessionStorage,
    );
    return { early: page.window.maruEarly, asked, opened, done };
  };
  const transform = (html: string, path: string) => {
    const hook = inlineEarly().transformIndexHtml;
    if (typeof hook !== 'object') throw new Error('no hook');
    return (hook.handler as (html: string, of: { path: string }) => Promise<string>)(html, { path });
  };

  it('stands inline in join.html alone, is plain script, and keeps its names', async () => {
    const { early, asked, opened, done } = await run({ hash: '#invite', search: '' });
    expect(early).toMatchObject({ way: { kind: 'invite', invite: 'invite' } });
    expect(asked).toMatchObject([
      [
        '/api/v1/guest-entries',
        { method: 'POST', body: expect.stringMatching(/^{"invite":"invite","entryId":"[\w-]{24}"}$/) },
      ],
    ]);
    expect(opened).toEqual(['ws://node.test/signaling']);
    expect(done.indexOf('<script>')).toBeLessThan(done.indexOf('<script type="module"'));
    const html = await readFile(new URL('../join.html', import.meta.url), 'utf8');
    expect(await transform(html, '/control.html')).toBe(html);
  });

  it('asks as a member for the meeting that the query names', async () => {
    const { early, asked } = await run({ hash: '', search: '?meeting=a%2Fb' });
    expect(early).toMatchObject({ way: { kind: 'member', meetingId: 'a/b' } });
    expect(asked).toMatchObject([['/api/v1/meetings/a%2Fb/entries', { method: 'POST', body: '{}' }]]);
  });

  it('asks nothing by an address without a way in, nor while a knock of before goes on', async () => {
    expect(await run({ hash: '', search: '' })).toMatchObject({ early: null, asked: [], opened: [] });
    const waiting = await run({ hash: '#invite', search: '' }, { 'maru-ticket invite': 'ticket' });
    expect(waiting).toMatchObject({ early: { entry: null }, asked: [], opened: ['ws://node.test/signaling'] });
  });
});
