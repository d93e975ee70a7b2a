/** `npm run release:sign`: offers releases in a signed feed, withdraws them, renews the feed, and makes media of release folders. */
import { readCommandLine } from '#edge/command-line.ts';
import { runInWords } from '../command.ts';
import { runFeedCommand } from './feed-command.ts';
import { feedUsage, parseFeedOptions } from './feed-options.ts';

const options = readCommandLine(feedUsage, parseFeedOptions);
await runInWords(() => runFeedCommand(options));
