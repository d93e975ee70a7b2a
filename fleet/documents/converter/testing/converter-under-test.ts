/** For tests: a converter process under a supervisor, as the fleet's, and a client that remembers what it was sent. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConversionEvent } from '#contract/converter-link.ts';
import { SupervisedProcess } from '#edge/supervised-process.ts';
import { v7 } from 'uuid';
import { ConverterLink } from '../client.ts';

export type Converted = { documentId: string; folder: string; events: ConversionEvent[]; end: ConversionEvent };

export class ConverterUnderTest {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'converter-'));
  readonly pidFile = join(this.dataDir, 'converter.pid');
  readonly link: ConverterLink;
  readonly #events = new Map<string, ConversionEvent[]>();
  readonly #waiting = new Set<() => void>();
  readonly #process: SupervisedProcess;

  constructor(...options: string[]) {
    this.#process = new SupervisedProcess({
      script: fileURLToPath(new URL('../main.ts', import.meta.url)),
      args: () => ['--data-dir', this.dataDir, '--json-logs', ...options],
      pidFile: this.pidFile,
      compiledDir: join(this.dataDir, 'compiled'),
      log: () => {},
    });
    this.link = new ConverterLink({
      dataDir: this.dataDir,
      onEvent: (event) => {
        this.eventsOf(event.documentId).push(event);
        for (const look of this.#waiting) look();
      },
      log: () => {},
    });
  }

  start(): void {
    this.#process.start();
    this.link.start();
  }

  async stop(): Promise<void> {
    this.link.stop();
    await this.#process.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  get pid(): number {
    return Number(readFileSync(this.pidFile, 'utf8'));
  }

  eventsOf(documentId: string): ConversionEvent[] {
    const events = this.#events.get(documentId) ?? [];
    this.#events.set(documentId, events);
    return events;
  }

  /** Hands a document over. */
  begin(content: Buffer): { documentId: string; folder: string } {
    const documentId = v7();
    const folder = join(this.dataDir, 'pages', documentId);
    const sourcePath = join(this.dataDir, 'originals', documentId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    mkdirSync(join(this.dataDir, 'originals'), { recursive: true, mode: 0o700 });
    writeFileSync(sourcePath, content, { mode: 0o600 });
    this.link.convert({ documentId, sourcePath, outputFolder: folder });
    return { documentId, folder };
  }

  /** Resolves with the first event of the document that `isIt`. */
  async event(documentId: string, isIt: (event: ConversionEvent) => boolean): Promise<ConversionEvent> {
    for (;;) {
      const found = this.eventsOf(documentId).find(isIt);
      if (found) return found;
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }

  async convert(content: Buffer): Promise<Converted> {
    const { documentId, folder } = this.begin(content);
    const end = await this.event(documentId, ({ name }) => name === 'converted' || name === 'failed');
    return { documentId, folder, events: this.eventsOf(documentId), end };
  }

  /** Folders of sandboxes, and processes of this converter's sandboxes. */
  leftovers(): { inboxes: number; sandboxes: number } {
    return {
      inboxes: readdirSync(join(this.dataDir, 'converter-scratch')).length,
      sandboxes: sandboxesOf(this.pid).length,
    };
  }
}

/** Processes inside sandboxes of a converter with that name, as `soffice.bin`. */
export function insideSandboxesOf(pid: number, name: string): number[] {
  const found: number[] = [];
  const waiting = sandboxesOf(pid);
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    try {
      if (readFileSync(`/proc/${each}/comm`, 'utf8').trim() === name) found.push(each);
      for (const task of readdirSync(`/proc/${each}/task`)) {
        const children = readFileSync(`/proc/${each}/task/${task}/children`, 'utf8');
        waiting.push(...children.split(' ').filter(Boolean).map(Number));
      }
    } catch {
      // it ended meanwhile
    }
  }
  return found;
}

/** Bubblewrap's processes that a process started. */
export function sandboxesOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => {
      try {
        const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${each}/stat`, 'utf8')) ?? [];
        return Number(parent) === pid && readFileSync(`/proc/${each}/comm`, 'utf8').startsWith('bwrap');
      } catch {
        return false;
      }
    });
}
