/** What a computer's row says about it. Pure. */
import type { Device } from '../api/shapes';

export type ComputerState = 'connected' | 'quiet' | 'known' | 'waiting' | 'removed';

/** Removed beats everything; `waiting` has enrolled and never called; `quiet` has not called for a while; of somebody else's (`known`) the minute is not told. */
export function stateOf(device: Device, now: number): ComputerState {
  if (device.revoked != null) return 'removed';
  if (device.last_contact_day == null) return 'waiting';
  if (device.last_contact == null) return 'known';
  return now - Date.parse(device.last_contact) <= QUIET_AFTER_MS ? 'connected' : 'quiet';
}

/** Last contact first, removed ones at the end. */
export function byContact(devices: Device[]): Device[] {
  const key = (device: Device) => Date.parse(device.last_contact ?? device.last_contact_day ?? '') || 0;
  return [...devices].sort((a, b) => Number(a.revoked != null) - Number(b.revoked != null) || key(b) - key(a) || a.name.localeCompare(b.name));
}

/** The computers that record for a person now. */
export function recordingFor(devices: Device[], person: string): Device[] {
  return devices.filter((device) => device.person === person && device.revoked == null);
}

/** An agent calls at least every few minutes; a laptop's lid may be closed for a moment. */
const QUIET_AFTER_MS = 10 * 60_000;
