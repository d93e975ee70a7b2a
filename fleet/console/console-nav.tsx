/** The way between the console's pages: those that the signed-in person may see. */
import { useTranslation } from 'react-i18next';
import { useMay, useMayAbove, useMayAnywhere } from './account.ts';
import { usePagePath } from './url-filters.ts';

export function ConsoleNav() {
  const { t } = useTranslation('console');
  const [path] = usePagePath();
  const pages = [
    { path: '/', words: t('nav.now'), may: true },
    { path: '/rooms', words: t('nav.rooms'), may: true },
    { path: '/updates', words: t('nav.updates'), may: useMay('rooms.view') },
    { path: '/alerts', words: t('nav.alerts'), may: useMayAnywhere('rooms.view') },
    { path: '/help', words: t('nav.help'), may: useMayAnywhere('rooms.help') },
    { path: '/people', words: t('nav.people'), may: useMay('people.view') },
    { path: '/places', words: t('nav.places'), may: useMay('places.manage') },
    { path: '/settings', words: t('nav.settings'), may: useMayAbove('settings.manage') },
    { path: '/broadcasts', words: t('nav.broadcasts'), may: useMay('broadcasts.manage') },
    { path: '/records', words: t('nav.records'), may: useMay('people.manage') },
    { path: '/usage', words: t('nav.use'), may: true },
    { path: '/audit', words: t('nav.audit'), may: useMay('audit.view') },
  ].filter(({ may }) => may);
  // a person is among the people, a room among the rooms
  const known = pages.findLast((page) => path.startsWith(page.path))!.path;
  return (
    <nav aria-label={t('nav.label')} className="mx-auto flex max-w-6xl gap-1 overflow-x-auto px-3 lg:px-6">
      {pages.map((page) => (
        <a
          key={page.path}
          href={`#${page.path}`}
          aria-current={page.path === known ? 'page' : undefined}
          className="flex min-h-12 items-center border-b-3 border-transparent px-3 font-medium whitespace-nowrap text-quiet hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-ink"
        >
          {page.words}
        </a>
      ))}
    </nav>
  );
}
