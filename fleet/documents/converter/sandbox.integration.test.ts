/** Real sandboxes: what they can reach, write and use up, and that nothing of them stays. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Sandbox, type SandboxLimits, whyNoSandbox } from './sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const small: SandboxLimits = {
  addressSpaceBytes: 1e9,
  residentBytes: 300e6,
  cpuSeconds: 20,
  threads: 16,
  scratchBytes: 1_000_000,
};

async function run(script: string, limits: Partial<SandboxLimits> = {}, deadlineMs = 15_000, readOnly = {}) {
  const sandbox = new Sandbox({
    command: ['/usr/bin/python3', '-c', script],
    readOnly,
    limits: { ...small, ...limits },
  });
  sandbox.setDeadline(deadlineMs);
  let out = '';
  sandbox.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const closed = once(sandbox.stdout, 'close');
  const end = await sandbox.ended;
  await closed;
  return { out, end };
}

/** Processes of this machine whose command line holds the word. */
const running = (word: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
      } catch {
        return false;
      }
    });

test('this machine makes sandboxes', async () => {
  expect(await whyNoSandbox()).toBeNull();
});

test('a listener on this machine cannot be reached from inside', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const script = `import socket\ntry:\n socket.create_connection(("127.0.0.1", ${port}), 3)\n print("connected")\nexcept OSError as error:\n print(error)`;
  expect((await run(script)).out).toContain('refused');
  expect(connections).toBe(0);
  server.close();
});

test('nothing can be written but in the scratch space, which is bounded', async () => {
  const source = join(folder, 'source');
  writeFileSync(source, 'the source');
  const script = `
import os
print(open("/in").read())
for path in ["/x", "/dev/x", "/etc/x", "/usr/x", "/usr/lib/x", "/in", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"]:
  try:
    # nothing is written: were it possible, this machine would stay as it is
    os.close(os.open(path, os.O_WRONLY | (0 if path.startswith("/proc") else os.O_CREAT)))
    print("may write", path)
  except OSError: pass
size = 0
for folder in ["/tmp", "/dev/shm"]:
  try:
    for name in range(10):
      with open(f"{folder}/{name}", "wb", buffering=0) as file: size += file.write(bytes(400_000))
  except OSError: pass
print(size <= 2_003_968, size)
`;
  const { out } = await run(script, {}, 15_000, { '/in': source });
  expect(out).toMatch(/^the source\nTrue \d+\n$/);
  expect(readFileSync(source, 'utf8')).toBe('the source');
});

test('no privileges, no name of this machine, no path of it, no process of it', async () => {
  const { out } = await run(
    `
import os, socket
print(open("/proc/self/status").read(), socket.gethostname(), open("/proc/1/cmdline").read())
print("processes", [name for name in os.listdir("/proc") if name.isdigit()])
print("environment", dict(os.environ))
os.system("unshare -U true && echo made $((1 + 0)) namespace")
`,
    {},
    15_000,
    { '/in': folder },
  );
  expect(out).toContain('NoNewPrivs:\t1');
  expect(out).toContain('CapEff:\t0000000000000000');
  expect(out).toContain(' sandbox /usr/bin/bwrap');
  expect(out).not.toContain(folder);
  expect(out).toMatch(/processes \['1', '2'\]/);
  expect(out).not.toContain('made 1 namespace');
  expect(out).not.toContain('NODE');
});

test('system calls that no converter needs are refused', async () => {
  const numbers =
    process.arch === 'arm64' ? { keyctl: 219, bpf: 280, getpid: 172 } : { keyctl: 250, bpf: 321, getpid: 39 };
  const { out } = await run(`
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for number in [${numbers.keyctl}, ${numbers.bpf}, ${numbers.getpid}]:
  print(libc.syscall(number, 0, 0, 0) >= 0, ctypes.get_errno())
print([line for line in open("/proc/self/status") if line.startswith("Seccomp:")])
`);
  expect(out).toBe("False 1\nFalse 1\nTrue 1\n['Seccomp:\\t2\\n']\n");
});

test.each([
  ['memory', 'import time\nx = bytearray(500_000_000)\ntime.sleep(30)', { addressSpaceBytes: null }, 20_000],
  ['threads', 'import os, time\nfor i in range(40): os.fork() or time.sleep(30)\ntime.sleep(30)', {}, 20_000],
  ['deadline', 'import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)', {}, 2_000],
  ['deadline', 'import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(30)', {}, 2_000],
])('%s: it ends within its limit', async (why, script, limits, deadlineMs) => {
  const startedAt = performance.now();
  expect((await run(script, limits, deadlineMs)).end).toEqual({ kind: 'killed', why });
  expect(performance.now() - startedAt).toBeLessThan(deadlineMs + 3_000);
});

test('processor time is limited', async () => {
  const { end } = await run('while True: pass', { cpuSeconds: 1 });
  expect(end).toEqual({ kind: 'exited', code: expect.toBeOneOf([128 + 9, 128 + 24]), signal: null });
});

test('what a program leaves running ends with its sandbox', async () => {
  const word = `left-behind-${process.pid}`;
  const script = `
import os, sys, time
if os.fork() == 0:
  os.setsid()
  os.execvp("python3", ["python3", "-c", "import time; print('started', flush=True); time.sleep(60)", "${word}"])
print(sys.stdin.readline())
`;
  const sandbox = new Sandbox({ command: ['/usr/bin/python3', '-c', script], readOnly: {}, limits: small });
  await once(sandbox.stdout, 'data');
  expect(running(word).length).toBeGreaterThan(0);
  sandbox.stdin.end('\n');
  await sandbox.ended;
  await expect.poll(() => running(word)).toEqual([]);
});

test('a killed parent leaves no sandbox', async () => {
  const word = `orphan-${process.pid}`;
  const module = fileURLToPath(new URL('./sandbox.ts', import.meta.url));
  const program = `
    const { Sandbox } = await import(${JSON.stringify(module)});
    const command = ['/usr/bin/python3', '-c', 'import time; print("started", flush=True); time.sleep(60)', '${word}'];
    new Sandbox({ command, readOnly: {}, limits: ${JSON.stringify(small)} }).stdout.pipe(process.stdout);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');
  expect(running(word).length).toBeGreaterThan(0);
  parent.kill('SIGKILL');
  await expect.poll(() => running(word)).toEqual([]);
});

test('a sandbox whose work can wait gives way: all of its threads, and what they start', async () => {
  const script = `
import os, sys, threading, time
threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
print("started", flush=True)
sys.stdin.readline()
nices = {open(f"/proc/self/task/{task}/stat").read().rsplit(")", 1)[1].split()[16] for task in os.listdir("/proc/self/task")}
print(nices, os.popen("nice").read())
`;
  const sandbox = new Sandbox({ command: ['/usr/bin/python3', '-c', script], readOnly: {}, limits: small });
  sandbox.setDeadline(15_000);
  await once(sandbox.stdout, 'data');
  sandbox.lowerPriority();
  sandbox.stdin.end('\n');
  const [answer] = await once(sandbox.stdout, 'data');
  expect(String(answer)).toBe("{'10'} 10\n\n");
  await sandbox.ended;
});
