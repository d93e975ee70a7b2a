/**
 * The agent's word to systemd: that it serves, that its event loop turns, that it ends (sd_notify(3)). Nothing where no
 * systemd asked for it. Node has no Unix datagrams, so each word goes by `systemd-notify`, which is wherever systemd is.
 */
import { execFile } from 'node:child_process';

/** systemd's own advice is twice in the time that it waits; the third forgives one that came late. */
const PINGS_PER_DEADLINE = 3;
const SAID_WITHIN_MS = 5_000;

export type ServiceNotifyOptions = {
  /** the process' environment; what is systemd's is taken out of it, so that no child speaks for us */
  env: NodeJS.ProcessEnv;
  log: (error: Error) => void;
};

export class ServiceNotify {
  readonly #options: ServiceNotifyOptions;
  #socket: string | undefined;
  #pinging: NodeJS.Timeout | undefined;
  #saying: Promise<void> = Promise.resolve();

  constructor(options: ServiceNotifyOptions) {
    this.#options = options;
  }

  /** Before anything else is started: children inherit the environment. */
  start(): void {
    const { env } = this.#options;
    const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = env;
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
    if (!NOTIFY_SOCKET) return;
    this.#socket = NOTIFY_SOCKET;
    // meant for another process that we are a child of
    if (WATCHDOG_PID !== undefined && Number(WATCHDOG_PID) !== process.pid) return;
    const deadlineMs = Number(WATCHDOG_USEC) / 1_000;
    if (!(deadlineMs > 0)) return;
    this.#pinging = setInterval(() => this.#say('WATCHDOG=1'), deadlineMs / PINGS_PER_DEADLINE);
  }

  /** It serves: units that wait for this one are started. */
  ready(): void {
    this.#say('READY=1');
  }

  /** @returns when systemd has it, or could not be told */
  async stop(): Promise<void> {
    clearInterval(this.#pinging);
    this.#say('STOPPING=1');
    await this.#saying;
  }

  /** In order, one after the other. */
  #say(word: string): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#saying = this.#saying.then(
      () =>
        new Promise((resolve) => {
          const env = { PATH: this.#options.env.PATH, NOTIFY_SOCKET: socket };
          execFile('systemd-notify', [word], { env, timeout: SAID_WITHIN_MS }, (error) => {
            if (error) this.#options.log(error);
            resolve();
          });
        }),
    );
  }
}
