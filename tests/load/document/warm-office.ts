/** The floor of the document bench: a LibreOffice that runs already and does nothing but open, write page one and draw it. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

const script = `
import sys, time, uno
from com.sun.star.beans import PropertyValue
def prop(name, value):
    p = PropertyValue(); p.Name = name; p.Value = value; return p
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext('com.sun.star.bridge.UnoUrlResolver', local)
for _ in range(600):
    try:
        context = resolver.resolve('uno:pipe,name=' + sys.argv[1] + ';urp;StarOffice.ComponentContext'); break
    except Exception:
        time.sleep(0.1)
desktop = context.ServiceManager.createInstanceWithContext('com.sun.star.frame.Desktop', context)
kind = sys.argv[2]
for name in ('swriter', 'simpress'):
    desktop.loadComponentFromURL('private:factory/' + name, '_blank', 0, (prop('Hidden', True),)).close(True)
print('ready', flush=True)
sys.stdin.readline()
document = desktop.loadComponentFromURL('file://' + sys.argv[3], '_blank', 0, (prop('Hidden', True),))
filters = {'docx': 'writer_pdf_Export', 'pptx': 'impress_pdf_Export'}
data = uno.Any('[]com.sun.star.beans.PropertyValue', (prop('PageRange', '1'),))
document.storeToURL('file://' + sys.argv[4], (prop('FilterName', filters[kind]), prop('FilterData', data)))
print('done', flush=True)
desktop.terminate()
`;

export const WarmOffice = {
  /** Milliseconds from the document's name until its first page is a picture. */
  async firstPageMs(path: string): Promise<number> {
    const folder = mkdtempSync(join(tmpdir(), 'maru-bench-warm-'));
    const pipe = `maru-bench-${process.pid}`;
    const office = spawn(
      'soffice',
      [`-env:UserInstallation=file://${folder}/profile`, '--headless', '--norestore', `--accept=pipe,name=${pipe};urp`],
      { stdio: 'ignore' },
    );
    const ended = new Promise((resolve) => office.once('exit', resolve));
    const pdf = join(folder, 'page.pdf');
    // LibreOffice locks what it opens, and keeps to the lock of one that was ended
    const own = join(folder, basename(path));
    copyFileSync(path, own);
    const python = spawn('/usr/bin/python3', ['-c', script, pipe, path.endsWith('.docx') ? 'docx' : 'pptx', own, pdf], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
      if ((await lines.next()).value !== 'ready') throw new Error('LibreOffice did not start');
      const startedAtMs = performance.now();
      python.stdin.write('go\n');
      if ((await lines.next()).value !== 'done') throw new Error('LibreOffice did not write the page');
      const size = ['-scale-to-x', '1920', '-scale-to-y', '-1'];
      execFileSync('pdftoppm', ['-png', '-f', '1', '-l', '1', ...size, pdf, join(folder, 'page')], { stdio: 'ignore' });
      return performance.now() - startedAtMs;
    } finally {
      python.kill();
      setTimeout(() => office.kill('SIGKILL'), 5_000).unref();
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
