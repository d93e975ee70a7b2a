import { describe, expect, it } from 'vitest';
import { buildProgress, cachedWorkerPath, findWorker, publishedWorkerUrl } from './media-worker.mjs';

describe("mediasoup's worker", () => {
  it('is cached by version and architecture, outside the checkout', () => {
    const path = cachedWorkerPath('3.0.0', { env: { XDG_CACHE_HOME: '/cache' }, architecture: 'arm64' });
    expect(path).toBe('/cache/maru/mediasoup-worker/3.0.0-linux-arm64/mediasoup-worker');
  });

  it('is looked for under the name that its authors publish', () => {
    const url = publishedWorkerUrl('3.0.0', { env: {}, architecture: 'x64', kernel: '6.1.0-13-amd64' });
    expect(url).toMatch(/\/3\.0\.0\/mediasoup-worker-3\.0\.0-linux-x64-kernel6\.tgz$/);
  });

  it('is the given one, and a given one that is not there is an error rather than replaced', () => {
    expect(findWorker({ MEDIASOUP_WORKER_BIN: '/bin/true' })).toBe('/bin/true');
    expect(() => findWorker({ MEDIASOUP_WORKER_BIN: '/not/there' })).toThrow('/not/there');
  });

  it('is missing where the cache is empty', () => {
    expect(findWorker({ XDG_CACHE_HOME: '/not/there' })).toBeNull();
  });

  it('says how far its build is', () => {
    expect(buildProgress('[12/261] Compiling C++ object worker.p/x.cpp.o')).toBe('12 of 261');
    expect(buildProgress('ninja: entering directory')).toBeNull();
  });
});
