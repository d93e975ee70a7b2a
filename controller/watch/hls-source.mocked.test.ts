import { beforeEach, expect, it, vi } from 'vitest';
import { atTheEdge } from '#ui/hls/low-latency-hls.ts';
import { openByHls } from './hls-source.ts';

type Handler = (event: string, data: object) => void;
const { made } = vi.hoisted(() => ({
  made: [] as { config: Record<string, unknown>; handlers: Map<string, Handler> }[],
}));
vi.mock('hls.js/light', () => ({
  default: class {
    static Events = { LEVEL_UPDATED: 'updated', ERROR: 'error' };
    static ErrorTypes = {};
    readonly config: Record<string, unknown>;
    readonly handlers = new Map<string, Handler>();
    constructor(config: Record<string, unknown>) {
      this.config = config;
      made.push(this);
    }
    on(event: string, handler: Handler) {
      this.handlers.set(event, handler);
    }
    attachMedia() {}
    loadSource() {}
  },
}));

const video = { playbackRate: 1 } as HTMLVideoElement;
const open = (kind: 'live' | 'dvr') =>
  openByHls({
    ...{ kind, video, liveUrl: 'https://live.example', broadcastId: 'b', fromMs: null, startMs: 0 },
    ...{ onRefused: () => {}, onFailed: () => {}, onComplete: () => {} },
  });
const updated = (partTarget: number): void =>
  made[0]!.handlers.get('updated')!('updated', { details: { live: true, partTarget } });

beforeEach(() => made.splice(0));

it('is nearer to the live edge where parts are short', () => {
  expect(atTheEdge(0.5)).toEqual(atTheEdge());
  open('live');
  expect(made[0]!.config).toMatchObject({ liveSyncDuration: 1.5, liveMaxLatencyDuration: 5 });
  updated(0.2);
  expect(made[0]!.config).toMatchObject({
    liveSyncDuration: 1,
    liveMaxLatencyDuration: 3,
    maxLiveSyncPlaybackRate: 1.25,
  });
});

it('lets a viewer who is behind stay there, whatever the length of parts', () => {
  const played = open('live');
  played.followEdge(false);
  updated(0.2);
  expect(made[0]!.config).toMatchObject({
    liveMaxLatencyDuration: Number.POSITIVE_INFINITY,
    maxLiveSyncPlaybackRate: 1,
  });
});
