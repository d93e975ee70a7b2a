// What a person sees while set-up works: a line when a step starts, one when it ends, and in between a sign of life with
// the time it took so far. Everything goes to stderr, so that stdout stays free for what was asked for.
const HEARTBEAT_MS = 15_000;
const REDRAW_MS = 500;

export function elapsedText(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} out
 * @param {() => number} now
 */
export function createProgress(out = process.stderr, now = Date.now) {
  const running = new Map();
  let drawn = false;

  const statusText = (name, { startedAt, detail }) =>
    `  … ${name}${detail ? `: ${detail}` : ''} (${elapsedText(now() - startedAt)})`;
  const erase = () => {
    if (drawn) out.write('\r\x1b[K');
    drawn = false;
  };
  const redraw = () => {
    erase();
    if (!out.isTTY || running.size === 0) return;
    const line = [...running].map(([name, state]) => statusText(name, state)).join('');
    out.write(line.slice(0, (out.columns || 80) - 1));
    drawn = true;
  };
  const line = (text) => {
    erase();
    out.write(`${text}\n`);
    redraw();
  };

  return {
    line,
    /** Shows `name` as under way until `work(detail)` settles; `detail` says how far it is, in a few words. */
    async step(name, work) {
      const state = { startedAt: now(), detail: '' };
      running.set(name, state);
      line(`  · ${name}`);
      const timer = setInterval(
        () => (out.isTTY ? redraw() : line(statusText(name, state))),
        out.isTTY ? REDRAW_MS : HEARTBEAT_MS,
      );
      try {
        const result = await work((detail) => {
          state.detail = detail;
        });
        running.delete(name);
        line(`  ✓ ${name} (${elapsedText(now() - state.startedAt)})`);
        return result;
      } catch (error) {
        running.delete(name);
        line(`  ✗ ${name} (${elapsedText(now() - state.startedAt)})`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}
