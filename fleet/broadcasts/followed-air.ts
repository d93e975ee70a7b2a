/** The desk of one meeting for one who directs it: whole at once and after each change, once a second at most unless somebody acted. */
import type { MeetingAir } from '#contract/broadcast.ts';
import type { AirWatcher } from './running-broadcasts.ts';

export type AirFollower = {
  onAir: (air: MeetingAir) => void;
  onPreview: (preview: { broadcastId: string; jpeg: string }) => void;
  onFailed: (error: unknown) => void;
};
export type FollowedAirOptions = AirFollower & {
  meetingId: string;
  read: () => Promise<MeetingAir>;
  watch: (watcher: AirWatcher) => () => void;
};

const ONCE_MS = 1_000;

/** @returns ends it */
export function followAir({ meetingId, read, watch, onAir, onPreview, onFailed }: FollowedAirOptions): () => void {
  let isEnded = false;
  let isReading = false;
  let isStale = false;
  let mayBroadcast = false;
  let last = '';
  let readAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const refresh = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    isReading = true;
    isStale = false;
    readAtMs = performance.now();
    try {
      const air = await read();
      mayBroadcast = air.mayBroadcast;
      const text = JSON.stringify(air);
      if (!isEnded && text !== last) onAir(air);
      last = text;
    } catch (error) {
      onFailed(error);
    }
    isReading = false;
    if (isStale && !isEnded) void refresh();
  };
  const onChanged = (isAtOnce: boolean): void => {
    const waitMs = isAtOnce ? 0 : readAtMs + ONCE_MS - performance.now();
    if (isReading) isStale ||= isAtOnce;
    if (waitMs > 0 || isReading)
      timer ??= setTimeout(() => !isEnded && !isReading && void refresh(), Math.max(waitMs, 1));
    else void refresh();
  };
  const unwatch = watch({
    onChanged: (changed, isAtOnce) => changed === meetingId && onChanged(isAtOnce),
    onPreview: (of, preview) => of === meetingId && mayBroadcast && onPreview(preview),
  });
  void refresh();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    unwatch();
  };
}
