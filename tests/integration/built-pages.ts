/** The pages as set-up builds them. A test that built them itself would leave its own kind, React's development build, to everyone. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const pages = {
  control: 'controller/dist/control.html',
  join: 'controller/dist/join.html',
  program: 'controller/dist/program.html',
  share: 'controller/dist/share.html',
  staff: 'controller/dist/staff.html',
  watch: 'controller/dist/watch.html',
  screen: 'kiosk/screen/dist/index.html',
  console: 'fleet/console/dist/index.html',
};

/**
 * @returns the folder that holds the page
 * @throws where it is not built, with what builds it
 */
export function builtPage(name: keyof typeof pages): string {
  const file = fileURLToPath(new URL(`../../${pages[name]}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`${pages[name]} is not built: npm test and npm start build it`);
  return dirname(file);
}
