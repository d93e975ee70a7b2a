/** What other folders see of health. */
export { FleetHealth } from './fleet-health.ts';
