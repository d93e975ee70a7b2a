/** Media through a relay, for those whose network lets nothing else through. */
export { Turn } from './turn.ts';
