/** Which way picture and sound travel, from what the browser reports of a connected transport. Pure. */

/** `relay`: by TURN, for a network that passes little else. */
export type MediaWay = 'direct' | 'direct-tcp' | 'relay';

type Report = { type: string; [field: string]: unknown };

/** null: no pair of addresses is chosen yet */
export function mediaWayOf(stats: { get: (id: string) => unknown; values: () => Iterable<unknown> }): MediaWay | null {
  const reports = [...stats.values()] as Report[];
  const chosenId = reports.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  const pair = (
    typeof chosenId === 'string'
      ? stats.get(chosenId)
      : // Firefox has no report of the transport
        reports.find(({ type, selected }) => type === 'candidate-pair' && selected === true)
  ) as Report | undefined;
  const local = typeof pair?.localCandidateId === 'string' ? (stats.get(pair.localCandidateId) as Report) : undefined;
  if (!local) return null;
  if (local.candidateType === 'relay') return 'relay';
  return local.protocol === 'tcp' ? 'direct-tcp' : 'direct';
}
