// @vitest-environment happy-dom
/** The player with scripted sources: which playlist is played from where, and how it comes back by itself. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WatchPlayer } from './watch-player.ts';
import type { PlayedPlaylist, PlaylistOptions } from './source.ts';

const START_MS = 1_700_000_000_000;
const shown = { liveUrl: 'http://maru.example:7404', broadcastId: 'b', startMs: START_MS, kind: 'live' } as const;

/** Plays as time passes, until it is told to stand. */
class PlayedSource implements PlayedPlaylist {
  readonly options: PlaylistOptions;
  readonly done: string[] = [];
  isStanding = false;
  atMs: number;

  constructor(options: PlaylistOptions) {
    this.options = options;
    this.atMs = options.fromMs ?? (options.kind === 'replay' ? 0 : Date.now() - 1_500);
  }
  get kind() {
    return this.options.kind;
  }
  positionMs = () => this.atMs;
  window = () => ({
    startMs: this.kind === 'replay' ? 0 : START_MS,
    endMs: this.kind === 'replay' ? 600_000 : Date.now(),
  });
  seek = (positionMs: number) => {
    this.atMs = positionMs;
    this.done.push('seek');
  };
  followEdge = (isFollowed: boolean) => {
    if (isFollowed) this.atMs = Date.now() - 1_500;
    this.done.push(isFollowed ? 'follow' : 'let go');
  };
  rest = () => this.done.push('rest');
  wake = () => this.done.push('wake');
  close = () => this.done.push('close');
}

let sources: PlayedSource[];
let refused: number;
let video: HTMLVideoElement;
let player: WatchPlayer;
let mayPlay: 'with sound' | 'muted' | 'never';
const source = () => sources.at(-1)!;
const playback = () => player.state.getSnapshot();

