//! One fixed value of every record, and of every variant of every choice. Nothing here may ever change: these values are what the
//! frozen bytes under `tests/compat` say. A new variant is a new sample at the end of its list.

mod book;
mod keeping;
mod sheets;
mod tiers;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use data_encoding::HEXLOWER;

pub(super) use tiers::block;

use crate::codec::consensus::{
    Count, LogBody, LogEntry, MembershipRecord, Pair, Position, VoteRecord,
};
use crate::codec::{CodecError, Record, audit_hash, decode, encode};
use crate::domain::activity::{
    ActivityCommand, Bucket, BucketAbout, BucketNumber, Event, EventData, EventId, NewEvent,
    SkipKnown,
};
use crate::domain::audit::{AuditEntry, AuditNote};
use crate::domain::batch::{Batch, BatchCommand, Operation, Receipt};
use crate::domain::command::{Actor, Command, Envelope};
use crate::domain::device::{Device, DeviceCommand, DeviceKind, Program, StreamState};
use crate::domain::id::{
    ClusterId, DeviceId, InvitationId, JobId, LinkId, MailId, OfficeId, QuarantineId, RequestId,
    SessionId, TeamId, TokenId, UserId,
};
use crate::domain::invitation::{Invitation, InvitationCommand};
use crate::domain::job::{Ended, Ending, Job, JobCommand, JobKind, ResultFile};
use crate::domain::link::{Link, LinkCommand, LinkPurpose};
use crate::domain::look::Look;
use crate::domain::mail::{MailCommand, MailKind, WaitingMail};
use crate::domain::office::{Office, OfficeCommand, Setup};
use crate::domain::office_setting::{OfficeSetting, OfficeSettingCommand, SettingValue};
use crate::domain::outbox::{OutboxStream, Queued, SentBatch};
use crate::domain::outcome::{Outcome, Refusal, Remembered};
use crate::domain::policy::{ActivityPolicy, PolicyChange};
use crate::domain::quarantine::{QuarantineCommand, Quarantined, Suspicion};
use crate::domain::right::Right;
use crate::domain::secret::{Secret, SecretCommand};
use crate::domain::session::{Session, SessionAbout, SessionCommand};
use crate::domain::setting::SettingCommand;
use crate::domain::strike::Strike;
use crate::domain::team::{Team, TeamCommand};
use crate::domain::text::{
    BucketName, CanonicalJson, Label, PasswordHash, SettingKey, ShortText, UserName, ZoneName,
};
use crate::domain::time::Timestamp;
use crate::domain::token::{Scope, Token, TokenCommand};
use crate::domain::totp::{Totp, TotpCommand, seed_name};
use crate::domain::user::{Grants, Role, User, UserCommand};

/// A sample with its bytes and the way back.
pub(super) struct Sample {
    /// The frozen file, without `.hex`.
    pub(super) file: &'static str,
    /// What messages call the record.
    pub(super) record: &'static str,
    /// Which line of the file.
    pub(super) name: String,
    /// The value as a person reads it.
    pub(super) shown: String,
    /// What it encodes to today.
    pub(super) bytes: Vec<u8>,
    /// Whether it begins with the version byte of the common frame.
    pub(super) framed: bool,
    reads: Box<Reads>,
}

/// Do these bytes read as the sample?
type Reads = dyn Fn(&[u8]) -> Result<bool, CodecError>;

impl Sample {
    /// Do these bytes read as this value?
    pub(super) fn reads(&self, bytes: &[u8]) -> Result<bool, CodecError> {
        (self.reads)(bytes)
    }
}

/// Every sample there is.
pub(super) fn all() -> Vec<Sample> {
    let mut all = Vec::new();
    leaves(&mut all);
    nouns(&mut all);
    commands(&mut all);
    outcomes(&mut all);
    book::book(&mut all);
    sheets::sheets(&mut all);
    keeping::keeping(&mut all);
    told::told(&mut all);
    tiers::tiers(&mut all);
    deliveries(&mut all);
    log(&mut all);
    all
}

fn put<R: Record + PartialEq + Debug + 'static>(
    all: &mut Vec<Sample>,
    file: &'static str,
    name: impl Into<String>,
    value: R,
) {
    all.push(Sample {
        file,
        record: R::NAME,
        name: name.into(),
        shown: format!("{value:?}"),
        bytes: encode(&value),
        framed: true,
        reads: Box::new(move |bytes| decode::<R>(bytes).map(|read| read == value)),
    });
}

