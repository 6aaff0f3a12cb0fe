/** What a computer's row says about it. Pure. */
import type { Device } from '../api/shapes';

export type ComputerState = 'connected' | 'paused' | 'quiet' | 'known' | 'waiting' | 'removed';

/**
 * Removed beats everything; `paused` is what its person chose there, and explains a silence; `waiting` has enrolled and never called; `quiet` has not called for a while. Of somebody else's the minute
 * is not told: `known` called within the last days, as far as days tell.
 */
export function stateOf(device: Device, now: number): ComputerState {
  if (device.revoked != null) return 'removed';
  if (isPaused(device, now)) return 'paused';
  if (device.last_contact_day == null) return 'waiting';
  if (device.last_contact == null) return now - Date.parse(device.last_contact_day) <= QUIET_AFTER_DAYS_MS ? 'known' : 'quiet';
  return now - Date.parse(device.last_contact) <= QUIET_AFTER_MS ? 'connected' : 'quiet';
}

/** Whether recording is paused there. That a pause ends by itself is told to its person alone, and to nobody when it has. */
export const isPaused = (device: Device, now: number): boolean => device.revoked == null && device.paused === true && !(device.paused_until != null && Date.parse(device.paused_until) <= now);

const SYSTEMS: Record<string, string> = { linux: 'Linux', windows: 'Windows', macos: 'macOS' };

/** What runs there, as it said itself: the same in every language. */
export function programOf(device: Device): string {
  if (device.program == null) return '–';
  return device.system == null ? device.program : `${device.program}, ${SYSTEMS[device.system] ?? device.system}`;
}

/** Last contact first, removed ones at the end. */
export function byContact(devices: Device[]): Device[] {
  const key = (device: Device) => Date.parse(device.last_contact ?? device.last_contact_day ?? '') || 0;
  return [...devices].sort((a, b) => Number(a.revoked != null) - Number(b.revoked != null) || key(b) - key(a) || a.name.localeCompare(b.name));
}

/** Those whose name or person holds the words typed, in the state asked for; any when empty. */
export function matching(devices: Device[], text: string, state: string, now: number): Device[] {
  const wanted = text.trim().toLowerCase();
  return devices.filter((device) => `${device.name} ${device.person}`.toLowerCase().includes(wanted) && (state === '' || stateOf(device, now) === state));
}

/** The computers that record for a person now. */
export function recordingFor(devices: Device[], person: string): Device[] {
  return devices.filter((device) => device.person === person && device.revoked == null);
}

/** An agent calls at least every few minutes; a laptop's lid may be closed for a moment. */
const QUIET_AFTER_MS = 10 * 60_000;
/** A day begins elsewhere earlier, and a weekend is no silence. */
const QUIET_AFTER_DAYS_MS = 4 * 86_400_000;
