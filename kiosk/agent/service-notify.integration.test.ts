// The words as systemd gets them: datagrams on a real socket, read by python because Node has no such sockets.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServiceNotify } from './service-notify.ts';

const LISTENER = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('LISTENING', flush=True)
while True:
    # systemd-notify waits until the descriptor that it sends along is closed
    data, fds, flags, address = socket.recv_fds(s, 4096, 8)
    for fd in fds: os.close(fd)
    print(data.decode().strip().replace('\\n', ' '), flush=True)
`;
const has = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const missing = ['python3', 'systemd-notify'].filter((program) => !has(program));

describe('the word to systemd', () => {
  let folder: string;
  let socket: string;
  let listener: ChildProcess | null = null;
  let heard: string[];
  let errors: Error[];

  beforeEach(async (context) => {
    context.skip(missing.length > 0, `needs ${missing.join(' and ')}`);
    folder = mkdtempSync(join(tmpdir(), 'maru-notify-'));
    socket = join(folder, 'notify');
    heard = [];
    errors = [];
    listener = spawn('python3', ['-c', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    listener.stdout!.setEncoding('utf8').on('data', (text: string) => heard.push(...text.trim().split('\n')));
    await expect.poll(() => heard).toContain('LISTENING');
    heard.length = 0;
  });
  afterEach(async () => {
    vi.useRealTimers();
    if (listener === null) return;
    const exited = once(listener, 'exit');
    listener.kill();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });

  /** The barrier that systemd-notify adds is not a word of ours. */
  const words = () => heard.filter((word) => word !== '' && !word.includes('BARRIER'));
  const notify = (env: NodeJS.ProcessEnv) =>
    new ServiceNotify({ env: { PATH: process.env.PATH, ...env }, log: (error) => errors.push(error) });

  it('is ready, then stopping, in this order', async () => {
    const service = notify({ NOTIFY_SOCKET: socket });
    service.start();
    service.ready();
    await service.stop();
    await expect.poll(words).toEqual(['READY=1', 'STOPPING=1']);
    expect(errors).toEqual([]);
  });

  it('says three times in the deadline that the event loop turns, and no more when it ends', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const service = notify({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) });
    service.start();
    vi.advanceTimersByTime(30_000);
    await service.stop();
    vi.advanceTimersByTime(30_000);
    await service.stop();
    const pings = Array<string>(3).fill('WATCHDOG=1');
    await expect.poll(words, { timeout: 5_000 }).toEqual([...pings, 'STOPPING=1', 'STOPPING=1']);
  });

  it('does not ping when another process is watched', async () => {
    const service = notify({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: '150000', WATCHDOG_PID: '1' });
    service.start();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await service.stop();
    await expect.poll(words).toEqual(['STOPPING=1']);
  });

  it('takes what is systemd’s out of the environment, so that no child speaks for it', async () => {
    const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '60000000' };
    const service = new ServiceNotify({ env, log: (error) => errors.push(error) });
    service.start();
    expect(Object.keys(env)).toEqual(['PATH']);
    await service.stop();
  });
});

it('says nothing, and fails at nothing, where no systemd is', async () => {
  const errors: Error[] = [];
  const service = new ServiceNotify({ env: { PATH: '/nowhere' }, log: (error) => errors.push(error) });
  service.start();
  service.ready();
  await service.stop();
  expect(errors).toEqual([]);
});

it('tells when systemd could not be told, and goes on', async () => {
  const errors: Error[] = [];
  const env = { PATH: '/nowhere', NOTIFY_SOCKET: '/nowhere/notify' };
  const service = new ServiceNotify({ env, log: (error) => errors.push(error) });
  service.start();
  service.ready();
  await service.stop();
  expect(errors.length).toBe(2);
});