pub(super) fn at(ms: i64) -> Timestamp {
    Timestamp::new(ms).unwrap()
}

/// 2026-01-02T03:04:05.678Z.
fn now() -> Timestamp {
    at(1_767_323_045_678)
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn short(text: &str) -> ShortText {
    ShortText::new(text).unwrap()
}

pub(super) fn bucket_name() -> BucketName {
    BucketName::new("aw-watcher-window_pc").unwrap()
}

fn json(text: &str) -> CanonicalJson {
    CanonicalJson::new(text).unwrap()
}

pub(super) fn about() -> BucketAbout {
    BucketAbout {
        kind: short("currentwindow"),
        client: short("aw-watcher-window"),
        hostname: short("pc"),
        data: json("{}"),
    }
}

fn data() -> EventData {
    EventData {
        json: json(r#"{"app":"Gimp","title":"Größe","url":"https://a.example/"}"#),
        app: Some("Gimp".to_owned()),
        title: Some("Größe".to_owned()),
        url: Some("https://a.example/".to_owned()),
        afk: None,
    }
}

fn presence(afk: bool) -> EventData {
    let text = if afk { r#"{"status":"afk"}"# } else { r#"{"status":"not-afk"}"# };
    EventData { json: json(text), app: None, title: None, url: None, afk: Some(afk) }
}

pub(super) fn event(id: u64, policy: ActivityPolicy) -> Event {
    Event { id: EventId(id), start: now(), duration_ms: 65_536, policy, data: Arc::new(data()) }
}

fn leaves(all: &mut Vec<Sample>) {
    let edges = [0, 250, 251, 65_535, 65_536, 4_294_967_295, 4_294_967_296, u64::MAX];
    for number in edges {
        put(all, "bucket-number", number.to_string(), BucketNumber(number));
    }
    for ms in [0, 1, now().ms(), Timestamp::LATEST.ms()] {
        put(all, "time", ms.to_string(), at(ms));
    }
    put(all, "device-id", "device", DeviceId::from_bytes([0x11; 16]));
    put(all, "invitation-id", "invitation", InvitationId::from_bytes([0x12; 16]));
    put(all, "session-id", "session", SessionId::from_bytes([0x13; 16]));
    put(all, "token-id", "token", TokenId::from_bytes([0x14; 16]));
    put(all, "user-id", "user", UserId::from_bytes([0x15; 16]));
    put(all, "setting", "text", json(r#""Größe""#));
    put(all, "setting", "long", json(&format!("\"{}\"", "x".repeat(249))));
}

fn user(role: Role) -> User {
    User {
        id: UserId::from_bytes([0x15; 16]),
        name: UserName::new("ada").unwrap(),
        role,
        zone: ZoneName::new("Europe/Berlin").unwrap(),
        password: PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA").unwrap(),
        created: now(),
        disabled: None,
    }
}

fn session() -> Session {
    Session {
        id: SessionId::from_bytes([0x13; 16]),
        secret_hash: [0x23; 32],
        user: UserId::from_bytes([0x15; 16]),
        opened: now(),
        seen: now().plus_ms(3_600_000),
    }
}

fn session_about() -> SessionAbout {
    SessionAbout { address: short("192.168.1.7"), agent: short("Firefox/140.0"), proven: now() }
}

fn token() -> Token {
    Token {
        id: TokenId::from_bytes([0x14; 16]),
        secret_hash: [0x24; 32],
        user: UserId::from_bytes([0x15; 16]),
        device: DeviceId::from_bytes([0x11; 16]),
        label: label("Firefox"),
        scopes: vec![Scope::Record, Scope::Read, Scope::Manage],
        created: now(),
        revoked: None,
    }
}

fn device(kind: DeviceKind) -> Device {
    Device {
        id: DeviceId::from_bytes([0x11; 16]),
        name: label("Ada's laptop"),
        person: UserId::from_bytes([0x15; 16]),
        kind,
        enrolled: now(),
        last_contact: None,
        revoked: None,
    }
}

fn program() -> Program {
    Program { version: label("0.1.0"), system: label("linux") }
}

fn agent() -> Device {
    device(DeviceKind::Agent { public_key: [0x31; 32] })
}

fn invitation() -> Invitation {
    Invitation {
        id: InvitationId::from_bytes([0x12; 16]),
        secret_hash: [0x22; 32],
        person: UserId::from_bytes([0x15; 16]),
        created: now(),
        expires: now().plus_ms(604_800_000),
    }
}

fn link(purpose: LinkPurpose) -> Link {
    Link {
        id: LinkId::from_bytes([0x1a; 16]),
        secret_hash: [0x26; 32],
        purpose,
        created: now(),
        expires: now().plus_ms(86_400_000),
    }
}

fn link_purposes() -> [LinkPurpose; 2] {
    let name = UserName::new("bo").unwrap();
    let join = LinkPurpose::Join { name, role: Role::Manager };
    [LinkPurpose::Reset { user: UserId::from_bytes([0x15; 16]) }, join]
}

/// Those there were at first.
fn grants() -> Grants {
    Grants { rights: Right::ALL.into_iter().take(9).collect() }
}

fn team() -> Team {
    let person = |byte| UserId::from_bytes([byte; 16]);
    Team {
        id: TeamId::from_bytes([0x1b; 16]),
        name: label("Studio"),
        members: BTreeSet::from([person(0x15), person(0x16)]),
        leads: BTreeSet::from([person(0x17)]),
    }
}

fn totps(user: UserId) -> [(&'static str, TotpCommand); 5] {
    let (step, hash) = (58_910_768, [0x34; 32]);
    let seed = Secret { name: seed_name(user), sealed: (0..60).collect() };
    [
        ("totp.begin", TotpCommand::Begin { user, seed }),
        ("totp.confirm", TotpCommand::Confirm { user, step, recovery: vec![hash, [0x35; 32]] }),
        ("totp.use", TotpCommand::Use { user, step }),
        ("totp.use-recovery", TotpCommand::UseRecovery { user, hash }),
        ("totp.remove", TotpCommand::Remove { user }),
    ]
}

fn look() -> Look {
    Look {
        viewer: Actor::User(UserId::from_bytes([0x16; 16])),
        person: UserId::from_bytes([0x15; 16]),
        at: now(),
        what: short("report"),
        from: now().minus_ms(86_400_000),
        to: now(),
        detail: ActivityPolicy::AppTotals,
    }
}

fn policy_change() -> PolicyChange {
    PolicyChange {
        policy: ActivityPolicy::AppTotals,
        reason: short("agreed with everyone"),
        announced: now(),
        takes_effect: now().plus_ms(604_800_000),
    }
}

fn totp() -> Totp {
    Totp { confirmed: Some(now()), last_step: 58_910_768, recovery: vec![[0x34; 32], [0x35; 32]] }
}

fn setup() -> Setup {
    Setup { secret_hash: [0x25; 32], expires: now().plus_ms(86_400_000) }
}

fn office() -> Office {
    Office {
        id: OfficeId::from_bytes([0x16; 16]),
        cluster: ClusterId::from_bytes([0x17; 16]),
        server_epoch: 1,
        level: 1,
        name: None,
        policy: ActivityPolicy::HoursOnly,
        receipt_key: [0x32; 32],
        founded: now(),
        wrapped_key: None,
        setup: Some(setup()),
    }
}

fn quarantined(why: Suspicion) -> Quarantined {
    Quarantined {
        id: QuarantineId::from_bytes([0x18; 16]),
        device: DeviceId::from_bytes([0x11; 16]),
        why,
        detail: short("as it came"),
        at: now(),
        hash: [0x28; 32],
        bytes: b"TBB1 and so on".to_vec(),
    }
}

fn job(how: Option<Ending>) -> Job {
    Job {
        id: JobId::from_bytes([0x2e; 16]),
        kind: JobKind::ActivityCsv,
        owner: Actor::User(UserId::from_bytes([0x15; 16])),
        about: short("ada, 2026-01-01 to 2026-12-31"),
        started: now(),
        ended: how.map(|how| Ended { at: now().plus_ms(60_000), how }),
    }
}

fn mail(kind: MailKind) -> WaitingMail {
    WaitingMail {
        id: MailId::from_bytes([0x2f; 16]),
        kind,
        to: label("ada@example.org"),
        sealed: (0..40).collect(),
        queued: now(),
        tries: 2,
        next_try: now().plus_ms(60_000),
        why: short("Nobody answers."),
    }
}

fn endings() -> [Ending; 4] {
    let file = Some(ResultFile { name: label("activity.csv"), bytes: 70_000 });
    [
        Ending::Done { sentence: short("731 rows"), file },
        Ending::Failed { sentence: short("The disk is full.") },
        Ending::Cancelled,
        Ending::BrokenOff,
    ]
}

fn nouns(all: &mut Vec<Sample>) {
    put(all, "office", "fresh", office());
    let policies = [
        ActivityPolicy::HoursOnly,
        ActivityPolicy::CategoryTotals,
        ActivityPolicy::AppTotals,
        ActivityPolicy::FullDetail,
    ];
    for policy in policies {
        let set_up = Office {
            name: Some(label("Lovelace & Co")),
            wrapped_key: Some(vec![1, 2, 3]),
            setup: None,
            policy,
            ..office()
        };
        put(all, "office", policy.name(), set_up);
        put(all, "event", policy.name(), event(7, policy));
    }
    for role in [Role::Employee, Role::Manager, Role::Administrator] {
        put(all, "user", role.name(), user(role));
    }
    put(all, "user", "disabled", User { disabled: Some(now()), ..user(Role::Employee) });
    put(all, "session", "session", session());
    put(all, "session-about", "session-about", session_about());
    put(all, "token", "token", token());
    put(all, "token", "revoked", Token { revoked: Some(now()), scopes: vec![], ..token() });
    put(all, "device", "agent", agent());
    let seen = Device { last_contact: Some(now()), ..device(DeviceKind::Token) };
    put(all, "device", "token", seen);
    put(all, "device", "revoked", Device { revoked: Some(now()), ..agent() });
    put(all, "invitation", "invitation", invitation());
    for purpose in link_purposes() {
        put(all, "link", purpose.name(), link(purpose));
    }
    put(all, "grants", "all", grants());
    put(all, "grants", "none", Grants::default());
    for (name, right) in
        [("view-server", Right::ViewServer), ("control-server", Right::ControlServer)]
    {
        put(all, "grants", name, Grants { rights: [right].into_iter().collect() });
    }
    put(all, "team", "team", team());
    put(all, "look", "look", look());
    put(all, "policy-change", "policy-change", policy_change());
    put(all, "totp", "confirmed", totp());
    put(all, "totp", "begun", Totp { confirmed: None, last_step: 0, recovery: vec![] });
    put(all, "program", "linux", program());
    put(all, "stream", "start", StreamState::start(1));
    let stream = StreamState { epoch: 2, applied_seq: 70_000, last_hash: [0x29; 32] };
    put(all, "stream", "later", stream);
    let bucket = Bucket {
        number: BucketNumber(300),
        device: DeviceId::from_bytes([0x11; 16]),
        name: bucket_name(),
        about: about(),
        created: now(),
        last_event: EventId(251),
        longest_hot_ms: 5_000_000_000,
        base: EventId(250),
    };
    put(all, "bucket", "bucket", bucket);
    for afk in [false, true] {
        let name = if afk { "afk" } else { "not-afk" };
        let event = Event { data: Arc::new(presence(afk)), ..event(8, ActivityPolicy::HoursOnly) };
        put(all, "event", name, event);
    }
    let suspicions = [
        Suspicion::BadSignature,
        Suspicion::OtherOffice,
        Suspicion::RevokedDevice,
        Suspicion::UnknownDevice,
        Suspicion::Conflict,
        Suspicion::Unreadable,
    ];
    for why in suspicions {
        put(all, "quarantined", why.name(), quarantined(why));
    }
    put(all, "secret", "secret", secret());
    for kind in [MailKind::Invitation, MailKind::Reset, MailKind::Warning] {
        put(all, "mail", kind.name(), mail(kind));
    }
    put(all, "office-setting", "text", SettingValue::Text(label("mail.example.org")));
    put(all, "office-setting", "number", SettingValue::Number(587));
    put(all, "job", "running", job(None));
    for how in endings() {
        put(all, "job", how.name(), job(Some(how)));
    }
    for (name, actor) in actors() {
        let mut entry = AuditEntry {
            seq: 300,
            at: now(),
            actor,
            action: short("user.add"),
            subject: short("ada (administrator)"),
            previous: [0x2a; 32],
            hash: [0; 32],
        };
        entry.hash = audit_hash(&entry);
        put(all, "audit", name, entry);
    }
}

fn secret() -> Secret {
    Secret { name: label("ca-key"), sealed: (0..40).collect() }
}

fn actors() -> [(&'static str, Actor); 5] {
    [
        ("system", Actor::System),
        ("local", Actor::Local(short("root"))),
        ("user", Actor::User(UserId::from_bytes([0x15; 16]))),
        ("device", Actor::Device(DeviceId::from_bytes([0x11; 16]))),
        ("anyone", Actor::Anyone),
    ]
}

fn new_event(id: Option<u64>, data: EventData) -> NewEvent {
    NewEvent { id: id.map(EventId), start: now(), duration_ms: 1_500, data }
}

fn commands(all: &mut Vec<Sample>) {
    let mut command = |name: &str, command: Command| {
        let envelope = Envelope {
            request: RequestId::from_bytes([0x19; 16]),
            at: now(),
            actor: Actor::System,
            command,
        };
        put(all, "command", name, envelope);
    };
    let user_id = UserId::from_bytes([0x15; 16]);
    let device_id = DeviceId::from_bytes([0x11; 16]);

    command("office.found", Command::Office(OfficeCommand::Found(office())));
    command("office.open-setup", Command::Office(OfficeCommand::OpenSetup(setup())));
    let policy = ActivityPolicy::AppTotals;
    let set = OfficeCommand::SetPolicy { policy, reason: short("agreed with everyone") };
    command("office.set-policy", Command::Office(set));
    let announce = OfficeCommand::AnnouncePolicy { policy, reason: short("agreed with everyone") };
    command("office.announce-policy", Command::Office(announce));
    command("office.withdraw-policy", Command::Office(OfficeCommand::WithdrawPolicy));
    command("look", Command::Look(look()));
    let strike = Strike { person: user_id, from: now(), to: now().plus_ms(60_000) };
    command("strike", Command::Strike(strike));
    command("office.raise-level", Command::Office(OfficeCommand::RaiseLevel { level: 2 }));

    let first = UserCommand::First {
        secret_hash: [0x25; 32],
        user: user(Role::Administrator),
        office: label("Lovelace & Co"),
        wrapped_key: vec![1, 2, 3],
    };
    command("user.first", Command::User(first));
    let add = |wrapped_key| UserCommand::Add { user: user(Role::Employee), wrapped_key };
    command("user.add", Command::User(add(None)));
    command("user.add-with-key", Command::User(add(Some(vec![1, 2, 3]))));
    let password = PasswordHash::new("$argon2id$other").unwrap();
    let set = UserCommand::SetPassword { user: user_id, password };
    command("user.set-password", Command::User(set));
    command("user.disable", Command::User(UserCommand::Disable { user: user_id }));

    let id = SessionId::from_bytes([0x13; 16]);
    command("session.open", Command::Session(SessionCommand::Open(session())));
    command("session.touch", Command::Session(SessionCommand::Touch { session: id }));
    command("session.close", Command::Session(SessionCommand::Close { session: id }));

    let open = SessionCommand::OpenFrom { session: session(), about: session_about() };
    command("session.open-from", Command::Session(open));
    let password = PasswordHash::new("$argon2id$other").unwrap();
    let sign_in = SessionCommand::SignIn { session: session(), about: session_about(), password };
    command("session.sign-in", Command::Session(sign_in));
    command("session.prove", Command::Session(SessionCommand::Prove { session: id }));
    for (name, keep) in [("user.change-password", Some(id)), ("user.change-password-here", None)] {
        let password = PasswordHash::new("$argon2id$other").unwrap();
        let change = UserCommand::ChangePassword { user: user_id, password, keep };
        command(name, Command::User(change));
    }

    let create = TokenCommand::Create { token: token(), device: label("pc") };
    command("token.create", Command::Token(create));
    let revoke = TokenCommand::Revoke { token: TokenId::from_bytes([0x14; 16]) };
    command("token.revoke", Command::Token(revoke));

    let enroll = DeviceCommand::Enroll { secret_hash: [0x22; 32], device: agent() };
    command("device.enroll", Command::Device(enroll));
    command("device.revoke", Command::Device(DeviceCommand::Revoke { device: device_id }));
    let introduce = DeviceCommand::Introduce { device: device_id, program: program() };
    command("device.introduce", Command::Device(introduce));

    let create = InvitationCommand::Create(invitation());
    command("invitation.create", Command::Invitation(create));
    let withdraw = InvitationCommand::Withdraw { invitation: InvitationId::from_bytes([0x12; 16]) };
    command("invitation.withdraw", Command::Invitation(withdraw));

    let set = UserCommand::SetRole { user: user_id, role: Role::Manager };
    command("user.set-role", Command::User(set));
    let set = UserCommand::SetGrants { user: user_id, grants: grants() };
    command("user.set-grants", Command::User(set));
    command("user.enable", Command::User(UserCommand::Enable { user: user_id }));
    for (name, totp) in totps(user_id) {
        command(name, Command::Totp(totp));
    }
    command("team.put", Command::Team(TeamCommand::Put(team())));
    let delete = TeamCommand::Delete { team: TeamId::from_bytes([0x1b; 16]) };
    command("team.delete", Command::Team(delete));
    for purpose in link_purposes() {
        let name = format!("link.make-{}", purpose.name());
        command(&name, Command::Link(LinkCommand::Make(link(purpose))));
    }
    let [_, join] = link_purposes();
    let address = Label::new("ada@example.org").unwrap();
    let sent = LinkCommand::MakeFor { link: link(join), mail: address };
    command("link.make-for", Command::Link(sent));
    let withdraw = LinkCommand::Withdraw { link: LinkId::from_bytes([0x1a; 16]) };
    command("link.withdraw", Command::Link(withdraw));
    let password = PasswordHash::new("$argon2id$other").unwrap();
    let reset = LinkCommand::Reset { secret_hash: [0x26; 32], password };
    command("link.reset", Command::Link(reset));
    let join = LinkCommand::Join { secret_hash: [0x26; 32], user: user(Role::Employee) };
    command("link.join", Command::Link(join));

    let (device, name) = (device_id, bucket_name());
    let mut activity = |case, activity| command(case, Command::Activity(activity));
    let create = |created| ActivityCommand::CreateBucket {
        device,
        name: name.clone(),
        about: about(),
        created,
    };
    activity("activity.create-bucket", create(None));
    activity("activity.create-bucket-imported", create(Some(now())));
    let update = ActivityCommand::UpdateBucket { device, name: name.clone(), about: about() };
    activity("activity.update-bucket", update);
    let delete = ActivityCommand::DeleteBucket { device, name: name.clone() };
    activity("activity.delete-bucket", delete);
    for (case, skip_known) in
        [("activity.insert", SkipKnown::No), ("activity.import", SkipKnown::Yes)]
    {
        let events = vec![new_event(None, data()), new_event(Some(9), presence(true))];
        let name = name.clone();
        activity(case, ActivityCommand::InsertEvents { device, name, events, skip_known });
    }
    let heartbeat = ActivityCommand::Heartbeat {
        device,
        name: name.clone(),
        event: new_event(None, data()),
        pulsetime_ms: 60_000,
    };
    activity("activity.heartbeat", heartbeat);
    let delete = ActivityCommand::DeleteEvent { device, name, event: EventId(9) };
    activity("activity.delete-event", delete);

    let key = SettingKey::new("startOfDay").unwrap();
    let put = SettingCommand::Put { device, key: key.clone(), value: json("\"04:00\"") };
    command("setting.put", Command::Setting(put));
    command("setting.delete", Command::Setting(SettingCommand::Delete { device, key }));

    let accept = BatchCommand::Accept { batch: batch(), hash: [0x2b; 32] };
    command("batch.accept", Command::Batch(accept));
    let add = QuarantineCommand::Add(quarantined(Suspicion::Conflict));
    command("quarantine.add", Command::Quarantine(add));
    let delete = QuarantineCommand::Delete { entry: QuarantineId::from_bytes([0x18; 16]) };
    command("quarantine.delete", Command::Quarantine(delete));
    command("secret.put", Command::Secret(SecretCommand::Put(secret())));
    let note = AuditNote { action: short("sign_in.failed"), subject: short("ada") };
    command("audit", Command::Audit(note));
    let id = JobId::from_bytes([0x2e; 16]);
    command("job.start", Command::Job(JobCommand::Start(job(None))));
    for how in endings() {
        let name = format!("job.end-{}", how.name());
        command(&name, Command::Job(JobCommand::End { job: id, how }));
    }
    let id = MailId::from_bytes([0x2f; 16]);
    let (next_try, why) = (now().plus_ms(60_000), short("Nobody answers."));
    command("mail.queue", Command::Mail(MailCommand::Queue(mail(MailKind::Reset))));
    let put_off = MailCommand::PutOff { mail: id, next_try, why: why.clone() };
    command("mail.put-off", Command::Mail(put_off));
    command("mail.sent", Command::Mail(MailCommand::Sent { mail: id }));
    command("mail.give-up", Command::Mail(MailCommand::GiveUp { mail: id, why }));
    let id = JobId::from_bytes([0x2e; 16]);
    for setting in OfficeSetting::ALL {
        let value = Some(SettingValue::Number(587));
        let set = OfficeSettingCommand::Set { setting, value };
        command(&format!("setting.{}", setting.key()), Command::OfficeSetting(set));
    }
    let set = OfficeSettingCommand::Set { setting: OfficeSetting::MailHost, value: None };
    command("setting.reset", Command::OfficeSetting(set));
    command("job.break-off", Command::Job(JobCommand::BreakOff));
    command("job.delete", Command::Job(JobCommand::Delete { job: id }));
    command("job.forget", Command::Job(JobCommand::Forget));
    for (name, actor) in actors() {
        let request = RequestId::from_bytes([0x19; 16]);
        let note = AuditNote { action: short("report.read"), subject: short("") };
        let envelope = Envelope { request, at: now(), actor, command: Command::Audit(note) };
        self::put(all, "command", format!("by-{name}"), envelope);
    }
}

fn outcomes(all: &mut Vec<Sample>) {
    let mut outcome = |name: &str, outcome| {
        put(all, "outcome", name, Remembered { at: now(), outcome });
    };
    let stream = StreamState { epoch: 2, applied_seq: 70_000, last_hash: [0x29; 32] };
    outcome("done", Outcome::Done);
    outcome("already", Outcome::Already);
    outcome("event", Outcome::Event(event(7, ActivityPolicy::FullDetail)));
    outcome("inserted", Outcome::Inserted(vec![Some(EventId(8)), None]));
    let device = DeviceId::from_bytes([0x11; 16]);
    let person = UserId::from_bytes([0x15; 16]);
    outcome("device", Outcome::Device { device, person });
    outcome("applied", Outcome::Applied(stream));
    outcome("gap", Outcome::Gap(stream));
    outcome("conflict", Outcome::Conflict(stream));
    let refusals = [
        Refusal::AlreadyFounded,
        Refusal::NotFounded,
        Refusal::SetupClosed,
        Refusal::NameTaken,
        Refusal::UnknownUser,
        Refusal::UserDisabled,
        Refusal::LastAdministrator,
        Refusal::UnknownSession,
        Refusal::UnknownToken,
        Refusal::InvitationClosed,
        Refusal::UnknownInvitation,
        Refusal::UnknownDevice,
        Refusal::DeviceRevoked,
        Refusal::UnknownBucket,
        Refusal::UnknownEvent,
        Refusal::TooManyEvents,
        Refusal::UnknownQuarantined,
        Refusal::OtherOffice,
        Refusal::BadLevel,
        Refusal::TooMany,
        Refusal::UnknownLink,
        Refusal::LinkClosed,
        Refusal::UnknownJob,
        Refusal::JobRuns,
        Refusal::TooManyJobs,
        Refusal::UnknownTeam,
        Refusal::BadSetting,
        Refusal::TotpThere,
        Refusal::NoTotp,
        Refusal::CodeUsed,
        Refusal::LooserPolicy,
        Refusal::NotLooser,
        Refusal::NothingAnnounced,
        Refusal::PasswordChanged,
    ];
    for refusal in refusals {
        outcome(refusal.code(), Outcome::Refused(refusal));
    }
}

pub(super) fn operations() -> [(&'static str, Operation); 4] {
    let name = bucket_name();
    [
        ("put-bucket", Operation::PutBucket { name: name.clone(), about: about(), created: now() }),
        (
            "put-event",
            Operation::PutEvent {
                bucket: name.clone(),
                event: event(7, ActivityPolicy::FullDetail),
            },
        ),
        ("delete-event", Operation::DeleteEvent { bucket: name.clone(), event: EventId(7) }),
        ("delete-bucket", Operation::DeleteBucket { name }),
    ]
}

pub(super) fn batch() -> Batch {
    Batch {
        office: OfficeId::from_bytes([0x16; 16]),
        device: DeviceId::from_bytes([0x11; 16]),
        stream: 1,
        device_epoch: 2,
        seq_from: 248,
        seq_to: 251,
        previous: [0x2c; 32],
        created: now(),
        operations: operations().map(|(_, operation)| operation).to_vec(),
    }
}

pub(super) fn receipt() -> Receipt {
    Receipt {
        office: OfficeId::from_bytes([0x16; 16]),
        server_epoch: 1,
        device: DeviceId::from_bytes([0x11; 16]),
        stream: 1,
        device_epoch: 2,
        applied_seq: 251,
        applied_hash: [0x2d; 32],
        safe_seq: 250,
    }
}

fn deliveries(all: &mut Vec<Sample>) {
    put(all, "batch", "batch", batch());
    put(all, "receipt", "receipt", receipt());
    for (name, operation) in operations() {
        put(all, "operation", name, operation.clone());
        put(all, "queued", name, Queued { at: now(), operation });
    }
    let sent = SentBatch { seq_from: 248, hash: [0x2b; 32], acknowledged: None, bytes: vec![9; 3] };
    put(all, "sent-batch", "waiting", sent.clone());
    put(all, "sent-batch", "acknowledged", SentBatch { acknowledged: Some(now()), ..sent });
    put(all, "outbox-stream", "start", OutboxStream::start(1));
    let later = OutboxStream {
        device_epoch: 2,
        last_seq: 70_000,
        batched_seq: 300,
        batched_hash: [0x2b; 32],
        applied_seq: 251,
        safe_seq: 250,
    };
    put(all, "outbox-stream", "later", later);
}

/// The log's records have a frame of their own: a schema byte first, a check value last.
fn log(all: &mut Vec<Sample>) {
    let mut log = |record, name: &str, shown, bytes, reads| {
        let name = name.to_owned();
        all.push(Sample { file: "log", record, name, shown, bytes, framed: false, reads });
    };
    let position = Position { term: 2, node: 1, index: 7 };
    let membership = MembershipRecord {
        position: Some(position),
        voters: vec![BTreeSet::from([1, 2]), BTreeSet::from([2])],
        nodes: BTreeMap::from([(1, String::new()), (2, "b.example:8443".to_owned())]),
    };
    let bodies = [
        ("entry-blank", LogBody::Blank),
        ("entry-commands", LogBody::Commands(vec![vec![1, 2, 3], vec![], vec![4]])),
        ("entry-membership", LogBody::Membership(membership.clone())),
    ];
    for (name, body) in bodies {
        let entry = LogEntry { position, body };
        let bytes = entry.to_bytes().unwrap();
        log("a log entry", name, format!("{entry:?}"), bytes, {
            Box::new(move |bytes| LogEntry::from_bytes(bytes).map(|read| read == entry))
        });
    }
    // Read for ever, written no more.
    let single = LogEntry { position, body: LogBody::Commands(vec![vec![1, 2, 3]]) };
    let bytes = HEXLOWER.decode(SINGLE_COMMAND).unwrap();
    log("a log entry", "entry-command", format!("{single:?}"), bytes, {
        Box::new(move |bytes| LogEntry::from_bytes(bytes).map(|read| read == single))
    });
    for (name, granted) in [("vote", false), ("vote-granted", true)] {
        let vote = VoteRecord { term: 2, node: 1, granted };
        log("a vote", name, format!("{vote:?}"), vote.to_bytes(), {
            Box::new(move |bytes| VoteRecord::from_bytes(bytes).map(|read| read == vote))
        });
    }
    log("a log position", "position", format!("{position:?}"), position.to_bytes(), {
        Box::new(move |bytes| Position::from_bytes(bytes).map(|read| read == position))
    });
    for (name, membership) in
        [("membership-none", MembershipRecord::default()), ("membership", membership)]
    {
        let bytes = membership.to_bytes().unwrap();
        log("a membership", name, format!("{membership:?}"), bytes, {
            Box::new(move |bytes| MembershipRecord::from_bytes(bytes).map(|m| m == membership))
        });
    }
    let pair = Pair([0x33; 16]);
    log("a pair mark", "pair", format!("{pair:?}"), pair.to_bytes(), {
        Box::new(move |bytes| Pair::from_bytes(bytes).map(|read| read == pair))
    });
    let count = Count(300);
    log("a count", "count", format!("{count:?}"), count.to_bytes(), {
        Box::new(move |bytes| Count::from_bytes(bytes).map(|read| read == count))
    });
}

/// An entry of one command, as the first Timebook wrote it.
const SINGLE_COMMAND: &[u8] =
    b"0101000000000000000200000000000000010000000000000007010203fe12144f4c42f34e";
