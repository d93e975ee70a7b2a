/** Places by what people write: a name that only one has, or a path from the top, `Seoul / Tower / 3`. */

type Named = { placeId: string; parentId: string | null; placeName: string };

const asRead = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

export class PlaceNames {
  readonly #byPath = new Map<string, string>();
  /** null: several are called so */
  readonly #byName = new Map<string, string | null>();

  constructor(places: readonly Named[]) {
    const byId = new Map(places.map((place) => [place.placeId, place]));
    for (const { placeId, placeName } of places) {
      const path: string[] = [];
      for (let at = byId.get(placeId); at; at = at.parentId === null ? undefined : byId.get(at.parentId))
        path.unshift(asRead(at.placeName));
      this.#byPath.set(path.join('/'), placeId);
      const name = asRead(placeName);
      this.#byName.set(name, this.#byName.has(name) ? null : placeId);
    }
  }

  /** null: nothing is written, which is the organisation */
  find(text: string): string | null | 'unknown' | 'ambiguous' {
    if (asRead(text) === '') return null;
    const path = text.split(/[/>]/).map(asRead);
    const byPath = this.#byPath.get(path.join('/'));
    if (byPath !== undefined) return byPath;
    const byName = this.#byName.get(asRead(text));
    return byName === null ? 'ambiguous' : (byName ?? 'unknown');
  }
}
