/** Viewers of a broadcast by HTTP: what is held and for how long, who is refused, what each file is. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, get as httpGet } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { generateKeyPair } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIVE_CHECK_PATH, VIEWER_LEASE_MS } from '#contract/live-delivery.ts';
import { OfficeCa } from '#edge/office-ca-under-test.ts';
import { CLIP_MADE_WITHIN_MS, type Clip, makeClip, PlayedTimeline } from '../testing/played-timeline.ts';
import { DeliveryUnderTest } from './delivery-under-test.ts';

let folder: string;
let clip: Clip;
let under: DeliveryUnderTest;
let timeline: PlayedTimeline;
let broadcastId: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-delivery-'));
  clip = makeClip({ seconds: 80, partMs: 500, folder });
}, CLIP_MADE_WITHIN_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ORIGIN = 'https://maru.example';
beforeEach(async () => {
  under = await new DeliveryUnderTest().start([ORIGIN]);
  open();
});
afterEach(async () => {
  timeline.stop();
  await under.delivery.stop();
});
function open(): void {
  broadcastId = uuidv7();
  timeline = new PlayedTimeline({ broadcastId, folder: join(folder, broadcastId), clip });
  timeline.events = under.delivery.serve(timeline);
}

const text = async (file: string): Promise<string> => (await under.get(broadcastId, file)).text();
const status = async (file: string, init?: Parameters<DeliveryUnderTest['get']>[2]): Promise<number> => {
  const response = await under.get(broadcastId, file, init);
  await response.arrayBuffer();
  return response.status;
};
/** Still waiting after a moment. */
const isHeld = async (answer: Promise<unknown>): Promise<boolean> =>
  (await Promise.race([answer.then(() => 'answered'), sleep(150, 'held')])) === 'held';

describe('playlists', () => {
  it('are not there before it is live, and the status is', async () => {
    expect(await status('live.m3u8')).toBe(404);
    expect(await (await under.get(broadcastId, 'status')).json()).toMatchObject({
      phase: 'green-room',
      canRewind: true,
    });
  });

  it('hold a request until its part is there, and answer all who wait the same bytes', async () => {
    timeline.goLive();
    timeline.fill(3);
    const answers = [0, 1].map(() => under.get(broadcastId, 'live.m3u8?_HLS_msn=3&_HLS_part=1'));
    timeline.add();
    expect(await isHeld(answers[0]!)).toBe(true);
    timeline.add();
    const bodies = await Promise.all(answers.map(async (answer) => (await answer).text()));
    expect(bodies[0]).toBe(bodies[1]);
    expect(bodies[0]).toContain('3.1.m4s"\n');
    expect(bodies[0]).toContain('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="3.2.m4s"');
  });

  it('hold a request for a whole segment until it is whole; a part beyond the last is the first of the next', async () => {
    timeline.goLive();
    timeline.fill(2);
    const whole = under.get(broadcastId, 'live.m3u8?_HLS_msn=2');
    const beyond = under.get(broadcastId, 'live.m3u8?_HLS_msn=2&_HLS_part=4');
    for (let count = 0; count < 3; count += 1) timeline.add();
    expect(await isHeld(whole)).toBe(true);
    timeline.add();
    expect(await (await whole).text()).toContain('#EXTINF:2,\n2.m4s');
    expect(await isHeld(beyond)).toBe(true);
    timeline.add();
    expect((await beyond).status).toBe(200);
  });

  it('refuse what is malformed or far ahead', async () => {
    timeline.goLive();
    timeline.fill(3);
    for (const query of [
      '_HLS_part=1',
      '_HLS_msn=-1',
      '_HLS_msn=1e3',
      '_HLS_msn=3&_HLS_msn=4',
      '_HLS_msn=3&_HLS_part=x',
      '_HLS_skip=NO',
      '_HLS_msn=5',
      '_HLS_msn=99999999999999999999',
      '_HLS_msn=3&_HLS_part=6',
    ])
      expect([query, await status(`live.m3u8?${query}`)]).toEqual([query, 400]);
    expect(await status('live.m3u8?_HLS_msn=0&_HLS_part=0&other=1')).toBe(200);
  });

  it('give up after three target durations', async () => {
    timeline.goLive();
    timeline.fill(1);
    const startMs = performance.now();
    const response = await under.get(broadcastId, 'live.m3u8?_HLS_msn=1&_HLS_part=0');
    expect(response.status).toBe(503);
    expect(performance.now() - startMs).toBeGreaterThan(5_900);
    expect(performance.now() - startMs).toBeLessThan(8_000);
  });

  it('end, with the answers to all who wait', async () => {
    timeline.goLive();
    timeline.fill(2);
    const held = under.get(broadcastId, 'live.m3u8?_HLS_msn=2&_HLS_part=0');
    const part = under.get(broadcastId, '2.0.m4s');
    expect(await isHeld(held)).toBe(true);
    timeline.end();
    expect(await (await held).text()).toMatch(/#EXT-X-ENDLIST\n$/);
    expect((await part).status).toBe(404);
    // 6.2.5.2: nothing is held any more
    expect(await text('live.m3u8?_HLS_msn=2000')).not.toContain('PRELOAD-HINT');
    expect(await text('dvr.m3u8')).toMatch(/#EXT-X-ENDLIST\n$/);
    expect(await text('replay.m3u8')).toMatch(/#EXT-X-BYTERANGE:\d+@\d+\nrecording.mp4/);
  });

  it('are gzipped for those who accept it', async () => {
    timeline.goLive();
    timeline.fill(1);
    const token = await under.token(broadcastId);
    const raw = await new Promise<{ encoding: string | undefined; body: Buffer }>((resolve) => {
      const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
      httpGet(under.url(broadcastId, 'live.m3u8'), { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }),
        );
      });
    });
    expect(raw.encoding).toBe('gzip');
    expect(gunzipSync(raw.body).toString()).toContain('#EXTM3U');
  });
});

