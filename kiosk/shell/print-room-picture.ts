/** The session's background, for the box's set-up. */
import { noOptions, readCommandLine } from '#edge/command-line.ts';
import { roomPicture } from './room-picture.ts';

readCommandLine(
  'node_modules/.bin/node kiosk/shell/print-room-picture.ts: prints the picture behind the window',
  noOptions,
);
process.stdout.write(roomPicture());
