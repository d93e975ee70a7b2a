// No component or hook of the product reads or writes a ref while it renders.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { refsInRender } from './refs-in-render.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
  cwd: checkout,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /^(controller|kiosk|fleet)\//.test(path) && !/\.test\.tsx?$/.test(path))
  .filter((path) => existsSync(join(checkout, path)));

describe('a ref in render', () => {
  it.each([
    ['written', 'function Page() { const drawn = useRef(null);\n drawn.current = 1; return null; }'],
    ['read', 'const Page = () => { const drawn = React.useRef(null);\n return <b>{drawn.current}</b>; };'],
    [
      'in a hook',
      'export function useKept(value) { const drawn = useRef(value);\n if (value) drawn.current = value; }',
    ],
    ['in a memo', 'function Page() { const drawn = useRef(0);\n return useMemo(() => drawn.current, []); }'],
    ['in a first state', 'function Page() { const drawn = useRef(0);\n const [a] = useState(() => drawn.current); }'],
  ])('is found: %s', (_, source) => {
    expect(refsInRender('page.tsx', source)).toEqual(['page.tsx:2: drawn.current']);
  });

  it.each([
    [
      'in an effect',
      'function Page() { const a = useRef(0); useEffect(() => { a.current = 1; }); return <b ref={a} />; }',
    ],
    ['in a handler', 'const Page = () => { const a = useRef(0); return <b onClick={() => a.current++} />; };'],
    ['later', 'function Page() { const a = useRef(0); const [b] = useState(() => new Paced(() => a.current)); }'],
    ['of another name', 'function Page({ news }) { const a = useRef(0); return <b ref={a}>{news.current}</b>; }'],
  ])('is let pass: %s', (_, source) => expect(refsInRender('page.tsx', source)).toEqual([]));

  it('is nowhere in the product', () => {
    const withRefs = sources
      .map((path) => ({ path, source: readFileSync(join(checkout, path), 'utf8') }))
      .filter(({ source }) => source.includes('useRef'));
    expect(withRefs.length).toBeGreaterThan(5);
    expect(withRefs.flatMap(({ path, source }) => refsInRender(path, source))).toEqual([]);
  });
});