describe('media', () => {
  it('are parts, the segments that they make, and the init segment', async () => {
    timeline.goLive();
    timeline.fill(2);
    const bytes = async (file: string): Promise<Buffer> =>
      Buffer.from(await (await under.get(broadcastId, file)).arrayBuffer());
    const parts = await Promise.all([0, 1, 2, 3].map((part) => bytes(`1.${part}.m4s`)));
    expect(Buffer.concat(parts).equals(await bytes('1.m4s'))).toBe(true);
    expect((await bytes('init.mp4')).equals(clip.init)).toBe(true);
    // an hour later they come from the recording
    timeline.forgetBytes();
    expect((await bytes('1.m4s')).equals(Buffer.concat(parts))).toBe(true);
  });

  it('hold a part that was hinted and send it whole; others of the future are not there', async () => {
    timeline.goLive();
    timeline.fill(1);
    const hinted = under.get(broadcastId, '1.0.m4s');
    expect(await status('1.1.m4s')).toBe(404);
    expect(await status('1.m4s')).toBe(404);
    expect(await isHeld(hinted)).toBe(true);
    timeline.add();
    expect(Buffer.from(await (await hinted).arrayBuffer()).equals(clip.parts[4]!)).toBe(true);
  });

  it('are sent in ranges', async () => {
    timeline.goLive();
    timeline.fill(1);
    timeline.end();
    const whole = readFileSync(join(timeline.folder, 'recording.mp4'));
    const range = async (file: string, header: string): Promise<[number, Buffer, string | null]> => {
      const response = await under.get(broadcastId, file, { headers: { range: header } });
      return [response.status, Buffer.from(await response.arrayBuffer()), response.headers.get('content-range')];
    };
    const [code, body, where] = await range('recording.mp4', 'bytes=1000-1999');
    expect([code, where]).toEqual([206, `bytes 1000-1999/${whole.length}`]);
    expect(body.equals(whole.subarray(1_000, 2_000))).toBe(true);
    expect((await range('recording.mp4', 'bytes=-100'))[1].equals(whole.subarray(-100))).toBe(true);
    expect((await range('recording.mp4', `bytes=${whole.length}-`))[0]).toBe(416);
    // over the border of two parts in memory
    const [, across] = await range('0.m4s', `bytes=${clip.parts[0]!.length - 10}-${clip.parts[0]!.length + 9}`);
    expect(across.equals(Buffer.concat([clip.parts[0]!.subarray(-10), clip.parts[1]!.subarray(0, 10)]))).toBe(true);
    expect((await range('0.m4s', 'bytes=rubbish'))[0]).toBe(200);
  });
});

