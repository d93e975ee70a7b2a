/** Media through a relay, for people whose network lets nothing else through. */
export { Turn } from './turn.ts';
