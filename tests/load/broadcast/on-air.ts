/** A broadcast under measure: a room's TV, one guest whose camera is a clock, and somebody of the staff who watches. */
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { WATCH_AUDIENCE, WATCH_TOKEN_TTL_MS, type WatchTokenClaims } from '#contract/live-delivery.ts';
import { SigningKeys } from '../../../fleet/meetings/signing-keys.ts';
import type { Viewer } from '../../e2e/personas/viewer.ts';
import { USUAL_PICTURES } from '../../e2e/product/product.ts';
import { Scene } from '../../e2e/scene.ts';
import { bundlePage } from '../../simulators/bundle-page.ts';

const PASSWORD = 'correct horse battery';

export type OnAir = {
  scene: Scene;
  viewer: Viewer;
  /** of the delivery, up to the broadcast's files */
  filesUrl: string;
  close: () => Promise<void>;
};

export async function startOnAir(): Promise<OnAir> {
  const scene = await Scene.start([...USUAL_PICTURES]);
  try {
    const phone = await scene.phone();
    const tv = await scene.tv({ camera: 'missing' });
    await phone.start();
    await tv.stage.waitFor();
    const clock = await bundlePage(new URL('clock-camera.ts', import.meta.url).href);
    const guest = await scene.guest(1, { onPage: (page) => void page.addInitScript({ content: clock }) });
    await guest.join('Clock');
    await guest.expectInCall();
    const { adminUser, adminPassword } = scene.product.addresses;
    const member = await scene.member(8);
    await member.signIn(adminUser, adminPassword);
    await member.choosePassword(PASSWORD);
    await member.button('New meeting').waitFor();
    await member.close();
    await phone.button('Go live').click();
    await phone.button('Start broadcast').click({ timeout: 60_000 });
    await phone.page.getByLabel('On air', { exact: true }).first().waitFor({ timeout: 30_000 });
    const viewer = await scene.viewer(9);
    let filesUrl = '';
    viewer.page.on('request', (request) => {
      filesUrl = /^.*\/live\/[0-9a-f-]{36}\//.exec(request.url())?.[0] ?? filesUrl;
    });
    await viewer.signIn(adminUser, PASSWORD);
    await viewer.broadcast.waitFor({ timeout: 30_000 });
    const until = performance.now() + 30_000;
    while (filesUrl === '' || (await viewer.position()) < 2) {
      if (performance.now() > until) throw new Error('the viewer sees nothing');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return { scene, viewer, filesUrl, close: () => scene.close() };
  } catch (error) {
    console.error(scene.troubles());
    await scene.close();
    throw error;
  }
}

/** Tokens of so many viewings, as many sessions would get them: signed by the key of the fleet under measure. */
export async function viewingTokens({ scene, filesUrl }: OnAir, count: number): Promise<string[]> {
  const keys = new SigningKeys({ directory: join(scene.product.folder, 'fleet', 'keys') });
  await keys.start({ isInUse: true });
  const broadcastId = /[0-9a-f-]{36}(?=\/$)/.exec(filesUrl)![0];
  const iat = Math.floor(Date.now() / 1_000);
  return Promise.all(
    Array.from({ length: count }, () => {
      const claims: Omit<WatchTokenClaims, 'iss'> = {
        aud: WATCH_AUDIENCE,
        sub: uuidv7(),
        iat,
        exp: iat + WATCH_TOKEN_TTL_MS / 1_000,
        broadcasts: [{ broadcastId, allowedRanges: [] }],
      };
      return keys.sign(claims);
    }),
  );
}
