/**
 * A call beside which bad input is given, and what each spec asks of it: a typed answer, a line in the log, and that the
 * call did not notice. Registers its hooks in the describe that makes it.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { ErrorCode } from '#contract/error-codes.ts';
import { targetOf } from '../simulators/raw/byte-stream.ts';
import { exchangeHttp, httpRequest, type RawHttpAnswer } from '../simulators/raw/raw-http.ts';
import { enrol, type RoomIdentity } from '../simulators/room/enrol.ts';
import { Bystanders } from './bystanders.ts';
import { Administrator } from './product/administrator.ts';
import { Scene } from './scene.ts';

type Part = 'fleet' | 'kiosk';

export class BadInputScene {
  scene!: Scene;
  bystanders!: Bystanders;
  admin!: Administrator;
  /** another room's box, as enrolled as the first */
  other!: RoomIdentity;
  #loggedBefore: Record<Part, number> = { fleet: 0, kiosk: 0 };

  constructor() {
    beforeAll(async () => {
      this.scene = await Scene.start();
      this.bystanders = await Bystanders.inCall(this.scene);
      this.admin = await Administrator.signIn(this.scene.product.addresses);
      this.other = await enrol(await this.admin.createRoom('Other room'));
    });
    beforeEach(async () => {
      this.#loggedBefore = {
        fleet: this.scene.product.log('fleet').length,
        kiosk: this.scene.product.log('kiosk').length,
      };
      await this.bystanders.remember();
    });
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') console.error(this.scene.troubles());
      await this.bystanders.expectUnaffected();
    });
    afterAll(() => this.scene?.close());
  }

  get fleetUrl(): string {
    return this.scene.product.addresses.fleetUrl;
  }

  /** What this test has brought into the log so far. */
  logged(part: Part = 'fleet'): string {
    return this.scene.product.log(part).slice(this.#loggedBefore[part]);
  }

  async expectLogged(code: ErrorCode, part: Part = 'fleet'): Promise<void> {
    await expect.poll(() => this.logged(part), { message: `a log line with ${code}` }).toContain(code);
  }

  /** From another network than the people of the call are in. */
  post(
    path: string,
    body: unknown,
    { localAddress = '127.0.0.3', headers = {} }: { localAddress?: string; headers?: Record<string, string> } = {},
  ): Promise<RawHttpAnswer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return exchangeHttp(
      targetOf(this.fleetUrl, { localAddress }),
      httpRequest('POST', path, { host: new URL(this.fleetUrl).host, ...headers }, text),
    );
  }

  async expectRefused(answer: RawHttpAnswer, status: number, code: ErrorCode): Promise<void> {
    expect(answer).toMatchObject({ status });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code } });
    await this.expectLogged(code);
  }
}