describe('a viewer', () => {
  beforeEach(() => {
    timeline.goLive();
    timeline.fill(2);
  });

  it('needs a token of this broadcast, of this fleet, that has not expired', async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const url = under.url(broadcastId, 'live.m3u8');
    expect((await fetch(url)).status).toBe(401);
    expect(await status('live.m3u8', { token: 'rubbish' })).toBe(401);
    expect(await status('live.m3u8', { token: await under.token(broadcastId, { key: privateKey }) })).toBe(401);
    expect(await status('live.m3u8', { token: await under.token(broadcastId, { lifeS: -30 }) })).toBe(401);
    expect(await status('live.m3u8', { token: await under.token(broadcastId, { audience: 'maru-join' }) })).toBe(401);
    expect(await status('live.m3u8', { token: await under.token(uuidv7()) })).toBe(403);
    expect(await status('1.m4s', { token: await under.token(uuidv7()) })).toBe(403);
    expect(await status('live.m3u8', { token: await under.token(broadcastId, { ranges: [['192.0.2.0/24']] }) })).toBe(
      403,
    );
    expect(
      await status('live.m3u8', { token: await under.token(broadcastId, { ranges: [['127.0.0.0/8'], []] }) }),
    ).toBe(200);
    // a broadcast that is none
    const other = uuidv7();
    expect((await under.get(other, 'live.m3u8')).status).toBe(404);
  });

  it('is refused when its token expires, though it was remembered', async () => {
    // five seconds are allowed for clocks that differ: it has two to three left
    const token = await under.token(broadcastId, { lifeS: -2 });
    expect(await status('live.m3u8', { token })).toBe(200);
    await sleep(3_100);
    expect(await status('live.m3u8', { token })).toBe(401);
  });

  it('brings a cookie from a page of the fleet, and from no other page', async () => {
    const cookie = `other=1; maru-watch=${await under.token(broadcastId)}`;
    const ask = (headers: Record<string, string>) => fetch(under.url(broadcastId, 'live.m3u8'), { headers });
    const ours = await ask({ cookie, origin: ORIGIN });
    expect([ours.status, ours.headers.get('access-control-allow-origin')]).toEqual([200, ORIGIN]);
    expect(ours.headers.get('access-control-allow-credentials')).toBe('true');
    const theirs = await ask({ cookie, origin: 'https://elsewhere.example' });
    expect([theirs.status, theirs.headers.get('access-control-allow-origin')]).toEqual([401, null]);
    const authorization = `Bearer ${await under.token(broadcastId)}`;
    const tv = await ask({ authorization, origin: 'http://127.0.0.1:9' });
    expect([tv.status, tv.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(tv.headers.get('access-control-allow-credentials')).toBeNull();
    const preflight = await fetch(under.url(broadcastId, 'live.m3u8'), {
      method: 'OPTIONS',
      headers: { origin: 'http://127.0.0.1:9', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('that is revoked gets nothing at once, and what it waits for ends', async () => {
    const viewingId = uuidv7();
    const token = await under.token(broadcastId, { viewingId });
    const held = under.get(broadcastId, 'live.m3u8?_HLS_msn=2&_HLS_part=0', { token });
    await expect.poll(() => under.delivery.watching(broadcastId)).toBe(1);
    expect(await isHeld(held)).toBe(true);
    under.delivery.revoke([viewingId]);
    expect((await held).status).toBe(403);
    expect(await status('init.mp4', { token })).toBe(403);
    expect(under.delivery.watching(broadcastId)).toBe(0);
    // another hello of the server has all that are void
    under.configure({ revoked: [viewingId] });
    expect(await status('init.mp4', { token })).toBe(403);
  });

  it('gets in after a restart without the fleet server; who was revoked before does not', async () => {
    const keptAt = join(folder, 'watch-rights.json');
    const kept = await new DeliveryUnderTest({ keptAt }).start([ORIGIN]);
    const [viewingId, revoked] = [uuidv7(), uuidv7()];
    const admitted = async (ofViewing: string): Promise<number> => {
      kept.delivery.serve(timeline);
      const token = await kept.token(broadcastId, { viewingId: ofViewing });
      return (await kept.get(broadcastId, 'status', { token })).status;
    };
    kept.delivery.revoke([revoked]);
    await kept.startAgain();
    expect([await admitted(viewingId), await admitted(revoked)]).toEqual([200, 403]);
    expect(statSync(keptAt).mode & 0o777).toBe(0o600);
    // what was kept is no less than the next hello, which replaces it
    kept.configure({ revoked: [viewingId] });
    await kept.startAgain();
    expect([await admitted(viewingId), await admitted(revoked)]).toEqual([403, 200]);
    // half a file opens nothing, and does not keep it from starting
    await kept.delivery.stop();
    writeFileSync(keptAt, readFileSync(keptAt, 'utf8').slice(0, 40));
    await kept.startAgain();
    expect(await admitted(uuidv7())).toBe(503);
    expect(kept.logged).toContain('who may watch cannot be read');
    kept.configure({});
    expect(await admitted(uuidv7())).toBe(200);
    await kept.delivery.stop();
  });

  it('counts while it asks for playlists, once for all its pages', async () => {
    const token = await under.token(broadcastId);
    await status('live.m3u8', { token });
    await status('dvr.m3u8', { token });
    await status('1.m4s');
    expect(under.delivery.watching(broadcastId)).toBe(1);
    await status('live.m3u8');
    expect(under.delivery.watching(broadcastId)).toBe(2);
    expect((await (await under.get(broadcastId, 'status')).json()).watching).toBe(2);
    await sleep(VIEWER_LEASE_MS + 100);
    expect(under.delivery.watching(broadcastId)).toBe(0);
  });

  it('holds so many requests and no more', async () => {
    const token = await under.token(broadcastId);
    const codes: number[] = [];
    const all = Array.from({ length: 20 }, async () => {
      codes.push(await status('live.m3u8?_HLS_msn=2&_HLS_part=0', { token }));
    });
    // all have come: those beyond what is held are refused at once
    await expect.poll(() => codes).toHaveLength(8);
    expect(new Set(codes)).toEqual(new Set([429]));
    timeline.add();
    await Promise.all(all);
    expect(codes.filter((code) => code === 200)).toHaveLength(12);
  });

  it('is checked for nginx', async () => {
    const check = async (token: string, uri: string) => {
      const headers = { authorization: `Bearer ${token}`, 'x-original-uri': uri };
      return (await fetch(under.origin + LIVE_CHECK_PATH, { headers })).status;
    };
    const token = await under.token(broadcastId);
    expect(await check(token, `/live/${broadcastId}/1.m4s`)).toBe(204);
    expect(await check(token, `/live/${uuidv7()}/1.m4s`)).toBe(403);
    expect(await check('rubbish', `/live/${broadcastId}/1.m4s`)).toBe(401);
    expect(await check(token, '/elsewhere')).toBe(404);
  });
});

describe('many at once', () => {
  // leases and waits do not run out, however long the machine makes us wait
  beforeEach(() => {
    const nowMs = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  /** What this process has worked since; others' work does not count. */
  const workedMs = (since: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1_000;
  };

  it('500 join at once', async () => {
    timeline.goLive();
    timeline.fill(5);
    const tokens = await Promise.all(Array.from({ length: 500 }, () => under.token(broadcastId)));
    const agent = new Agent({ keepAlive: true, maxSockets: 500 });
    const since = process.cpuUsage();
    const codes = await Promise.all(
      tokens.map(async (token) => {
        const playlist = await fetchBy(agent, token, under.url(broadcastId, 'live.m3u8'));
        await fetchBy(agent, token, under.url(broadcastId, 'init.mp4'));
        await fetchBy(agent, token, under.url(broadcastId, '4.m4s'));
        return playlist;
      }),
    );
    const joinedMs = workedMs(since);
    console.info(`500 joins, viewers and delivery: ${joinedMs.toFixed(0)} ms of work`);
    expect(joinedMs).toBeLessThan(4_000);
    expect(new Set(codes)).toEqual(new Set([200]));
    expect(under.delivery.watching(broadcastId)).toBe(500);
    agent.destroy();
  });

  it('1,000 held playlists are answered at once', async () => {
    timeline.goLive();
    timeline.fill(20);
    const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => under.token(broadcastId)));
    const url = under.url(broadcastId, 'live.m3u8?_HLS_msn=20&_HLS_part=0');
    const answers = tokens.map((token) => fetchBy(agent, token, url));
    // all are held
    await expect.poll(() => under.delivery.watching(broadcastId), { timeout: 50_000 }).toBe(1_000);
    const since = process.cpuUsage();
    timeline.add();
    const answeredMs = workedMs(since);
    const codes = await Promise.all(answers);
    console.info(
      `1,000 held playlists: written by ${answeredMs.toFixed(0)} ms of work, read by ${workedMs(since).toFixed(0)} ms`,
    );
    expect(new Set(codes)).toEqual(new Set([200]));
    expect(answeredMs).toBeLessThan(1_000);
    agent.destroy();
  });
});

function fetchBy(agent: Agent, token: string, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
    httpGet(url, { agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });
}

describe('clients that misbehave', () => {
  beforeEach(() => {
    timeline.goLive();
    timeline.fill(20);
  });
  const raw = (bytes: string | Buffer): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(under.delivery.port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
        if (answer.includes('\r\n\r\n')) socket.destroy();
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''));
      socket.write(bytes);
    });

  it('send rubbish, and others are served', async () => {
    const token = await under.token(broadcastId);
    const request = (line: string, headers = ''): string =>
      `${line}\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n${headers}\r\n`;
    const live = `/live/${broadcastId}/live.m3u8`;
    const rubbish: [string | Buffer, RegExp][] = [
      [Buffer.from(Array.from({ length: 2_000 }, (_, at) => (at * 73) % 256)), /^$/],
      ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /^$/],
      [request(`GET ${live}?${'a'.repeat(40_000)} HTTP/1.1`), /^$|^HTTP\/1.1 431/],
      [request(`POST ${live} HTTP/1.1`, 'Content-Length: 5\r\n'), /405/],
      [request('GET /live/../../etc/passwd HTTP/1.1'), /404/],
      [request(`GET /live/${broadcastId}/..%2f..%2fetc%2fpasswd HTTP/1.1`), /404/],
      [request(`GET /live/${broadcastId}/recording.mp4 HTTP/1.1`), /404/],
      [request(`GET ${live}?_HLS_msn=%ff%fe HTTP/1.1`), /400/],
      [request('GET http://elsewhere.example/ HTTP/1.1'), /404/],
      [request('GET * HTTP/1.1'), /404|400/],
      [request(`GET /live/${broadcastId}/99999999999999999999.m4s HTTP/1.1`), /404/],
      [`GET ${live} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: ${'maru-watch=; '.repeat(500)}\r\n\r\n`, /401/],
    ];
    for (const [bytes, expected] of rubbish)
      expect([bytes.toString().slice(0, 80), await raw(bytes)]).toEqual([
        bytes.toString().slice(0, 80),
        expect.stringMatching(expected),
      ]);
    expect(await status('live.m3u8')).toBe(200);
    expect(under.logged).toEqual([]);
  });

  it('read too slowly, and are ended', async () => {
    const token = await under.token(broadcastId);
    const slow = connect(under.delivery.port, '127.0.0.1');
    slow.on('error', () => {});
    slow.pause();
    const closed = new Promise<void>((resolve) => slow.on('close', () => resolve()));
    // more than what sockets keep for a reader, in answers of which each is small
    const request = `GET /live/${broadcastId}/9.m4s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    slow.write(request.repeat(60));
    // 10 s, and what a segment takes at 16 KB a second
    await sleep(28_000);
    slow.resume();
    await closed;
    expect(await status('live.m3u8')).toBe(200);
  }, 50_000);

  it('go away while they wait, and may come again', async () => {
    const token = await under.token(broadcastId);
    const wait = (signal?: AbortSignal): Promise<number> =>
      status('live.m3u8?_HLS_msn=20&_HLS_part=0', { token, ...(signal && { signal }) });
    for (let round = 0; round < 7; round += 1) {
      const gone = new AbortController();
      const ends = Promise.allSettled(Array.from({ length: 10 }, () => wait(gone.signal)));
      await sleep(100);
      gone.abort();
      await ends;
      await sleep(50);
    }
    const waits = Array.from({ length: 10 }, () => wait());
    expect(await isHeld(Promise.all(waits))).toBe(true);
    timeline.add();
    expect(new Set(await Promise.all(waits))).toEqual(new Set([200]));
    expect(under.logged).toEqual([]);
  });
});

describe('over TLS', () => {
  it('speaks HTTP/2 and HTTP/1.1, and changes its certificate', async () => {
    const ca = await OfficeCa.create();
    const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    const put = async (): Promise<void> => {
      const { certPem, keyPem } = await ca.issue('127.0.0.1');
      writeFileSync(files.certFile, certPem);
      writeFileSync(files.keyFile, keyPem);
    };
    await put();
    await under.delivery.stop();
    under = await new DeliveryUnderTest({ tls: files }).start([ORIGIN]);
    open();
    timeline.goLive();
    timeline.fill(2);
    const token = await under.token(broadcastId);
    const client = connectHttp2(under.origin, { ca: ca.pem });
    const ask = (path: string, cookie: string): Promise<{ status: number; body: string }> =>
      new Promise((resolve, reject) => {
        const stream = client.request({ ':path': path, cookie });
        let [code, body] = [0, ''];
        stream.on('response', (headers) => (code = Number(headers[':status'])));
        stream.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
        stream.on('end', () => resolve({ status: code, body }));
        stream.on('error', reject);
      });
    const path = `/live/${broadcastId}/live.m3u8`;
    const held = ask(`${path}?_HLS_msn=2&_HLS_part=0`, `__Host-maru-watch=${token}`);
    // the name without the prefix could have been set by anyone of the domain
    expect((await ask(path, `maru-watch=${token}`)).status).toBe(401);
    expect(await isHeld(held)).toBe(true);
    timeline.add();
    expect(await held).toMatchObject({ status: 200, body: expect.stringContaining('2.0.m4s') });
    expect((await ask(`/live/${broadcastId}/1.m4s`, `__Host-maru-watch=${token}`)).body.length).toBe(
      clip.parts.slice(4, 8).reduce((sum, part) => sum + part.length, 0),
    );
    client.close();
    const before = await certificateAt(under.delivery.port, ca.pem);
    await put();
    await expect.poll(() => certificateAt(under.delivery.port, ca.pem), { timeout: 25_000 }).not.toBe(before);
  });
});

async function certificateAt(port: number, ca: string): Promise<string> {
  const { connect: connectTls } = await import('node:tls');
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', ca, ALPNProtocols: ['http/1.1'] }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
