/**
 * In the guest: a TV of software. vivid has an HDMI input and an output that are cabled to each other; cec-follower plays
 * the TV on the input's CEC, slow as one: 6 to 7 s between off and on. The output's CEC is the box's.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const TV_NODE = '/dev/cec0';
export const OUR_NODE = '/dev/cec1';
const DRIVER = '/sys/bus/platform/drivers/vivid';
const OUR_ADDRESS = '4';
/** Two devices, of which the first is a camera: other tests of the same boot may want it. */
const VIVID_OPTIONS = [
  'n_devs=2',
  'num_inputs=1,1',
  'input_types=0x0,0x3',
  'num_outputs=1,1',
  'output_types=0x0,0x1',
  'node_types=0x1,0x101',
];

const CLAIM_ATTEMPTS = 40;

const run = promisify(execFile);

export class Television {
  #follower: ChildProcess | null = null;
  #log = '';

  /** What the TV has seen and done since the last `forget`. */
  get log(): string {
    return this.#log;
  }
  forget(): void {
    this.#log = '';
  }

  async start({ inStandby = false } = {}): Promise<void> {
    execFileSync('modprobe', ['vivid', ...VIVID_OPTIONS]);
    await this.#claim();
    await this.#follow(inStandby);
  }

  async stop(): Promise<void> {
    const follower = this.#follower;
    this.#follower = null;
    if (follower === null || follower.exitCode !== null) return;
    const ended = new Promise((resolve) => follower.once('exit', resolve));
    follower.kill('SIGKILL');
    await ended;
  }

  /** A key of its remote control, sent on to the box. */
  async press(key: string): Promise<void> {
    await this.#send('--to', OUR_ADDRESS, '--user-control-pressed', `ui-cmd=${key}`, '--user-control-released');
  }

  /** It says so again and again, as a TV does. */
  async hold(key: string, ms: number): Promise<void> {
    const untilMs = performance.now() + ms;
    do {
      await this.#send('--to', OUR_ADDRESS, '--user-control-pressed', `ui-cmd=${key}`);
    } while (performance.now() < untilMs);
    await this.#send('--to', OUR_ADDRESS, '--user-control-released');
  }

  /** By the button on it: it notifies everyone, and is off. */
  async switchOffByHand(): Promise<void> {
    await this.stop();
    await this.#send('--to', '15', '--standby');
    await this.#follow(true);
  }

  /** What the box answers to a question. */
  async ask(option: string): Promise<string> {
    return (await run('cec-ctl', ['-d', TV_NODE, '--skip-info', '--to', OUR_ADDRESS, option])).stdout;
  }

  async show(physicalAddress: string): Promise<void> {
    await this.#send('--to', '15', '--active-source', `phys-addr=${physicalAddress}`);
  }

  /** Both ends of the cable go, as with a box whose graphics driver is taken away. */
  async unplug(): Promise<void> {
    await this.stop();
    writeFileSync(`${DRIVER}/unbind`, 'vivid.0');
  }
  replug(): void {
    writeFileSync(`${DRIVER}/bind`, 'vivid.0');
    if (!existsSync(OUR_NODE)) throw new Error('no CEC after the driver was bound again');
  }

  async #send(...message: string[]): Promise<void> {
    await run('cec-ctl', ['-d', TV_NODE, '--skip-info', ...message]);
  }

  /** Now and then, for seconds, vivid says that a TV's address is taken, though it is alone: then it becomes another's. */
  async #claim(): Promise<void> {
    // kept from test to test
    let options: string[] = [];
    for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
      const { stdout } = await run('cec-ctl', ['-d', TV_NODE, ...options]);
      if (/Logical Address\s+: 0 \(TV\)/.test(stdout)) return;
      options = ['--tv', '--osd-name', 'Room TV', '--vendor-id', '0x00e091'];
    }
    throw new Error('the TV did not get its address');
  }

  async #follow(inStandby: boolean): Promise<void> {
    const state = inStandby ? ['--standby'] : [];
    const follower = spawn('cec-follower', ['-d', TV_NODE, '-s', '-m', '-w', ...state], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#follower = follower;
    const before = this.#log.length;
    await new Promise<void>((resolve, reject) => {
      follower.once('error', reject);
      follower.once('exit', (code) => reject(new Error(`cec-follower ended: ${code}`)));
      follower.stdout.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
        if (this.#log.includes('adapter state change', before)) resolve();
      });
    });
  }
}
