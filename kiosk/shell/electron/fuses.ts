/**
 * Electron's fuses as a room's box wants them (https://www.electronjs.org/docs/latest/tutorial/fuses), all of them named:
 * a new one in a later Electron fails the packing until somebody decided.
 */
import { FuseV1Options, FuseVersion, flipFuses, FuseState, getCurrentFuseWire } from '@electron/fuses';

export const fuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // the binary cannot be turned into a Node by a variable or an argument
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  // macOS and Windows alone look at the second; on Linux the archive lies in a slot that root alone writes
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  // needs a snapshot of our own making
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // no page of ours is a file
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // off is for programs that set signal handlers of their own
  [FuseV1Options.WasmTrapHandlers]: true,
} as const;

/** Writes them into a binary and reads them back. @throws when it took another state, or has a fuse that is not named here */
export async function setFuses(binaryPath: string): Promise<void> {
  await flipFuses(binaryPath, fuses);
  const wire = (await getCurrentFuseWire(binaryPath)) as unknown as Record<string, FuseState>;
  for (const [name, on] of Object.entries(fuses)) {
    if (typeof on !== 'boolean' || name === 'strictlyRequireAllFuses') continue;
    const wanted = on ? FuseState.ENABLE : FuseState.DISABLE;
    if (wire[name] !== wanted) throw new Error(`fuse ${FuseV1Options[Number(name)]} did not take`);
  }
}