beforeEach(() => {
  vi.useFakeTimers({
    now: START_MS + 600_000,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  sources = [];
  refused = 0;
  mayPlay = 'with sound';
  let timeS = 0;
  let isPlaying = false;
  video = document.createElement('video');
  Object.defineProperties(video, {
    readyState: { get: () => 4 },
    currentTime: { get: () => timeS, set: () => {} },
  });
  video.play = async () => {
    if (mayPlay === 'never' || (mayPlay === 'muted' && !video.muted)) throw new DOMException('', 'NotAllowedError');
    isPlaying = true;
  };
  video.pause = () => {
    isPlaying = false;
  };
  setInterval(() => {
    const now = sources.at(-1);
    if (!isPlaying || !now || now.isStanding) return;
    timeS += 0.1;
    now.atMs += 100;
  }, 100);
  player = new WatchPlayer({
    video,
    openSource: (options) => {
      sources.push(new PlayedSource(options));
      return source();
    },
    onRefused: () => {
      refused += 1;
    },
  });
  player.start();
});
afterEach(() => {
  player.stop();
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const live = async () => {
  player.show(shown);
  await pass(1_000);
};

describe('where it plays', () => {
  it('is at the live edge from the short playlist', async () => {
    await live();
    expect(sources.map(({ kind, options }) => [kind, options.fromMs])).toEqual([['live', null]]);
    expect(playback()).toMatchObject({ isAtLive: true, picture: 'moving', source: 'live' });
    expect(playback().behindMs).toBeLessThan(2_000);
    expect(Math.round(playback().lengthMs! / 1000)).toBe(601);
  });

  it('stays in the short playlist for a little way back, and lets go of the edge', async () => {
    await live();
    player.seek(playback().positionMs! - 10_000);
    await pass(500);
    expect(sources).toHaveLength(1);
    expect(source().done).toEqual(['let go', 'seek']);
    expect(playback().isAtLive).toBe(false);
    expect(Math.round(playback().behindMs! / 1000)).toBe(12);
  });

  it('changes to the long playlist farther back, and to the short one at the edge', async () => {
    await live();
    player.seek(60_000);
    await pass(500);
    expect(source().kind).toBe('dvr');
    expect(source().options.fromMs).toBe(START_MS + 60_000);
    player.seek(120_000);
    expect(sources).toHaveLength(2);
    player.seek(playback().lengthMs! - 6_000);
    await pass(500);
    expect(source().kind).toBe('live');
    expect(playback().isAtLive).toBe(false);
    player.backToLive();
    await pass(500);
    expect(source().done).toContain('follow');
    expect(playback()).toMatchObject({ isAtLive: true, source: 'live' });
  });

  it('goes on where it was paused, and rests meanwhile', async () => {
    await live();
    player.pause();
    await pass(300);
    const { positionMs } = playback();
    await pass(90_000);
    expect(source().done).toContain('rest');
    expect(playback()).toMatchObject({ positionMs, isPaused: true });
    player.play();
    await pass(500);
    expect(source().kind).toBe('dvr');
    expect(source().options.fromMs).toBe(START_MS + positionMs!);
  });

  it('goes to the live edge where nothing can be rewound', async () => {
    await live();
    player.allowRewind(false);
    player.pause();
    await pass(60_000);
    player.play();
    await pass(500);
    expect(source().kind).toBe('live');
    expect(playback().isAtLive).toBe(true);
  });
});

describe('coming back', () => {
  it('starts anew where nothing has moved for a while, again and again, until it moves', async () => {
    await live();
    source().isStanding = true;
    await pass(2_000);
    expect(playback().picture).toBe('waiting');
    await pass(10_000);
    expect(sources).toHaveLength(2);
    source().isStanding = true;
    await pass(15_000);
    expect(sources.length).toBeGreaterThan(2);
    await pass(3_000);
    expect(playback().picture).toBe('moving');
    const count = sources.length;
    await pass(60_000);
    expect(sources).toHaveLength(count);
  });

  it('starts anew where a source has failed, at the edge or where the person was', async () => {
    await live();
    source().options.onFailed();
    await pass(2_000);
    expect(sources.map(({ options }) => options.fromMs)).toEqual([null, null]);
    player.seek(60_000);
    await pass(5_000);
    source().options.onFailed();
    await pass(2_000);
    expect(source().kind).toBe('dvr');
    expect(source().options.fromMs! - START_MS).toBeGreaterThan(64_000);
  });

  it('tries at once when the line is back, within a second', async () => {
    await live();
    source().isStanding = true;
    await pass(3_000);
    player.lineIsBack();
    await pass(1_000);
    expect(sources).toHaveLength(2);
  });

  it('does not start anew what is paused or over', async () => {
    await live();
    player.pause();
    await pass(25_000);
    expect(sources).toHaveLength(1);
    player.play();
    source().options.onComplete();
    video.dispatchEvent(new Event('ended'));
    source().isStanding = true;
    await pass(60_000);
    expect(playback().isOver).toBe(true);
    expect(sources).toHaveLength(1);
  });

  it('hands on that the delivery does not let it in', async () => {
    await live();
    source().options.onRefused();
    expect(refused).toBe(1);
  });
});

describe('sound', () => {
  it('is off where the browser wants a tap first, and says so', async () => {
    mayPlay = 'muted';
    await live();
    expect(video.muted).toBe(true);
    expect(playback()).toMatchObject({ needsTap: true, picture: 'moving' });
    player.setMuted(false);
    expect(playback().needsTap).toBe(false);
  });

  it('and picture wait for a press where the browser plays nothing by itself', async () => {
    mayPlay = 'never';
    await live();
    expect(playback().isPaused).toBe(true);
  });
});

it('plays a replay from its start, again after its end', async () => {
  player.show({ ...shown, kind: 'replay' });
  await pass(1_000);
  expect(playback()).toMatchObject({ source: 'replay', lengthMs: 600_000, behindMs: null });
  player.setRate(1.5);
  expect(video.playbackRate).toBe(1.5);
  player.seek(599_000);
  video.dispatchEvent(new Event('ended'));
  expect(playback().isOver).toBe(true);
  player.play();
  await pass(300);
  expect(playback().positionMs).toBeLessThan(1_000);
  expect(playback().isOver).toBe(false);
});
