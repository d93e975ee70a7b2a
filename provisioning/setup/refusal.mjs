// The end of a set-up that could not go on: words for the person where the cause is known, a stack where it is not.
import { SetupError } from './run-command.mjs';

export function exitWith(error) {
  process.stderr.write(`\n${error instanceof SetupError ? error.message : (error?.stack ?? error)}\n`);
  process.exit(1);
}
