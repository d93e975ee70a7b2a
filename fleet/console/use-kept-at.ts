/** How long each place, and the organisation, keeps what meetings leave behind. */
import { recordApi } from '#contract/http/record-api.ts';
import { RecordPolicy } from '#contract/record-policy.ts';
import { callApi } from '#ui/http-client.ts';
import { useFetched } from './use-fetched.ts';
import type { PlaceInTree } from './use-places.ts';

const NONE = RecordPolicy.parse({});

export function useKeptAt(places: readonly PlaceInTree[] | null) {
  const { answer, refresh } = useFetched(() => callApi(recordApi.recordPolicies));
  const policyOf = (placeId: string): RecordPolicy =>
    answer?.places.find((each) => each.placeId === placeId)?.policy ?? NONE;
  /** @param place null: the organisation. @returns null: not known */
  const at = (place: PlaceInTree | null): { policy: RecordPolicy; above: readonly RecordPolicy[] } | null => {
    if (answer === null) return null;
    if (place === null) return { policy: answer.organisation, above: [] };
    const above = [answer.organisation];
    for (let parentId = place.parentId; parentId !== null; ) {
      above.push(policyOf(parentId));
      parentId = places?.find(({ placeId }) => placeId === parentId)?.parentId ?? null;
    }
    return { policy: policyOf(place.placeId), above };
  };
  return { at, isKnown: answer !== null, refresh };
}
