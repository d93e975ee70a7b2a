/**
 * The kiosk's logs: from the journal where systemd keeps one of our units, else from this process' own ring. Without secrets,
 * whoever wrote them.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from '#contract/schema.ts';
import type { LogLine, LogRing } from './log-ring.ts';
import { withoutSecrets } from './without-secrets.ts';

export type KioskLogs = {
  /** @throws where the journal cannot be read */
  since: (fromMs: number, signal: AbortSignal) => Promise<LogLine[]>;
  /** Lines as they are written, until the signal. */
  follow: (onLine: (line: LogLine) => void, signal: AbortSignal) => void;
};

const UNITS = ['maru-agent.service', 'maru-screen.service'];
/** of a bundle: what is older is left out */
const MOST_LINES = 50_000;
const TEXT_LETTERS = 1_000;
/** syslog's priorities */
const LEVELS = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];

const JournalEntry = z.object({
  MESSAGE: z.union([z.string(), z.array(z.number())]).nullable(),
  PRIORITY: z.string().optional(),
  __REALTIME_TIMESTAMP: z.string(),
  _SYSTEMD_UNIT: z.string().optional(),
});

/** @param env of this process: systemd names the stream that goes to its journal */
export function kioskLogs(ring: LogRing, env: NodeJS.ProcessEnv): KioskLogs {
  return env.JOURNAL_STREAM === undefined ? ofRing(ring) : ofJournal();
}

function ofRing(ring: LogRing): KioskLogs {
  return {
    since: async (fromMs) => ring.since(fromMs),
    follow: (onLine, signal) => signal.addEventListener('abort', ring.follow(onLine), { once: true }),
  };
}

function ofJournal(): KioskLogs {
  const units = UNITS.flatMap((unit) => ['--unit', unit]);
  /** Resolves when it has ended. @throws where it ends in failure */
  async function read(args: string[], onLine: (line: LogLine) => void, signal: AbortSignal): Promise<void> {
    const child = spawn('journalctl', ['--output=json', '--quiet', '--no-pager', ...units, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      signal,
    });
    const exited = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code));
    });
    // an error is met where it is awaited
    exited.catch(() => {});
    for await (const text of createInterface({ input: child.stdout })) {
      const line = lineOfJournal(text);
      if (line) onLine(line);
    }
    const code = await exited;
    if (code !== 0) throw new Error(`journalctl ended with ${code}`);
  }
  return {
    since: async (fromMs, signal) => {
      const lines: LogLine[] = [];
      const args = [`--since=@${Math.floor(fromMs / 1_000)}`, `--lines=${MOST_LINES}`];
      await read(args, (line) => lines.push(line), signal);
      return lines;
    },
    follow: (onLine, signal) => {
      read(['--follow', '--lines=0'], onLine, signal).catch((error: unknown) => {
        if (!signal.aborted)
          onLine({
            atMs: Date.now(),
            from: 'agent',
            level: 'error',
            text: `the journal ended: ${(error as Error).message}`,
          });
      });
    },
  };
}

export function lineOfJournal(text: string): LogLine | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  const entry = JournalEntry.safeParse(raw).data;
  if (!entry || entry.MESSAGE === null) return null;
  // a message that is not UTF-8 comes as bytes
  const message = typeof entry.MESSAGE === 'string' ? entry.MESSAGE : Buffer.from(entry.MESSAGE).toString('latin1');
  return {
    atMs: Math.floor(Number(entry.__REALTIME_TIMESTAMP) / 1_000) || Date.now(),
    from: (entry._SYSTEMD_UNIT ?? 'journal').replace(/^maru-|\.service$/g, '').slice(0, 40),
    level: LEVELS[Number(entry.PRIORITY ?? 6)] ?? 'info',
    text: withoutSecrets(message).slice(0, TEXT_LETTERS),
  };
}
