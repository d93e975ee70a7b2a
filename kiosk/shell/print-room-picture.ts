/** `node kiosk/shell/print-room-picture.ts`: the session's background, for the box's set-up. */
import { roomPicture } from './room-picture.ts';

process.stdout.write(roomPicture());
