/** A calendar on a room's own host, as a feed that the test writes: its bookings are in there from the next reading on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Host } from './network-namespaces.ts';

export type BookingEntry = { uid: string; summary: string; startMs: number; endMs: number; joinUrl: string };

/** the shortest that a kiosk allows */
const REFRESH_SECONDS = 15;

export class RoomCalendar {
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-calendar-'));
  readonly #file = join(this.#folder, 'room.ics');
  readonly #host: Host;
  #server: ChildProcess | null = null;
  #port = 0;

  constructor(host: Host) {
    this.#host = host;
    this.write([]);
  }

  async start(): Promise<void> {
    const program = `require('node:http').createServer((_, to) => to.setHeader('content-type', 'text/calendar').end(require('node:fs').readFileSync(process.env.CALENDAR))).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
    const server = spawn('ip', ['netns', 'exec', this.#host.namespace, process.execPath, '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CALENDAR: this.#file },
    });
    this.#server = server;
    this.#port = await new Promise<number>((resolve, reject) => {
      createInterface({ input: server.stdout }).once('line', (line) => resolve(Number(line)));
      server.once('exit', (code) => reject(new Error(`the calendar's server ended with ${code}`)));
    });
  }

  /** The `calendar` of a kiosk's settings. */
  get settings(): object {
    const url = `http://127.0.0.1:${this.#port}/room.ics`;
    return { kind: 'ics', url, refreshSeconds: REFRESH_SECONDS, timeZone: 'Asia/Seoul' };
  }

  /** In place of those before. */
  write(bookings: readonly BookingEntry[]): void {
    const entries = bookings.flatMap(({ uid, summary, startMs, endMs, joinUrl }) => [
      'BEGIN:VEVENT',
      `UID:${uid}`,
      `DTSTAMP:${utc(Date.now())}`,
      `DTSTART:${utc(startMs)}`,
      `DTEND:${utc(endMs)}`,
      `SUMMARY:${summary}`,
      `DESCRIPTION:Join: ${joinUrl}`,
      'END:VEVENT',
    ]);
    const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//office//EN', ...entries, 'END:VCALENDAR', ''];
    writeFileSync(this.#file, lines.join('\r\n'));
  }

  stop(): void {
    this.#server?.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const utc = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
