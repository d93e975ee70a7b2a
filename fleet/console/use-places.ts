/** The tree of places, in the order of the tree. */
import { placesApi, type PlaceRow } from '#contract/http/places-api.ts';
import { callApi } from '#ui/http-client.ts';
import { useFetched } from './use-fetched.ts';

export type PlaceInTree = PlaceRow & {
  depth: number;
  /** `Seoul / Tower / 3` */
  path: string;
};

/** `places` null: not there yet */
export function usePlaces() {
  const { answer, problem, refresh } = useFetched(async () => {
    const { places, organisation } = await callApi(placesApi.listPlaces);
    return { places: inTree(places), organisation };
  });
  return { places: answer?.places ?? null, organisation: answer?.organisation ?? null, problem, refresh };
}

/** Each place behind the one that it stands in, its neighbours by name. */
function inTree(places: readonly PlaceRow[], parent: PlaceInTree | null = null): PlaceInTree[] {
  return places
    .filter(({ parentId }) => parentId === (parent?.placeId ?? null))
    .sort((a, b) => a.placeName.localeCompare(b.placeName))
    .flatMap((place) => {
      const path = parent === null ? place.placeName : `${parent.path} / ${place.placeName}`;
      const here = { ...place, depth: parent === null ? 0 : parent.depth + 1, path };
      return [here, ...inTree(places, here)];
    });
}
