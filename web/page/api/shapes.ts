/** The shapes of `/api/v1`, from the server's own description: `npm run types` writes `#schema` out of `openapi.json`. */
import type { components } from '#schema';

/** Every named shape: `Shapes['Entry']`. */
export type Shapes = components['schemas'];

export type User = Shapes['User'];
export type Entry = Shapes['Entry'];
export type EntryFields = Shapes['EntryFields'];
export type Project = Shapes['Project'];
export type Task = Shapes['Task'];
export type Tag = Shapes['Tag'];
export type Customer = Shapes['Customer'];
export type Timesheet = Shapes['Timesheet'];
export type Device = Shapes['Device'];
export type Invitation = Shapes['InvitationMade'];
export type LinkSeen = Shapes['LinkSeen'];
export type SetupDone = Shapes['SetupDone'];

/** What the description gives as plain text. */
export type Role = 'employee' | 'manager' | 'administrator';
/** What a role brings or a grant adds: `domain/right.rs`. */
export type Right = 'manage_people' | 'manage_computers' | 'manage_book' | 'approve_time' | 'see_team_reports' | 'export' | 'manage_server' | 'set_policy' | 'read_audit' | 'view_server' | 'control_server';
/** What an event can name: `domain/outcome/changed.rs`. */
export type Noun =
  | 'office' | 'user' | 'session' | 'token' | 'device' | 'invitation' | 'link' | 'team' | 'look' | 'activity' | 'setting' | 'quarantine' | 'customer' | 'project' | 'task' | 'tag'
  | 'entry' | 'job' | 'office_setting' | 'mail' | 'timesheet' | 'lock' | 'held_edit' | 'erasure' | 'import' | 'redaction' | 'target' | 'saved_report' | 'category';
