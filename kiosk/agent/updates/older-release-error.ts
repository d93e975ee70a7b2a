/** What is wanted is older than what runs: another try would not make it newer. */
import { FeedError } from '#edge/signed-releases/feed-error.ts';

export class OlderReleaseError extends FeedError {
  constructor() {
    super('older', 'the release is older than the one that runs');
    this.name = 'OlderReleaseError';
  }
}
