/**
 * Pictures for idle TVs, drawn again as WebP in the size of a TV: nothing of a file but its pixels is kept. Each is kept
 * once, by the SHA-256 of what was drawn.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import type { SignagePicture } from '#contract/http/signage-api.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import type { RoomsSettings } from './rooms-settings.ts';

export type SignageDependencies = {
  store: AuthorityStore;
  dataDir: string;
  settings: Pick<RoomsSettings, 'desired' | 'usesOf' | 'whileUnused'>;
};

const TV = { width: 1920, height: 1080 };
const MOST_PIXELS = 100_000_000;
const MOST_PICTURES = 1_000;
const QUALITY = 82;

/** By their first bytes: what a file calls itself decides nothing, and no other reader of the library is to see it. */
const BEGINNINGS: readonly ((head: Buffer) => boolean)[] = [
  (head) => head.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  (head) => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
];

export class Signage {
  readonly #deps: SignageDependencies;
  readonly #folder: string;
  /** one after the other: a picture of the largest size takes a core for a second */
  #drawing: Promise<unknown> = Promise.resolve();

  constructor(deps: SignageDependencies) {
    this.#deps = deps;
    this.#folder = join(deps.dataDir, 'signage');
  }

  /** A file that a crash left without its entry goes. */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const rows = await this.#deps.store.read.selectFrom('signagePicture').select('signageKey').execute();
    const kept = new Set(rows.map(({ signageKey }) => `${signageKey}.webp`));
    for (const name of await readdir(this.#folder)) if (!kept.has(name)) await rm(join(this.#folder, name));
  }

  async list(): Promise<SignagePicture[]> {
    const rows = await this.#deps.store.read
      .selectFrom('signagePicture')
      .selectAll()
      .orderBy('addedAtMs', 'desc')
      .execute();
    return rows.map(({ signageKey, fileName, sizeBytes, addedAtMs }) => ({
      signageKey,
      fileName,
      sizeBytes,
      addedAtMs,
      usedCount: this.#deps.settings.usesOf(signageKey),
    }));
  }

  /** The same picture is there once, by its first name. @throws UserError picture-unreadable, picture-too-large, quota-exceeded */
  async add(upload: { stream: Readable; fileName: string; actor: string }): Promise<SignagePicture> {
    const { store } = this.#deps;
    const file = await buffer(upload.stream);
    const drawn = this.#drawing.then(() => drawAgain(file));
    this.#drawing = drawn.catch(() => {});
    const picture = await drawn;
    const signageKey = createHash('sha256').update(picture).digest('hex');
    await this.#keep(signageKey, picture);
    await store.write(async (trx) => {
      const { count } = await trx
        .selectFrom('signagePicture')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('signageKey', '!=', signageKey)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MOST_PICTURES) throw new UserError('quota-exceeded');
      const { fileName, actor } = upload;
      await trx
        .insertInto('signagePicture')
        .values({ signageKey, fileName, sizeBytes: picture.length, addedBy: actor, addedAtMs: Date.now() })
        .onConflict((c) => c.column('signageKey').doNothing())
        .execute();
    });
    return (await this.list()).find((each) => each.signageKey === signageKey)!;
  }

  /** @throws ProtocolError not-found */
  async open(
    signageKey: string,
  ): Promise<{ stream: Readable; sizeBytes: number; fileName: string; isImmutable: true }> {
    const row = await this.#deps.store.read
      .selectFrom('signagePicture')
      .selectAll()
      .where('signageKey', '=', signageKey)
      .executeTakeFirst();
    if (!row) throw new ProtocolError('not-found', 'no such picture');
    const path = this.#pathOf(signageKey);
    const { size } = await stat(path).catch((cause: unknown) => {
      throw new ProtocolError('not-found', 'the picture is lost', { cause });
    });
    return { stream: createReadStream(path), sizeBytes: size, fileName: row.fileName, isImmutable: true };
  }

  /** For the kiosk of a room; null: its TV does not show it */
  async pictureOf(roomId: string, signageKey: string): Promise<Readable | null> {
    const { signage } = this.#deps.settings.desired(roomId, 'idle');
    return signage.includes(signageKey) ? (await this.open(signageKey)).stream : null;
  }

  /** @throws ProtocolError not-found, InvalidStateError picture-in-use */
  async remove(signageKey: string): Promise<void> {
    const { store, settings } = this.#deps;
    await settings.whileUnused(signageKey, async () => {
      const { numDeletedRows } = await store.write((trx) =>
        trx.deleteFrom('signagePicture').where('signageKey', '=', signageKey).executeTakeFirst(),
      );
      if (Number(numDeletedRows) === 0) throw new ProtocolError('not-found', 'no such picture');
      await rm(this.#pathOf(signageKey), { force: true });
    });
  }

  /** @throws UserError setting-invalid */
  async check(trx: AuthorityWrite, signageKeys: readonly string[]): Promise<void> {
    if (signageKeys.length === 0) return;
    const rows = await trx
      .selectFrom('signagePicture')
      .select('signageKey')
      .where('signageKey', 'in', [...signageKeys])
      .execute();
    if (rows.length < new Set(signageKeys).size)
      throw new UserError('setting-invalid', 'idle.signage: no such picture');
  }

  #pathOf(signageKey: string): string {
    return join(this.#folder, `${signageKey}.webp`);
  }

  /** Whole on the disk before an entry names it. */
  async #keep(signageKey: string, picture: Buffer): Promise<void> {
    const path = this.#pathOf(signageKey);
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(picture);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  }
}

/** @throws UserError picture-unreadable, picture-too-large */
async function drawAgain(file: Buffer): Promise<Buffer> {
  if (!BEGINNINGS.some((isOne) => isOne(file))) throw new UserError('picture-unreadable', 'no PNG, JPEG or WebP');
  // most servers never need it
  const { default: sharp } = await import('sharp');
  try {
    const { width, height } = await sharp(file, { limitInputPixels: false }).metadata();
    if (width * height > MOST_PIXELS) throw new UserError('picture-too-large', `${width} x ${height}`);
    return await sharp(file, { limitInputPixels: MOST_PIXELS, failOn: 'truncated' })
      .autoOrient()
      .resize({ ...TV, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: QUALITY })
      .toBuffer();
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError('picture-unreadable', 'not to be decoded', { cause });
  }
}
