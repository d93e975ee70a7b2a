/**
 * Words of every page in both languages: starts i18next with the namespaces that a page brings, finds the language
 * (?lang, then what was chosen here before, then the browser's), and keeps html[lang] true.
 * The words themselves are in en/ and ko/, a file per area; English is the source, Korean has the same keys by type.
 */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '#contract/schema.ts';
import commonEn from './en/common.ts';
import errorsEn from './en/errors.ts';
import commonKo from './ko/common.ts';
import errorsKo from './ko/errors.ts';

const KEPT_AS = 'maru-language';

type Tree = { readonly [key: string]: string | Tree };
export type Area = { en: Tree; ko: Tree };

function asLanguage(value: string | null | undefined): Language | null {
  const tag = value?.toLowerCase().slice(0, 2);
  return tag === 'ko' || tag === 'en' ? tag : null;
}

/** Storage may be refused (private windows): then the choice lasts as long as the page. */
function kept(): Language | null {
  try {
    return asLanguage(localStorage.getItem(KEPT_AS));
  } catch {
    return null;
  }
}

/** Pure: `?lang` wins over the kept choice, that over the browser's first language; any other language gets English. */
export function languageFrom(asked: string | null, keptChoice: Language | null, browser: readonly string[]): Language {
  return asLanguage(asked) ?? keptChoice ?? (asLanguage(browser[0]) === 'ko' ? 'ko' : 'en');
}

/** Of pages that were loaded before the start. */
const added: Record<string, Area> = {};

/** Call once, before the first render. `common` and `errors` come by themselves. */
export function startWords(areas: Record<string, Area>): void {
  const all: Record<string, Area> = {
    common: { en: commonEn, ko: commonKo },
    errors: { en: errorsEn, ko: errorsKo },
    ...added,
    ...areas,
  };
  const resourcesOf = (language: Language) =>
    Object.fromEntries(Object.entries(all).map(([name, area]) => [name, area[language]]));
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  void i18next.use(initReactI18next).init({
    // inline resources and no backend: ready when this call returns
    initAsync: false,
    lng: languageFrom(new URLSearchParams(location.search).get('lang'), kept(), [navigator.language]),
    fallbackLng: 'en',
    ns: Object.keys(all),
    defaultNS: 'common',
    resources: { en: resourcesOf('en'), ko: resourcesOf('ko') },
    interpolation: { escapeValue: false }, // React escapes
    react: { useSuspense: false },
  });
}

/** For a page that is loaded later, before it is first drawn. Call at its module's top, before `startWords` or after it. */
export function addWords(areas: Record<string, Area>): void {
  Object.assign(added, areas);
  if (!i18next.isInitialized) return;
  for (const [name, area] of Object.entries(areas))
    for (const language of ['en', 'ko'] as const) i18next.addResourceBundle(language, name, area[language]);
}

/** A person's choice: kept on this device. */
export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEPT_AS, language);
  } catch {
    // not kept; shown all the same
  }
  void i18next.changeLanguage(language);
}

/** Set from outside (the TV's language is the room's setting): shown, not kept. */
export function showLanguage(language: Language): void {
  if (i18next.language !== language) void i18next.changeLanguage(language);
}

export function currentLanguage(): Language {
  return asLanguage(i18next.language) ?? 'en';
}
