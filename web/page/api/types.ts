/** The shapes of `/api/v1` this page uses. Milliseconds are whole numbers, instants RFC 3339, days `YYYY-MM-DD` in the person's zone. */

export type Role = 'employee' | 'manager' | 'administrator';

export interface User {
  id: string;
  /** The sign-in name. */
  name: string;
  role: Role;
  /** IANA name, such as `Europe/Berlin`. */
  time_zone: string;
  created: string;
  disabled: boolean;
}

export interface SetupState {
  /** Whether an administrator can still be created behind the set-up link. */
  open: boolean;
}

export interface SetupRequest {
  secret: string;
  office: string;
  name: string;
  password: string;
  time_zone: string;
}

export interface SetupDone {
  user: User;
  /** Shown once; with it, a backup of a lost server can be opened. */
  recovery_code: string;
}

export interface LinkSeen {
  purpose: 'reset' | 'join';
  /** The sign-in name it is for. */
  name: string;
  office: string | null;
  expires: string;
}

export interface SignedIn {
  user: User;
}

export interface Device {
  id: string;
  name: string;
  /** The sign-in name of the person it records for. */
  person: string;
  kind: 'agent' | 'token';
  enrolled: string;
  /** To the minute, for its own person alone. */
  last_contact: string | null;
  /** The day where that person is, for whoever sees the computer. */
  last_contact_day: string | null;
  revoked: string | null;
}

export interface Items<T> {
  items: T[];
}

export interface Invitation {
  id: string;
  code: string;
  expires: string;
  /** Where the program can be downloaded. */
  download: string;
}

export interface AppTime {
  app: string;
  ms: number;
}

export interface ActivityReport {
  person: string;
  time_zone: string;
  from: string;
  to: string;
  /** The office's policy: what managers may see. */
  policy: string;
  /** `hours`: this reader gets no apps. */
  detail: 'apps' | 'hours';
  total_ms: number;
  apps: AppTime[];
  days: { date: string; active_ms: number; apps: AppTime[] }[];
}
