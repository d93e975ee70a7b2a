/** Lists that several people sign: three files that travel together, with no key in them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FeedLists, type FeedState, newestRoot, readRoot, writeFeedFile } from '../feed-folder.ts';
import { checkRootChain } from '../root-metadata.ts';
import { metadataBytes, readMetadata } from '../signed-metadata.ts';
import { SigningError } from '../signing-error.ts';

const ROOT = 'root.json';
const TARGETS = 'targets.json';
const OFFLINE = 'offline.json';

export function writeDraft(folder: string, state: Pick<FeedState, 'roots'>, lists: FeedLists): void {
  writeFeedFile(join(folder, ROOT), metadataBytes(newestRoot(state as FeedState)));
  writeFeedFile(join(folder, TARGETS), metadataBytes(lists.targets));
  writeFeedFile(join(folder, OFFLINE), metadataBytes(lists.offline));
}

/** As a feed whose only root is the draft's: enough to know whose signatures are missing. @throws SigningError */
export function readDraft(folder: string): { state: FeedState; lists: FeedLists } {
  const read = (name: string): Buffer => {
    if (!existsSync(join(folder, name))) throw new SigningError(`${folder} is no draft: it has no ${name}`);
    return readFileSync(join(folder, name));
  };
  const root = readRoot(read(ROOT), join(folder, ROOT));
  checkRootChain([root]);
  const lists = {
    targets: readMetadata('targets', read(TARGETS), join(folder, TARGETS)),
    offline: readMetadata('targets', read(OFFLINE), join(folder, OFFLINE)),
  };
  return { state: { roots: [root], lists: null, snapshot: null, timestamp: null }, lists };
}
