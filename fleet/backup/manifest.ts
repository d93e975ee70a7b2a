/** The first file of a backup: which release made it, of what, and each file that follows with its size and hash. */
import { EpochMs, z } from '#contract/schema.ts';
import { BackupFault } from './backup-fault.ts';
import { isKept } from './kept-files.ts';
import { fitsTar } from './tar.ts';

export const MANIFEST_PATH = 'manifest.json';
/** The last one: which of the files went away while they were copied. */
export const END_PATH = 'end.json';
export const FORMAT_VERSION = 1;
/** some hundred thousand files */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** Relative, in the ordinary spelling, and none of the files that a running fleet makes for itself. */
const KeptPath = z.string().refine((path) => mayBeArchived(path) && isKept(path));
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const BackupPart = z.enum(['telemetry', 'documents', 'recordings']);
export type BackupPart = z.infer<typeof BackupPart>;

const Manifest = z.strictObject({
  format: z.literal('maru-backup'),
  formatVersion: z.literal(FORMAT_VERSION),
  /** of the release that made it */
  serverVersion: z.string().max(100),
  createdAtMs: EpochMs,
  /** the last migration of each database that is in it */
  schemas: z.strictObject({ authority: z.string().max(200), telemetry: z.string().max(200).nullable() }),
  /** what is in it beside the authority database, keys and settings */
  parts: z.array(BackupPart),
  files: z.array(
    z.strictObject({
      path: KeptPath,
      sizeBytes: z.number().int().nonnegative(),
      sha256: Sha256,
      /** of a file outside of the data directory: where it stood */
      from: z.string().max(4096).optional(),
    }),
  ),
});
export type Manifest = z.infer<typeof Manifest>;
export type ManifestFile = Manifest['files'][number];

const End = z.strictObject({ removedMeanwhile: z.array(KeptPath) });
export type End = z.infer<typeof End>;

/** @throws BackupFault backup-newer, not-a-backup, backup-damaged */
export function readManifest(bytes: Uint8Array): Manifest {
  const parsed = parseJson(bytes);
  const { format, formatVersion } = (parsed ?? {}) as { format?: unknown; formatVersion?: unknown };
  if (format !== 'maru-backup')
    throw new BackupFault('not-a-backup', 'This file was not made by Maru: npm run backup.');
  if (typeof formatVersion === 'number' && formatVersion > FORMAT_VERSION)
    throw new BackupFault(
      'backup-newer',
      `The backup has format ${formatVersion}, and this release reads ${FORMAT_VERSION}. Install the release that made it, or a newer one.`,
    );
  const manifest = Manifest.safeParse(parsed);
  if (!manifest.success) throw damaged(`its manifest is not valid (${manifest.error.issues[0]?.path.join('.')})`);
  const paths = new Set(manifest.data.files.map(({ path }) => path));
  if (paths.size !== manifest.data.files.length) throw damaged('its manifest names a file twice');
  // `a` and `a/b`: one of them could not be written
  for (const path of paths)
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      if (paths.has(path.slice(0, at))) throw damaged('its manifest names a file as a folder');
  return manifest.data;
}

/** @throws BackupFault backup-damaged */
export function readEnd(bytes: Uint8Array): End {
  const end = End.safeParse(parseJson(bytes));
  if (!end.success) throw damaged('its last entry is not valid');
  return end.data;
}

/** As it is written into a backup. */
export const jsonBytes = (value: Manifest | End): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);

/** Whether a path is one below the folder that it is relative to, whatever that is, and short enough for an archive. */
export function mayBeArchived(path: string): boolean {
  return (
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    !/[\u0000-\u001f\u007f\\]/.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') &&
    fitsTar(path)
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
}

const damaged = (what: string): BackupFault => new BackupFault('backup-damaged', `The backup is damaged: ${what}.`);
