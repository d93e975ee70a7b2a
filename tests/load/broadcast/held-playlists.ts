/** So many viewers, each with a viewing and a connection of its own, who all wait for the same part: whether and when each of them gets it. */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { livePaths } from '#contract/live-delivery.ts';

const LOOK_EVERY_MS = 50;

/** `unanswered` got something else than the playlist with that part. */
type Held = { firstMs: number; lastMs: number; unanswered: number };
type Answer = { atMs: number; status: number; text: string };

/**
 * @param filesUrl of the broadcast's files
 * @param tokens one a viewer
 * @returns times by `performance.now()`
 */
export async function answerAll(filesUrl: string, tokens: readonly string[]): Promise<Held> {
  const agent = new Agent({ keepAlive: true, maxSockets: tokens.length, maxFreeSockets: tokens.length });
  const ask = (path: string, token: string): Promise<Answer> =>
    getText(filesUrl + path, { agent, headers: { authorization: `Bearer ${token}` } });
  const askAll = (path: string): Promise<Answer[]> => Promise.all(tokens.map((token) => ask(path, token)));
  try {
    await askAll(livePaths.live);
    let hint = null;
    // a segment has just begun: the first part of the next one is more than a second away, and all wait before it is there
    while (hint === null || hint.part > 1) {
      await sleep(LOOK_EVERY_MS);
      hint = hintOf((await ask(livePaths.live, tokens[0]!)).text);
    }
    const wanted = { segment: hint.segment + 1, part: 0 };
    const answers = await askAll(`${livePaths.live}?_HLS_msn=${wanted.segment}&_HLS_part=${wanted.part}`);
    const isHeld = ({ status, text }: Answer): boolean => {
      const next = hintOf(text);
      return status === 200 && next?.segment === wanted.segment && next.part === wanted.part + 1;
    };
    const times = answers.map(({ atMs }) => atMs);
    return {
      firstMs: Math.min(...times),
      lastMs: Math.max(...times),
      unanswered: answers.filter((answer) => !isHeld(answer)).length,
    };
  } finally {
    agent.destroy();
  }
}

function hintOf(playlist: string): { segment: number; part: number } | null {
  const [, segment, part] = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(playlist) ?? [];
  return part === undefined ? null : { segment: Number(segment), part: Number(part) };
}

const getText = (url: string, options: { agent: Agent; headers: Record<string, string> }): Promise<Answer> =>
  new Promise((resolve, reject) => {
    get(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve({ atMs: performance.now(), status: response.statusCode ?? 0, text }));
    }).once('error', reject);
  });
